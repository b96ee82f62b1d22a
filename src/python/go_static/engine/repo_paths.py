"""Paths inside the repository. The repository's root is the empty string; `/` separates."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator


def join(directory: str, relative: str) -> str:
    """`relative` to `directory`, normalized; a path outside the repository starts with `../`."""
    joined = posixpath.normpath(posixpath.join(directory, relative))
    return "" if joined == "." else joined


def relative_to(path: str, directory: str) -> str:
    """`path` relative to `directory`; `.` for the directory itself."""
    return posixpath.relpath(path or ".", directory or ".")


def main_field(directory: str, base: str) -> str:
    """A directory of the repository as the field `main` of a target in `base`. What would be an
    import path or a Go file is marked as a directory."""
    relative = relative_to(directory, base)
    first = relative.partition("/")[0]
    dot = "./" if "." in first and first not in (".", "..") else ""
    return f"{dot}{relative}{'/' if relative.endswith('.go') else ''}"


def go_pattern(directory: str, module_directory: str) -> str:
    """A directory of the repository as an argument of `go`, which runs in the module."""
    relative = relative_to(directory, module_directory)
    return "." if relative == "." else f"./{relative}"


def is_below(path: str, directory: str) -> bool:
    """True for the directory itself and everything in it."""
    return not directory or path == directory or path.startswith(f"{directory}/")


def ancestors(directory: str) -> Iterator[str]:
    """The directory and each one above it, up to the root; none for one outside."""
    if is_outside(directory):
        return
    while directory:
        yield directory
        directory = posixpath.dirname(directory)
    yield ""


def in_repository(path: str, spec_path: str) -> str:
    """A path in a BUILD file in `spec_path`: relative to it or, after `//`, to the repository's
    root. The result is as from `join`."""
    return join("", path.lstrip("/")) if path.startswith("//") else join(spec_path, path)


def is_outside(path: str) -> bool:
    """True for a path outside the repository, however it is written."""
    path = posixpath.normpath(path)
    return path == ".." or path.startswith(("../", "/"))


def go_skips(directory: str) -> bool:
    """True for a directory that `./...` skips because of its name, or of one above it (`go help
    packages`)."""
    return any(part == "testdata" or part.startswith(("_", ".")) for part in directory.split("/"))


def nearest(directory: str, candidates: frozenset[str]) -> str | None:
    """The nearest candidate, from a directory upwards, or None."""
    return next((d for d in ancestors(directory) if d in candidates), None)


def glob_literal(path: str) -> str:
    """A glob that matches exactly this path (see pants.engine.fs.PathGlobs)."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)


def glob_literals(paths: Iterable[str]) -> list[str]:
    """Globs that match exactly these paths."""
    return [glob_literal(path) for path in paths]
