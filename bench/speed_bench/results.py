"""The results, as stored in a JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

SCHEMA = 2


@dataclass(frozen=True)
class Measured:
    """One side of an experiment: the seconds and CPU seconds of each round, the most memory of any
    round (see `measure.Usage`), the most runs of `go build` by Pants, the rounds with a new pantsd,
    and the bytes on disk after the first round, with the increase."""

    seconds: tuple[float, ...]
    cpu: tuple[float, ...]
    memory: int
    largest: int
    builds: int = 0
    restarts: int = 0
    disk: Mapping[str, int] = field(default_factory=dict)
    added: Mapping[str, int] = field(default_factory=dict)

    @property
    def least(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return median(self.seconds)


@dataclass(frozen=True)
class Row:
    """A measured case; `peer` and `pants_go` (Pants's own Go backend) are None if they are not
    compared."""

    name: str
    title: str
    ours: Measured
    peer: Measured | None = None
    pants_go: Measured | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours.least / self.peer.least if self.peer else None

    @property
    def median_ratio(self) -> float | None:
        return self.ours.median / self.peer.median if self.peer else None

    @property
    def cpu_ratio(self) -> float | None:
        return min(self.ours.cpu) / min(self.peer.cpu) if self.peer and min(self.peer.cpu) else None


@dataclass(frozen=True)
class Results:
    """`about` is where and when it was measured. `growth` lists row names by the quantity that
    grows, with its value. `failed` lists the cases that could not be measured."""

    about: Mapping[str, str]
    rows: tuple[Row, ...]
    growth: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    failed: tuple[str, ...] = ()

    def row(self, name: str) -> Row | None:
        return next((row for row in self.rows if row.name == name), None)

    def write(self, path: Path, extra: Mapping[str, Any]) -> None:
        """`extra` is computed from the rest, for readers of the file."""
        ratios = {
            row.name: {
                "least": row.ratio,
                "median": row.median_ratio,
                "cpu": row.cpu_ratio,
            }
            for row in self.rows
            if row.peer
        }
        content = {"schema": SCHEMA, **asdict(self), "ratios": ratios, **extra}
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Results:
        """:raises ValueError: the file does not have this schema version."""
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.get("schema") != SCHEMA:
            raise ValueError(f"{path} has schema {content.get('schema')}, not {SCHEMA}")
        return cls(
            content["about"],
            tuple(
                Row(
                    row["name"],
                    row["title"],
                    _measured(row["ours"]),
                    _measured(row["peer"]) if row["peer"] else None,
                    _measured(row["pants_go"]) if row["pants_go"] else None,
                )
                for row in content["rows"]
            ),
            content["growth"],
            tuple(content["failed"]),
        )


def _measured(content: Mapping[str, Any]) -> Measured:
    return Measured(
        **{**content, "seconds": tuple(content["seconds"]), "cpu": tuple(content["cpu"])}
    )
