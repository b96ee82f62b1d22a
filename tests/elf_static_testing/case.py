"""A real file, and the facts about it that follow from how it was built."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """`findings` are the ids that the policy denies or warns about. `make` makes the file, when a
    test first asks for its path."""

    name: str
    make: Callable[[], Path] = field(repr=False)
    verdict: str = "static"
    findings: frozenset[str] = frozenset()
    policy: str = "any-language"
    goos: str | None = None
    goarch: str | None = None

    @functools.cached_property
    def path(self) -> Path:
        return self.make()


def ids(text: str) -> frozenset[str]:
    """`ids("004 005")` returns ES004 and ES005."""
    return frozenset(f"ES{number}" for number in text.split())
