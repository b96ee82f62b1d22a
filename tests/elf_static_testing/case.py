"""A real file, and the facts about it that follow from how it was built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """`findings` are the ids that the policy denies or warns about."""

    name: str
    path: Path
    verdict: str = "static"
    findings: frozenset[str] = frozenset()
    policy: str = "any-language"
    goos: str | None = None
    goarch: str | None = None


def ids(text: str) -> frozenset[str]:
    """`ids("004 005")` returns ES004 and ES005."""
    return frozenset(f"ES{number}" for number in text.split())
