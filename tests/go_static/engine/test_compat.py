"""The functions that give Pants 2.17 the interface of newer releases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pants.engine.collection import Collection
from pants.engine.fs import CreateDigest, Digest, FileContent, SymlinkEntry
from pants.engine.rules import QueryRule
from pants.testutil.rule_runner import RuleRunner

from go_static.engine.compat import (
    collect_rules,
    concurrently,
    create_digest,
    create_digests,
    digest_to_snapshot,
    get_digest_contents,
    rule,
    rules,
)
from go_static.engine.pants_2_17 import Entry


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


def test_digests_created_together_equal_those_created_one_by_one(runner: RuleRunner) -> None:
    # Number 3 twice, and one without files.
    wanted = Wanted((*(directory(number) for number in range(300)), directory(3), ()))

    made = runner.request(Made, [wanted]).digests

    assert made == runner.request(MadeOneByOne, [wanted]).digests
    assert len(set(made)) == 301


def test_digests_created_together_need_few_comparisons(
    runner: RuleRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Created one by one, each would be compared with all earlier ones (Pants #21725)."""
    compared = 0

    def equal(one: Any, other: Any) -> bool:
        nonlocal compared
        compared += 1
        return Collection.__eq__(one, other)

    with monkeypatch.context() as patched:
        patched.setattr(CreateDigest, "__eq__", equal)
        runner.request(Made, [Wanted(tuple(directory(1000 + number) for number in range(1000)))])

    assert 0 < compared < 100_000


def test_digests_of_other_backends_are_unchanged() -> None:
    assert CreateDigest.__hash__ is Collection.__hash__


@dataclass(frozen=True)
class Names:
    names: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    texts: tuple[str, ...]
    first: str
    files: tuple[str, ...]


async def _written(name: str) -> str:
    """Awaits twice for `x`, not at all for an empty name, and several things at once for others."""
    if not name:
        return "none"
    digest = await create_digest(CreateDigest([FileContent(name, name.encode())]))
    if name == "x":
        (file,) = await get_digest_contents(digest)
        return file.content.decode()
    snapshots = await concurrently(digest_to_snapshot(digest) for _ in range(2))
    return " ".join(file for snapshot in snapshots for file in snapshot.files)


@rule
async def find(request: Names) -> Found:
    texts = await concurrently(_written(name) for name in request.names)
    digest = await create_digest(CreateDigest([FileContent("f", b"")]))
    first, snapshot = await concurrently(_written("x"), digest_to_snapshot(digest))
    return Found(texts, first, snapshot.files)


def test_functions_that_call_rules_run_concurrently_and_return_in_order() -> None:
    runner = RuleRunner(rules=[*collect_rules(), QueryRule(Found, [Names])])

    found = runner.request(Found, [Names(("x", "", "y", "z"))])

    assert found == Found(("x", "none", "y y", "z z"), "x", ("f",))
    assert runner.request(Found, [Names(())]).texts == ()
