"""The promises about the verdict on any file, checked against what kernels would do with it."""

from __future__ import annotations

from collections.abc import Iterator

from elf_static.elf.facts import Facts
from elf_static.judge.judgement import Judgement, Verdict
from elf_static_testing.kernel import readings


def broken_promises(data: bytes, facts: Facts, judgement: Judgement) -> Iterator[str]:
    """The promises broken by a judgement of these bytes under a built-in policy."""
    if judgement.verdict is Verdict.STATIC:
        loaded = tuple(readings(data))
        for one in loaded:
            if one.interpreter:
                yield f"static, and {one.machine.name} starts a loader"
        if not any(one.loads for one in loaded):
            yield "static, and no kernel loads it"
    elif judgement.passed:
        yield f"passed, and is {judgement.verdict.value}"
    if any("failed (" in damage for damage in facts.damage):
        yield f"an error that nobody expected: {facts.damage}"
