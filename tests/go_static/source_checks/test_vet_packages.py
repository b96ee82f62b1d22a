"""How and what `go vet` checks."""

from __future__ import annotations

import dataclasses

from go_static.go.platforms import GoPlatform
from go_static.source_checks.vet_packages import contexts_of
from go_static.targets.binary_settings import BuildContext

AMD64 = BuildContext("m", GoPlatform.create("linux", "amd64", None), "-tags=netgo,osusergo")


def test_a_module_is_vetted_once_for_each_way_in_which_its_binaries_are_built() -> None:
    one = dataclasses.replace(AMD64, codegen=("//m:one",))
    two = dataclasses.replace(AMD64, codegen=("//m:two",))
    tagged = dataclasses.replace(AMD64, tags_argument="-tags=netgo,osusergo,x")
    other = dataclasses.replace(AMD64, module_directory="m/nested")
    codegen = ("//m:one", "//m:three", "//m:two")
    default = dataclasses.replace(AMD64, codegen=codegen)

    assert contexts_of(default, [one, other, tagged, two]) == (
        dataclasses.replace(AMD64, codegen=codegen),
        dataclasses.replace(tagged, codegen=codegen),
    )


def test_a_module_without_binaries_is_vetted_for_the_default_platform() -> None:
    other = dataclasses.replace(AMD64, module_directory="")
    assert contexts_of(AMD64, [other]) == (AMD64,)
