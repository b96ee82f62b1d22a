"""Text from `go`, repositories and downloads is matched in linear time."""

from __future__ import annotations

import contextlib
import time
from typing import Callable

import pytest

from elf_static.elf.go_version import GoVersion, VersionRange
from go_sbom.licence_files import is_licence_file
from go_static.codegen.directives import failed_directive
from go_static.go.clean_output import clean_output, repository_paths, without_sandbox
from go_static.go.declarations import declarations
from go_static.go.messages import GoMessage
from go_static.go.redact import without_credentials
from go_static.go.source_header import read_go_source

_READERS: dict[str, Callable[[str], object]] = {
    "paths in messages": lambda text: repository_paths(text, "m"),
    "paths of sandboxes": without_sandbox,
    "what go says": lambda text: clean_output(text.encode(), "m", {"GIT_TOKEN": "aaaa"}),
    "credentials": lambda text: without_credentials(text, {"GIT_TOKEN": "aaaa"}),
    **{f"message {message.name}": message.pattern.findall for message in GoMessage},
    "directives that failed": lambda text: failed_directive(text, "", []),
    "Go files": lambda text: read_go_source(text.encode()),
    "imports": lambda text: read_go_source(b"package a\n" + text.encode()),
    "declarations": declarations,
    "declarations after a package clause": lambda text: declarations("package a\nvar a" + text),
    "an import": lambda text: read_go_source(b'package a\nimport "' + text.encode()),
    "versions of an SDK": lambda text: GoVersion.parse("1." + text),
    "versions of a binary": lambda text: GoVersion.parse_release("go1." + text),
    "ranges of versions": VersionRange.parse,
    "names of licences": is_licence_file,
}
_PIECES = (
    *("a", " ", "/", ".", "-", "1", "\n", "\t", '"', "`", "\\", "*", "(", ";"),
    *("a.", "a-", "a:", "a/", " /", ".go", ".go:", "a.go", "a.go:1", "a.go:1: ", "../"),
    *("/*", "*/", "/**/", "//", "//\n", "// a\n", '"cgo ', "needs", "'need cgo' \"", "CGO_ENABLED"),
    *("import ", 'import "a"\n', "import (", "import `a`\n", "package a\n"),
    *("file:///", "file:///a", "/pants-sandbox-", "/pants-sandbox-a/", "/pants-sandbox-a/tree"),
    *("CONNECT tunnel failed", "proxy after CONNECT", "could not read ", "40", "/lookup/"),
    *("https://", "a:@", "@v1.", "%25", "authorization:", 'invalid port "', 'proxy URL "'),
    *("license_", "copying-", "1.", ">=1.2,", "> "),
)
# Quadratic time would show: a billion steps.
_SIZE = 1 << 15


@pytest.mark.slow
@pytest.mark.parametrize("reader", _READERS)
def test_a_long_text_is_matched_quickly(reader: str) -> None:
    for piece in _PIECES:
        for end in ("", "\n", "!"):
            text = piece * (_SIZE // len(piece)) + end
            start = time.process_time()
            with contextlib.suppress(ValueError):
                _READERS[reader](text)
            assert time.process_time() - start < 0.25, (piece, end)


def test_numbers_are_ascii_and_of_limited_length() -> None:
    assert GoVersion.parse_release("go1.٣") is None
    assert GoVersion.parse_release("go1.2.1234567890") is None
    assert GoVersion.parse_release("go1.2rc1234567890") is None
    with pytest.raises(ValueError, match="is not a Go version"):
        GoVersion.parse("1.1234567890")
    assert failed_directive(f"a.go:{'1' * 5000}: x", "", []) is None


def test_only_paths_of_downloads_are_replaced() -> None:
    said = "in file:///tmp/x/downloads/a/@v/v1.zip and file:///tmp/y.zip, 'file:///a/downloads/b'"
    assert without_sandbox(said) == (
        "in the downloaded modules: a/@v/v1.zip and file:///tmp/y.zip, 'the downloaded modules: b'"
    )
