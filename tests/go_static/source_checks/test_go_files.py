"""Which files gofmt formats."""

from __future__ import annotations

import pytest

from go_static.source_checks.go_files import handwritten_go_files


@pytest.mark.parametrize(
    "file", ["a.go", "a_test.go", "lib/a_windows.go", "vendors/a.go", "internal/testdatas/a.go"]
)
def test_a_go_file_is_formatted(file: str) -> None:
    # Only names below the go.mod matter.
    assert handwritten_go_files([f"_x/vendor/{file}"], "_x/vendor", frozenset())


@pytest.mark.parametrize(
    "file",
    [
        *("a.s", "go.mod", "_a.go", ".a.go", "_x/a.go", ".x/a.go", "x/testdata/a.go"),
        *("vendor/x/a.go", "x/vendor/a.go"),
    ],
)
def test_a_file_that_go_fmt_ignores_is_not_formatted(file: str) -> None:
    assert handwritten_go_files([f"m/{file}", file], "m", frozenset({""})) == ()
    assert handwritten_go_files([file], "", frozenset()) == ()


def test_a_directory_that_is_formatted_elsewhere_is_left_out_without_those_below_it() -> None:
    files = ["m/a.go", "m/b/b.go", "m/b/c/c.go"]
    assert handwritten_go_files(files, "m", frozenset({"m/b"})) == ("m/a.go", "m/b/c/c.go")
