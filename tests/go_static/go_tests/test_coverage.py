"""Merged coverage profiles."""

from __future__ import annotations

from go_static.go_tests.coverage import merge_profiles, summary

FIRST = "mode: {}\nm/a/a.go:10.2,11.3 2 1\nm/a/a.go:9.2,9.3 1 0\nm/b/b.go:1.1,1.2 1 0\n"
SECOND = "mode: {}\nm/a/a.go:10.2,11.3 2 3\nm/b/b.go:1.1,1.2 1 4\n"


def merged(mode: str) -> str:
    return merge_profiles([FIRST.format(mode), SECOND.format(mode)]).text()


def test_blocks_are_sorted_and_ran_if_they_ran_in_any_test() -> None:
    assert merged("set") == (
        "mode: set\nm/a/a.go:9.2,9.3 1 0\nm/a/a.go:10.2,11.3 2 3\nm/b/b.go:1.1,1.2 1 4\n"
    )


def test_counts_add_up() -> None:
    assert merged("atomic") == (
        "mode: atomic\nm/a/a.go:9.2,9.3 1 0\nm/a/a.go:10.2,11.3 2 4\nm/b/b.go:1.1,1.2 1 4\n"
    )


def test_the_summary_counts_statements() -> None:
    assert summary(merge_profiles([FIRST.format("set")])).splitlines() == [
        "m/a     66.7%  2 of 3 statements",
        "m/b      0.0%  0 of 1 statements",
        "total   50.0%  2 of 4 statements",
    ]
    assert summary(merge_profiles([])) == "total       -  0 of 0 statements"
