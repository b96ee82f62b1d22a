"""Go versions sort as Go sorts them (https://go.dev/doc/toolchain#version)."""

from __future__ import annotations

import pytest

from go_static.go_version import GoVersion

ORDERED = [
    "1.2",
    "1.9",
    "1.20",
    "1.20.5",
    "1.21",
    "1.21rc1",
    "1.21rc2",
    "1.21.0",
    "1.21.1",
    "1.26.7",
]


@pytest.mark.parametrize(("older", "newer"), list(zip(ORDERED, ORDERED[1:])))
def test_versions_are_ordered_as_go_orders_them(older: str, newer: str) -> None:
    assert GoVersion.parse(older) < GoVersion.parse(newer)
    assert not GoVersion.parse(newer) < GoVersion.parse(older)


@pytest.mark.parametrize(
    ("one", "other"),
    [("go1.26.7", "1.26.7"), ("1.20", "1.20.0"), ("1.26.7-custom", "1.26.7"), (" 1.22 ", "1.22")],
)
def test_spellings_of_one_version_are_equal(one: str, other: str) -> None:
    assert GoVersion.parse(one) == GoVersion.parse(other)


@pytest.mark.parametrize("text", ["1.26.7", "1.27rc1", "1.21", "1.20", "1.4beta2"])
def test_a_version_prints_as_it_is_written(text: str) -> None:
    assert str(GoVersion.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "devel", "devel go1.27-abc", "1.x", "01.2", "v1.2.3", "1.2.3.4"]
)
def test_what_is_no_version_is_an_error_that_shows_one(text: str) -> None:
    with pytest.raises(ValueError, match="is not a Go version such as 1.26.7"):
        GoVersion.parse(text)
