"""What the goal for size baselines writes."""

from __future__ import annotations

import pytest

from elf_static.inspect.file_parts import Kind
from elf_static.sizes.baseline import parse_baseline, render_baseline
from elf_static.sizes.program import ProgramSizes
from go_static.goals.size_baseline import Baseline, DamagedBaselineError, rewritten


def program(name: str, size: int) -> ProgramSizes:
    return ProgramSizes(name, size, {Kind.CODE: size}, problem="is not a Go program")


OLD = render_baseline([program("a", 1), program("b", 2)]).encode()


def sizes(text: str) -> dict[str, int]:
    return {program.name: program.size for program in parse_baseline(text.encode(), "x")}


def test_entries_of_targets_that_were_not_given_stay() -> None:
    assert sizes(rewritten(Baseline("x", (program("b", 3),), False), OLD)) == {"a": 1, "b": 3}
    assert rewritten(Baseline("x", (program("b", 2),), False), OLD).encode() == OLD


def test_entries_of_targets_that_are_gone_do_not() -> None:
    assert sizes(rewritten(Baseline("x", (program("b", 3),), True), OLD)) == {"b": 3}


def test_a_damaged_baseline_is_rewritten_if_nothing_is_lost() -> None:
    damaged = b"<<<<<<< HEAD\n"
    assert sizes(rewritten(Baseline("x", (program("b", 3),), True), damaged)) == {"b": 3}
    with pytest.raises(DamagedBaselineError) as raised:
        rewritten(Baseline("x", (program("b", 3),), False), damaged)
    assert str(raised.value) == (
        "x is not a size baseline: it is not JSON (Expecting value: line 1 column 1 (char 0)). "
        "Other targets use it too, so restore it, or rewrite it with "
        "`pants go-static-size-baseline ::`."
    )
