"""Which files of a package are for its tests."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterable

from go_static.engine import repo_paths

TESTDATA = "testdata"


def is_test_file(directory: str, file: str) -> bool:
    """Whether a file holds tests of the package in a directory (both relative to the module)."""
    name = posixpath.basename(file)
    return (
        name.endswith("_test.go")
        and not name.startswith(("_", "."))
        and posixpath.dirname(file) == repo_paths.join("", directory)
    )


def without_tests(directory: str, files: Iterable[str]) -> tuple[str, ...]:
    """The files of a package without its tests and their data."""
    data = repo_paths.join(directory, TESTDATA)
    return tuple(
        file
        for file in files
        if not is_test_file(directory, file) and not repo_paths.is_below(file, data)
    )


def may_embed_test_data(patterns: Iterable[str]) -> bool:
    """Whether one of these `//go:embed` patterns may match `testdata` or a file in it."""
    first = (pattern.split(":", 1)[-1].partition("/")[0] for pattern in patterns)
    return any(fnmatch.fnmatchcase(TESTDATA, name) for name in first)
