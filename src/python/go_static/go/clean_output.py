"""What `go` printed, with paths that mean something outside of the sandbox."""

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
    """Messages of `go`, run in a module's directory, with paths relative to the repository."""

    def replace(match: re.Match[str]) -> str:
        path = match["path"]
        if path.startswith("/"):
            return match.group()
        return f"{match['lead']}{repo_paths.join(module_directory, path)}:"

    return GoMessage.POSITION.pattern.sub(replace, text)


def without_sandbox(text: str) -> str:
    """Paths below the sandbox's tree as paths in the repository, and the digest of downloads under
    a name that means something to a reader."""
    text = _FILE_URL.sub(_without_downloads, text)
    return _TREE_PATH.sub("", text)


def _without_downloads(url: re.Match[str]) -> str:
    _, found, rest = url.group().partition("/downloads/")
    return f"the downloaded modules: {rest}" if found else url.group()


def clean_output(
    stderr: bytes, module_directory: str, environment: Mapping[str, str] | None = None
) -> str:
    """What `go` said, fit for a user: no sandbox paths, no credentials, no progress lines, and
    nothing that a terminal or a CI system acts on. Go prints file names and `//line` directives as
    they are, those of downloaded modules among them. `environment` is what `without_credentials`
    asks for."""
    text = GoMessage.DOWNLOADING.pattern.sub("", stderr.decode(errors="replace"))
    # In this order: an absolute path without the sandbox is relative to the repository.
    text = repository_paths(text.strip(), module_directory)
    return printable_lines(without_credentials(without_sandbox(text), environment))
