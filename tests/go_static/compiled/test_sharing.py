"""Who shares compiled packages, and with which flags they are compiled."""

from __future__ import annotations

import pytest

from go_static.compiled.share import shares
from go_static.go.flags import BuildFlags
from go_static.go.subsystem import ShareCompiled

AUTO, ALWAYS, NEVER = ShareCompiled


@pytest.mark.parametrize(
    ("chosen", "isolated", "reads", "workers", "shared"),
    [
        (AUTO, False, False, False, False),
        (AUTO, False, True, False, True),
        (AUTO, False, True, True, False),
        (AUTO, True, True, False, False),
        (ALWAYS, False, False, False, True),
        (ALWAYS, False, False, True, False),
        (ALWAYS, True, True, False, False),
        (NEVER, False, True, False, False),
    ],
)
def test_machines_share_if_there_is_another_one(
    chosen: ShareCompiled, isolated: bool, reads: bool, workers: bool, shared: bool
) -> None:
    assert shares(chosen, isolated, reads, workers) is shared


def test_imports_are_compiled_with_the_flags_that_are_for_all_packages() -> None:
    plain = BuildFlags.create().import_arguments
    own = BuildFlags.create(
        gcflags=["-N"], ldflags=["-w"], definitions=[("main.v", "1")], strip=True
    )
    assert own.import_arguments == plain
    everywhere = BuildFlags.create(gcflags=["all=-N", "-l"], asmflags=["all=-spectre=ret"])
    compiling = ("-gcflags=all=-N -l", "-asmflags=all=-spectre=ret")
    assert everywhere.import_arguments == (*plain, *compiling)
