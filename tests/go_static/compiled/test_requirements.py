"""The module files for chunks of modules, as Go reads them."""

from __future__ import annotations

import pytest

from go_static.compiled.requirements import go_mod, go_sum
from go_static.go.list_output import ListedModule

PLAIN = ListedModule("example.com/A", "v1.0.0", "example.com/A", "v1.0.0")
FORK = ListedModule("example.com/b", "v1.0.0", "example.com/fork", "v1.2.0")


def test_a_go_mod_requires_the_versions_of_the_build_and_replaces_what_it_replaces() -> None:
    assert go_mod([PLAIN, FORK], "1.26.1").splitlines() == [
        "module go_static_compiled",
        "go 1.26.1",
        "require example.com/A v1.0.0",
        "require example.com/b v1.0.0",
        "replace example.com/b => example.com/fork v1.2.0",
    ]


@pytest.mark.parametrize("go", ["", "1.9", "1.16"])
def test_a_go_mod_always_lists_all_that_go_reads(go: str) -> None:
    assert go_mod([], go).splitlines()[1] == "go 1.17"


def test_a_go_sum_has_what_the_modules_consist_of() -> None:
    sums = (
        "example.com/A v1.0.0 h1:a=\nexample.com/A v1.0.0/go.mod h1:b=\n"
        "example.com/A v1.1.0 h1:c=\nexample.com/fork v1.2.0 h1:d=\n"
        "example.com/b v1.0.0 h1:e=\n\nexample.com/A v1.0.0 h1:a=\n"
    )
    assert go_sum([PLAIN, FORK], sums).splitlines() == [
        "example.com/A v1.0.0 h1:a=",
        "example.com/A v1.0.0/go.mod h1:b=",
        "example.com/fork v1.2.0 h1:d=",
    ]
