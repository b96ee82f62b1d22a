"""The targets as data, and whether they are met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from speed_bench.results import Results, Row

MB = 1_000_000


@dataclass(frozen=True)
class Target:
    """`limit` is the maximum of `figure` in row `case`; both use the least of all rounds. `unit` is
    for printing."""

    case: str
    figure: str
    limit: float
    unit: str


RATIO = "ratio to plain go build"
SECONDS = "seconds"
MORE = "seconds more than plain go build"
TEST_RATIO = "ratio to go test"
MORE_TEST = "seconds more than go test"
BUILDS = "runs of go build"
MEMORY = "MB of memory"
STORED = "bytes more in the remote cache, for each of the binary"


def _more(row: Row) -> float | None:
    return row.ours.least - row.peer.least if row.peer else None


_FIGURES: dict[str, Callable[[Row], float | None]] = {
    RATIO: lambda row: row.ratio,
    SECONDS: lambda row: row.ours.least,
    MORE: _more,
    TEST_RATIO: lambda row: row.ratio,
    MORE_TEST: _more,
    BUILDS: lambda row: row.ours.builds,
    MEMORY: lambda row: row.ours.largest / MB,
    STORED: lambda row: (
        row.ours.added["remote cache"] / row.ours.disk["binaries"]
        if "remote cache" in row.ours.added
        else None
    ),
}

TARGETS = (
    Target("cold", RATIO, 1.15, "x"),
    Target("cold-remote-edit", RATIO, 0.35, "x"),
    Target("cold-remote-module", RATIO, 0.4, "x"),
    Target("cold-remote-module", STORED, 2, "x"),
    Target("cold-packed", RATIO, 1.15, "x"),
    Target("worker-edit", RATIO, 0.4, "x"),
    Target("cold-build", RATIO, 1.05, "x"),
    Target("unchanged", SECONDS, 1.0, "s"),
    Target("all-unchanged", SECONDS, 1.0, "s"),
    Target("edit", MORE, 1.0, "s"),
    Target("edit-comment", MORE, 1.0, "s"),
    Target("leaf-comment", MORE, 1.5, "s"),
    Target("leaf-api", MORE, 1.5, "s"),
    Target("leaf-remote", RATIO, 0.25, "x"),
    Target("unlisted", BUILDS, 0, ""),
    Target("all-binaries-discarded", RATIO, 1.0, "x"),
    Target("elf-example", SECONDS, 0.15, "s"),
    Target("elf-example", MEMORY, 40, "MB"),
    Target("elf-60", SECONDS, 0.15, "s"),
    Target("elf-60", MEMORY, 40, "MB"),
    Target("elf-600", SECONDS, 0.15, "s"),
    Target("elf-600", MEMORY, 40, "MB"),
    Target("tests-cold", TEST_RATIO, 1.25, "x"),
    Target("tests-unchanged", SECONDS, 1.0, "s"),
    Target("tests-edit", MORE_TEST, 1.5, "s"),
)


@dataclass(frozen=True)
class Outcome:
    target: Target
    title: str
    measured: float

    @property
    def met(self) -> bool:
        return self.measured <= self.target.limit


def outcomes(results: Results, targets: Sequence[Target] = TARGETS) -> list[Outcome]:
    """The targets whose case was measured."""
    found = []
    for target in targets:
        row = results.row(target.case)
        measured = _FIGURES[target.figure](row) if row else None
        if row and measured is not None:
            found.append(Outcome(target, row.title, measured))
    return found
