"""The rules of `go_static.go_tests`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.go_tests import compile_test, coverage_page, list_tests, report_coverage


def rules() -> Iterable[object]:
    return (
        *compile_test.rules(),
        *coverage_page.rules(),
        *list_tests.rules(),
        *report_coverage.rules(),
    )
