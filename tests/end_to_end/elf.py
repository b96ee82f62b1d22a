"""The facts about a binary that the tests check, read with independent tools."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Binary:
    """`segments` are the types of the program headers (readelf); `build` is what
    `go version -m` prints as `build` lines."""

    path: Path
    machine: str
    segments: frozenset[str]
    build: dict[str, str]
    go_version: str

    @classmethod
    def read(cls, path: Path, go: Path) -> Binary:
        header = _run("readelf", "-hW", str(path))
        program_headers = _run("readelf", "-lW", str(path))
        info = _run(str(go), "version", "-m", str(path)).splitlines()
        build = [line.split("\t")[2] for line in info if line.startswith("\tbuild\t")]
        return cls(
            path=path,
            machine=_after(header, "Machine:"),
            segments=frozenset(
                line.split()[0] for line in program_headers.splitlines() if " 0x" in line
            ),
            build=dict(item.split("=", 1) for item in build),
            go_version=info[0].rpartition(" ")[2],
        )

    def assert_static(self) -> None:
        """The guarantee, checked from outside."""
        assert "LOAD" in self.segments, self
        assert not {"INTERP", "DYNAMIC"} & self.segments, self
        assert self.build["CGO_ENABLED"] == "0", self
        assert self.build["-trimpath"] == "true", self
        assert self.build["-tags"].split(",")[:2] == ["netgo", "osusergo"], self
        assert not [key for key in self.build if key.startswith("vcs")], self


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _after(text: str, label: str) -> str:
    return next(line.partition(label)[2].strip() for line in text.splitlines() if label in line)


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
