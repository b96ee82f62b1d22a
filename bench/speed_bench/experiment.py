"""Experiments: sides that are measured together, in rounds."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from speed_bench.measure import Usage
from speed_bench.results import Measured
from speed_bench.sides import built


class Rounds(Enum):
    """The share of rounds that an experiment gets: slow ones get fewer."""

    ALL = "all"
    HALF = "half"
    ONE = "one"

    def of(self, rounds: int) -> int:
        return {Rounds.ALL: rounds, Rounds.HALF: max(1, rounds // 2), Rounds.ONE: 1}[self]


@dataclass(frozen=True)
class Side:
    """A side of a comparison: `run` measures it, `disk` returns its disk usage by kind, and `reset`
    runs before each round, unmeasured, for example to empty caches."""

    run: Callable[[], Usage]
    disk: Callable[[], Mapping[str, int]] = dict
    reset: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Case:
    """A row of the table. `ours`, `peer` and `pants_go` (Pants's own Go backend) are sides of its
    experiment; without the others, only `ours` is shown."""

    name: str
    title: str
    ours: str = "pants"
    peer: str = "go"
    pants_go: str = ""


@dataclass(frozen=True)
class Experiment:
    """Sides that are measured in turn, in the same rounds. `before` runs before each round and
    affects all sides, for example an edit."""

    name: str
    cases: Sequence[Case]
    sides: Mapping[str, Side]
    before: Callable[[], None] = lambda: None
    rounds: Rounds = Rounds.ALL

    def needed(self, cases: Collection[str]) -> list[str]:
        """The sides that the named cases compare."""
        wanted = {
            side
            for case in self.cases
            if case.name in cases
            for side in (case.ours, case.peer, case.pants_go)
        }
        return [side for side in self.sides if side in wanted]

    def run(self, cases: Collection[str], rounds: int) -> dict[str, Measured]:
        """Measure all sides. Returns results by side."""
        sides = self.needed(cases)
        usages: dict[str, list[Usage]] = {side: [] for side in sides}
        disks: dict[str, Sequence[Mapping[str, int]]] = {}
        for number in range(self.rounds.of(rounds)):
            self.before()
            # Alternate the order, so that no side always runs after the same other one.
            for name in sides if number % 2 == 0 else reversed(sides):
                side = self.sides[name]
                side.reset()
                before = side.disk() if number == 0 else {}
                usage = side.run()
                if number == 0:
                    disks[name] = (before, side.disk())
                usages[name].append(usage)
                note = " (pantsd restarted)" if usage.restarted else ""
                progress(f"{self.name}, {name}, round {number + 1}: {usage.seconds:.2f} s{note}")
        return {name: _measured(usages[name], *disks[name]) for name in sides}


def _measured(
    usages: Sequence[Usage], before: Mapping[str, int], after: Mapping[str, int]
) -> Measured:
    return Measured(
        seconds=tuple(round(usage.seconds, 3) for usage in usages),
        cpu=tuple(round(usage.cpu, 2) for usage in usages),
        memory=max(usage.memory for usage in usages),
        largest=max(usage.largest for usage in usages),
        builds=max(built(usage) for usage in usages),
        restarts=sum(usage.restarted for usage in usages),
        disk=dict(after),
        added={kind: after[kind] - before.get(kind, 0) for kind in after},
    )


_started = time.monotonic()
_numbers = itertools.count(1)


def progress(text: str) -> None:
    print(f"[{time.monotonic() - _started:5.0f} s] {text}", file=sys.stderr, flush=True)


def new_number() -> int:
    """A number that is new in this run, so that no two edits are the same."""
    return next(_numbers)
