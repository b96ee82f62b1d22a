"""Which files of a module `go fmt` formats."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from go_static.engine import repo_paths


def handwritten_go_files(
    files: Iterable[str], module_directory: str, excluded: frozenset[str]
) -> tuple[str, ...]:
    """The Go files of a module's packages, with any build constraint, without those that Go ignores
    because of their names (`go help packages`) and those in vendor directories.

    :param excluded: directories whose files are left out.
    """
    return tuple(
        file
        for file in files
        if file.endswith(".go")
        and posixpath.dirname(file) not in excluded
        and not _is_ignored(repo_paths.relative_to(file, module_directory))
    )


def _is_ignored(file: str) -> bool:
    directory, name = posixpath.split(file)
    return (
        name.startswith(("_", "."))
        or repo_paths.go_skips(directory)
        or "vendor" in directory.split("/")
    )
