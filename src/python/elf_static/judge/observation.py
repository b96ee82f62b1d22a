"""A violation of a rule, before a policy decides its severity."""

from __future__ import annotations

from dataclasses import dataclass

from elf_static.judge.rules import Rule


@dataclass(frozen=True)
class Observation:
    """`message` completes a sentence that starts with the file's name. `level`, if set, overrides
    the policy's."""

    rule: Rule
    message: str
    fix: str
    level: str = ""
