"""The tables of a report, as text for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from speed_bench.results import Measured, Results, Row
from speed_bench.targets import MB, outcomes

_NONE = "–"


@dataclass(frozen=True)
class Table:
    """The first column is text, the others are figures."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def text(self) -> str:
        lines = [self.header, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.header))]
        return f"{self.title}\n" + "\n".join(
            "  ".join(
                cell.rjust(width) if column else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(line, widths))
            ).rstrip()
            for line in lines
        )

    def markdown(self) -> str:
        rule = ("---", *("---:" for _ in self.header[1:]))
        return "\n".join(f"| {' | '.join(line)} |" for line in (self.header, rule, *self.rows))


def tables(results: Results) -> list[Table]:
    return [
        times(results),
        pants_go(results),
        targets(results),
        resources(results),
        growth(results),
    ]


def text_report(results: Results) -> str:
    about = "\n".join(f"{key}: {value}" for key, value in results.about.items())
    parts = [about, *(table.text() for table in tables(results) if table.rows)]
    if results.failed:
        parts.append(f"Not measured, as something failed: {', '.join(results.failed)}")
    return "\n\n".join(parts)


def times(results: Results) -> Table:
    return _times("plain `go build`", ("Pants", "go build"), results.rows)


def pants_go(results: Results) -> Table:
    """The cases that are compared with Pants's own Go backend."""
    rows = [replace(row, peer=row.pants_go) for row in results.rows if row.pants_go]
    return _times("Pants's own Go backend", ("this backend", "Pants's own"), rows)


def _times(peer: str, sides: tuple[str, str], rows: Sequence[Row]) -> Table:
    return Table(
        f"Seconds: the least of all rounds (and the median), beside {peer}",
        ("case", *sides, "ratio", "of medians", "of CPU time", "rounds"),
        [
            (
                row.title,
                _seconds(row.ours),
                _seconds(row.peer),
                _ratio(row.ratio),
                _ratio(row.median_ratio),
                _ratio(row.cpu_ratio),
                str(len(row.ours.seconds)),
            )
            for row in rows
        ],
    )


def targets(results: Results) -> Table:
    return Table(
        "Targets",
        ("case", "what", "at most", "measured", "result"),
        [
            (
                outcome.title,
                outcome.target.figure,
                f"{outcome.target.limit:g} {outcome.target.unit}".strip(),
                f"{outcome.measured:.3g} {outcome.target.unit}".strip(),
                "met" if outcome.met else "not met",
            )
            for outcome in outcomes(results)
        ],
    )


def resources(results: Results) -> Table:
    return Table(
        "Memory, and disk after it, in MB",
        (
            "case",
            "memory, Pants",
            "go build",
            "store",
            "named caches",
            "dist",
            "GOCACHE, GOMODCACHE",
        ),
        [
            (
                row.title,
                _megabytes(row.ours.memory),
                _megabytes(row.peer.memory if row.peer else None),
                _megabytes(row.ours.disk.get("store")),
                _megabytes(row.ours.disk.get("caches")),
                _megabytes(row.ours.disk.get("binaries")),
                _megabytes(row.peer.disk.get("caches") if row.peer else None),
            )
            for row in results.rows
        ],
    )


def growth(results: Results) -> Table:
    found = [
        (results.row(name), f"{count} {what}")
        for what, names in results.growth.items()
        for name, count in names.items()
    ]
    return Table(
        "How it grows: seconds, memory, and what the run adds to the disk, in MB",
        (
            "with",
            "seconds, Pants",
            "go build",
            "memory, Pants",
            "go build",
            "store",
            "named caches",
            "dist",
            "GOCACHE",
        ),
        [_growth(title, row) for row, title in found if row and row.peer],
    )


def _growth(title: str, row: Row) -> tuple[str, ...]:
    assert row.peer
    return (
        title,
        f"{row.ours.least:.2f}",
        f"{row.peer.least:.2f}",
        _megabytes(row.ours.memory),
        _megabytes(row.peer.memory),
        _megabytes(row.ours.added.get("store")),
        _megabytes(row.ours.added.get("caches")),
        _megabytes(row.ours.added.get("binaries")),
        _megabytes(row.peer.added.get("caches")),
    )


def _seconds(measured: Measured | None) -> str:
    if measured is None:
        return _NONE
    digits = 2 if measured.least >= 1 else 3
    return f"{measured.least:.{digits}f} ({measured.median:.{digits}f})"


def _ratio(ratio: float | None) -> str:
    return _NONE if ratio is None else f"{ratio:.2f} x"


def _megabytes(size: int | None) -> str:
    return _NONE if size is None else f"{size / MB:.0f}"
