"""Coverage profiles of Go: merging them, and a summary of the result.

A profile starts with `mode: set` (`count`, `atomic`). Each further line is a block, how many
statements it has, and how often it ran (golang.org/x/tools/cover has the format).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """`position` is as in the profile: lines and columns of start and end."""

    file: str
    position: str
    statements: int

    @property
    def order(self) -> tuple[str, tuple[int, ...]]:
        return self.file, tuple(int(n) for n in self.position.replace(",", ".").split("."))


@dataclass(frozen=True)
class Profile:
    """How often each block ran; the mode `set` only tells whether."""

    mode: str
    counts: dict[Block, int]

    def text(self) -> str:
        lines = [
            f"{block.file}:{block.position} {block.statements} {self.counts[block]}"
            for block in sorted(self.counts, key=lambda block: block.order)
        ]
        return "\n".join([f"mode: {self.mode}", *lines, ""])


def merge_profiles(profiles: Iterable[str]) -> Profile:
    """One profile of all: a block that several tests contain ran as often as in all of them."""
    mode = "set"
    counts: dict[Block, int] = {}
    for profile in profiles:
        for line in profile.splitlines():
            if line.startswith("mode: "):
                mode = line[len("mode: ") :]
                continue
            where, statements, count = line.rsplit(" ", 2)
            file, _, position = where.rpartition(":")
            block = Block(file, position, int(statements))
            before = counts.get(block, 0)
            counts[block] = max(before, int(count)) if mode == "set" else before + int(count)
    return Profile(mode, counts)


def summary(profile: Profile) -> str:
    """The share of statements that ran, for each package and for all."""
    packages: dict[str, list[int]] = {}
    for block, count in profile.counts.items():
        numbers = packages.setdefault(posixpath.dirname(block.file), [0, 0])
        numbers[0] += block.statements if count else 0
        numbers[1] += block.statements
    total = [sum(n) for n in zip(*packages.values())] or [0, 0]
    rows = [*sorted(packages.items()), ("total", total)]
    width = max(len(name) for name, _ in rows)
    return "\n".join(
        f"{name:<{width}}  {_percent(ran, of):>6}  {ran} of {of} statements"
        for name, (ran, of) in rows
    )


def _percent(ran: int, of: int) -> str:
    return f"{100 * ran / of:.1f}%" if of else "-"
