"""The output of `go`, with paths that make sense outside the sandbox."""

from __future__ import annotations

import re
from collections.abc import Mapping

from elf_static.elf.printable import printable_lines
from go_static.engine import repo_paths
from go_static.go.messages import GoMessage
from go_static.go.redact import without_credentials

_FILE_URL = re.compile(r"file:///[^\s\"']*")
_TREE_PATH = re.compile(r"(?<![^\s:\"'(])/[^\s:\"']*?/pants-sandbox-[^/\s]+/tree/")


def repository_paths(text: str, module_directory: str) -> str:
    """Output of `go`, run in a module's directory, with paths relative to the repository."""

    def replace(match: re.Match[str]) -> str:
        path = match["path"]
        if path.startswith("/"):
            return match.group()
        return f"{match['lead']}{repo_paths.join(module_directory, path)}:"

    return GoMessage.POSITION.pattern.sub(replace, text)


def without_sandbox(text: str) -> str:
    """The text with paths in the repository instead of the sandbox, and "the downloaded modules"
    instead of their directory."""
    text = _FILE_URL.sub(_without_downloads, text)
    return _TREE_PATH.sub("", text)


def _without_downloads(url: re.Match[str]) -> str:
    _, found, rest = url.group().partition("/downloads/")
    return f"the downloaded modules: {rest}" if found else url.group()


def clean_output(
    stderr: bytes, module_directory: str, environment: Mapping[str, str] | None = None
) -> str:
    """The output of `go` without sandbox paths, credentials, progress, and anything that a terminal
    or a CI system acts on. Go prints file names and `//line` directives unescaped, even those of
    downloaded modules. `environment` is as for `without_credentials`."""
    text = GoMessage.DOWNLOADING.pattern.sub("", stderr.decode(errors="replace"))
    # In this order: an absolute path without the sandbox is relative to the repository.
    text = repository_paths(text.strip(), module_directory)
    return printable_lines(without_credentials(without_sandbox(text), environment))
