"""What makes Pants 2.17 do as newer releases do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pants.engine.collection import Collection
from pants.engine.fs import CreateDigest, Digest, FileContent, SymlinkEntry
from pants.engine.rules import QueryRule
from pants.testutil.rule_runner import RuleRunner

from go_static.compat import (
    collect_rules,
    concurrently,
    create_digest,
    create_digests,
    rule,
    rules,
)
from go_static.pants_2_17 import Entry


@dataclass(frozen=True)
class Wanted:
    requests: tuple[tuple[Entry, ...], ...]


@dataclass(frozen=True)
class Made:
    digests: tuple[Digest, ...]


@dataclass(frozen=True)
class MadeOneByOne:
    digests: tuple[Digest, ...]


@rule
async def make(request: Wanted) -> Made:
    return Made(await create_digests(request.requests))


@rule
async def make_one_by_one(request: Wanted) -> MadeOneByOne:
    return MadeOneByOne(
        await concurrently(create_digest(CreateDigest(entries)) for entries in request.requests)
    )


@pytest.fixture(scope="module")
def runner() -> Iterator[RuleRunner]:
    queries = [QueryRule(Made, [Wanted]), QueryRule(MadeOneByOne, [Wanted])]
    yield RuleRunner(rules=[*collect_rules(globals()), *rules(), *queries])


def directory(number: int) -> tuple[Entry, ...]:
    return (
        FileContent(".hidden", b""),
        FileContent("[x]*?.go", f"package p{number}\n".encode()),
        FileContent("run.sh", b"#!/bin/sh\n", is_executable=number % 2 == 0),
        SymlinkEntry("link", "run.sh"),
        SymlinkEntry("to nowhere", "none"),
    )


def test_many_digests_are_those_that_are_made_one_by_one(runner: RuleRunner) -> None:
    # Number 3 twice, and one without files.
    wanted = Wanted((*(directory(number) for number in range(300)), directory(3), ()))

    made = runner.request(Made, [wanted]).digests

    assert made == runner.request(MadeOneByOne, [wanted]).digests
    assert len(set(made)) == 301


def test_many_digests_are_compared_with_few(
    runner: RuleRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One by one, each would be compared with all before it (Pants #21725)."""
    compared = 0

    def equal(one: Any, other: Any) -> bool:
        nonlocal compared
        compared += 1
        return Collection.__eq__(one, other)

    with monkeypatch.context() as patched:
        patched.setattr(CreateDigest, "__eq__", equal)
        runner.request(Made, [Wanted(tuple(directory(1000 + number) for number in range(1000)))])

    assert 0 < compared < 100_000


def test_the_digests_of_other_backends_are_left_as_they_are() -> None:
    assert CreateDigest.__hash__ is Collection.__hash__
