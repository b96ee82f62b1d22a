"""Paths in the repository, whose root is the empty string."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_static.engine import repo_paths


@pytest.mark.parametrize(
    ("directory", "relative", "joined"),
    [
        pytest.param("", ".", "", id="the root is the empty string"),
        pytest.param("", "a/b", "a/b", id="a path below the root has no slash before it"),
        pytest.param("a", ".", "a", id="a dot stays where it is"),
        pytest.param("a/b", "../c", "a/c", id="two dots go up"),
        pytest.param("a", "..", "", id="two dots can reach the root"),
        pytest.param("a", "../..", "..", id="a path can leave the repository"),
        pytest.param("a", "../../b", "../b", id="and is seen to"),
        pytest.param("a", "./b//c/", "a/b/c", id="the result is normalized"),
        pytest.param("a", "/b", "/b", id="an absolute path stays absolute"),
    ],
)
def test_join(directory: str, relative: str, joined: str) -> None:
    assert repo_paths.join(directory, relative) == joined


PARTS = st.lists(
    st.sampled_from(["a", "b", "..", "..", "a/../..", "...", ".", "", ".a", "..a", "a\\..", " "])
)
WRITTEN = st.builds(
    lambda start, parts: start + "/".join(parts), st.sampled_from(["", "/", "//", "///"]), PARTS
)
DIRECTORIES = st.lists(st.sampled_from(["a", "b", "..a"])).map("/".join)


def resolved(path: str, directory: str) -> str | None:
    """The end of a walk from a directory of the repository; None if it leaves the repository."""
    walked = [part for part in directory.split("/") if part]
    for part in path.split("/"):
        if part == ".." and not walked:
            return None
        if part == "..":
            walked.pop()
        elif part not in ("", "."):
            walked.append(part)
    return "/".join(walked)


@given(WRITTEN, DIRECTORIES)
def test_a_path_that_leaves_the_repository_is_detected(path: str, directory: str) -> None:
    joined = repo_paths.in_repository(path, directory)
    if path.startswith("//"):
        expected = resolved(path, "")
    elif path.startswith("/"):
        expected = None
    else:
        expected = resolved(path, directory)
        assert repo_paths.join(directory, path) == joined
    assert repo_paths.is_outside(joined) is (expected is None)
    assert expected is None or joined == expected
    # What is not in the repository has nothing above it, and the search ends.
    found = list(itertools.islice(repo_paths.ancestors(joined), 99))
    assert found == ([] if expected is None else above(expected))


def above(directory: str) -> list[str]:
    parts = directory.split("/") if directory else []
    return ["/".join(parts[:n]) for n in reversed(range(len(parts) + 1))]


@given(WRITTEN)
def test_a_path_is_outside_however_it_is_written(path: str) -> None:
    leaves = path.startswith("/") or resolved(path, "") is None
    assert repo_paths.is_outside(path) is leaves


@pytest.mark.parametrize(
    ("path", "directory", "relative"),
    [
        pytest.param("", "", ".", id="the root from the root"),
        pytest.param("a", "a", ".", id="a directory from itself"),
        pytest.param("a/b", "a", "b", id="what is below it"),
        pytest.param("a/b", "", "a/b", id="what is below the root"),
        pytest.param("", "a/b", "../..", id="the root from below"),
        pytest.param("ab", "a", "../ab", id="a sibling whose name starts alike"),
    ],
)
def test_relative_to(path: str, directory: str, relative: str) -> None:
    assert repo_paths.relative_to(path, directory) == relative


@pytest.mark.parametrize(
    ("path", "directory", "below"),
    [
        ("a/b", "a", True),
        ("a", "a", True),
        ("a", "", True),
        ("", "", True),
        ("ab", "a", False),
        ("", "a", False),
        ("b/a", "a", False),
    ],
)
def test_is_below(path: str, directory: str, below: bool) -> None:
    assert repo_paths.is_below(path, directory) is below


def test_ancestors_start_with_the_directory_and_end_with_the_root() -> None:
    assert list(repo_paths.ancestors("a/b/c")) == ["a/b/c", "a/b", "a", ""]
    assert list(repo_paths.ancestors("")) == [""]


def test_nearest_is_the_directory_itself_or_the_first_one_above_it() -> None:
    candidates = frozenset({"", "a", "a/b"})
    assert repo_paths.nearest("a/b", candidates) == "a/b"
    assert repo_paths.nearest("a/c/d", candidates) == "a"
    assert repo_paths.nearest("ab", candidates) == ""
    assert repo_paths.nearest("b", frozenset({"a"})) is None


@pytest.mark.parametrize(
    ("path", "glob"),
    [
        pytest.param("a/b.go", "a/b.go", id="a plain name stays as it is"),
        pytest.param("a*?b", "a[*][?]b", id="wildcards are taken literally"),
        pytest.param("[id].go", "[[]id].go", id="so are brackets"),
    ],
)
def test_glob_literal(path: str, glob: str) -> None:
    assert repo_paths.glob_literal(path) == glob
