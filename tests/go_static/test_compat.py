"""What makes Pants 2.17 do as newer releases do."""

from __future__ import annotations

from dataclasses import dataclass

from pants.engine.fs import CreateDigest, FileContent
from pants.engine.rules import QueryRule
from pants.testutil.rule_runner import RuleRunner

from go_static.compat import (
    collect_rules,
    concurrently,
    create_digest,
    digest_to_snapshot,
    get_digest_contents,
    rule,
)


def test_what_asks_for_other_files_has_another_hash() -> None:
    """Or the engine would compare each with all before it (Pants #21725)."""
    asked = [CreateDigest([FileContent(f"{n}.go", b"package p\n")]) for n in range(100)]

    assert len({hash(one) for one in asked}) == len(asked)
    assert hash(asked[0]) == hash(CreateDigest([FileContent("0.go", b"package p\n")]))


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


def test_functions_that_call_rules_are_led_on_side_by_side_and_answer_in_order() -> None:
    runner = RuleRunner(rules=[*collect_rules(), QueryRule(Found, [Names])])

    found = runner.request(Found, [Names(("x", "", "y", "z"))])

    assert found == Found(("x", "none", "y y", "z z"), "x", ("f",))
    assert runner.request(Found, [Names(())]).texts == ()
