"""Who shares compiled packages, and with which flags they are compiled."""

from __future__ import annotations

import pytest

from go_static.compiled.share import Way, way_of_sharing
from go_static.go.flags import BuildFlags
from go_static.go.subsystem import ShareCompiled

AUTO, ALWAYS, NEVER = ShareCompiled


@pytest.mark.parametrize(
    ("chosen", "isolated", "reads", "workers", "way"),
    [
        (AUTO, False, False, False, Way.NONE),
        (AUTO, False, True, False, Way.BUILD_CACHE),
        (AUTO, False, False, True, Way.INPUTS),
        (AUTO, False, True, True, Way.INPUTS),
        (AUTO, True, True, False, Way.NONE),
        (AUTO, True, False, True, Way.NONE),
        (ALWAYS, False, False, False, Way.BUILD_CACHE),
        (ALWAYS, False, False, True, Way.INPUTS),
        (ALWAYS, True, True, False, Way.NONE),
        (NEVER, False, True, False, Way.NONE),
        (NEVER, False, False, True, Way.NONE),
    ],
)
def test_machines_share_if_there_is_another_one(
    chosen: ShareCompiled, isolated: bool, reads: bool, workers: bool, way: Way
) -> None:
    assert way_of_sharing(chosen, isolated, reads, workers) is way


def test_imports_are_compiled_with_the_flags_that_are_for_all_packages() -> None:
    plain = BuildFlags.create().import_arguments
    own = BuildFlags.create(
        gcflags=["-N"], ldflags=["-w"], definitions=[("main.v", "1")], strip=True
    )
    assert own.import_arguments == plain
    everywhere = BuildFlags.create(gcflags=["all=-N", "-l"], asmflags=["all=-spectre=ret"])
    compiling = ("-gcflags=all=-N -l", "-asmflags=all=-spectre=ret")
    assert everywhere.import_arguments == (*plain, *compiling)
