"""Paths inside the repository. The repository's root is the empty string; `/` separates."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator


def join(directory: str, relative: str) -> str:
    """`relative` seen from `directory`, normalized; a path that leaves the repository starts with
    `../`."""
    joined = posixpath.normpath(posixpath.join(directory, relative))
    return "" if joined == "." else joined


def relative_to(path: str, directory: str) -> str:
    """`path` seen from `directory`, `.` for the directory itself."""
    return posixpath.relpath(path or ".", directory or ".")


def go_pattern(directory: str, module_directory: str) -> str:
    """A directory of the repository as an argument of `go`, run in the module's directory."""
    relative = relative_to(directory, module_directory)
    return "." if relative == "." else f"./{relative}"


def is_below(path: str, directory: str) -> bool:
    """True for the directory itself and everything in it."""
    return not directory or path == directory or path.startswith(f"{directory}/")


def ancestors(directory: str) -> Iterator[str]:
    """The directory, then each one above it, up to the root; none for one outside of it."""
    if is_outside(directory):
        return
    while directory:
        yield directory
        directory = posixpath.dirname(directory)
    yield ""


def in_repository(path: str, spec_path: str) -> str:
    """Where a path is that a BUILD file in `spec_path` names: relative to it, or after `//` from
    the repository's root. As `join` returns it."""
    return join("", path.lstrip("/")) if path.startswith("//") else join(spec_path, path)


def is_outside(path: str) -> bool:
    """True for a path that is not in the repository, however it is written."""
    path = posixpath.normpath(path)
    return path == ".." or path.startswith(("../", "/"))


def go_skips(directory: str) -> bool:
    """True for a directory in which `./...` finds no packages, by its name or that of one above it
    (`go help packages`)."""
    return any(part == "testdata" or part.startswith(("_", ".")) for part in directory.split("/"))


def nearest(directory: str, candidates: frozenset[str]) -> str | None:
    """The candidate at or nearest above a directory, or None."""
    return next((d for d in ancestors(directory) if d in candidates), None)


def glob_literal(path: str) -> str:
    """A glob that matches exactly this path (see pants.engine.fs.PathGlobs)."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)
