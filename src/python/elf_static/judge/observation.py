"""What was seen against a rule, before a policy says how much it counts."""

from __future__ import annotations

from dataclasses import dataclass

from elf_static.judge.rules import Rule


@dataclass(frozen=True)
class Observation:
    """`message` is the end of a sentence that starts with the file's name; `fix` is what to do.
    `level` stands in for that of the policy, where there is one."""

    rule: Rule
    message: str
    fix: str
    level: str = ""
