"""A violation of a rule, before a policy decides its severity."""

from __future__ import annotations

from dataclasses import dataclass

from elf_static.judge.rules import Rule
from elf_static.judge.severity import Severity


@dataclass(frozen=True)
class Observation:
    """`message` completes a sentence that starts with the file's name. `severity`, if set,
    overrides the policy's."""

    rule: Rule
    message: str
    fix: str
    severity: Severity | None = None
