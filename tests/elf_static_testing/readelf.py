"""What binutils' readelf says of a file: a second opinion."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Readelf:
    """`type` is that of the header (`EXEC`); `interpreter` is None without a PT_INTERP."""

    type: str
    segments: tuple[str, ...]
    interpreter: str | None
    needed: tuple[str, ...]
    pie: bool

    @classmethod
    def read(cls, path: Path) -> Readelf:
        done = subprocess.run(
            ["readelf", "-hlWd", str(path)],
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            capture_output=True,
            check=False,
            text=True,
        )
        text = done.stdout
        kind = re.search(r"^  Type: +(\w+)", text, re.MULTILINE)
        interpreter = re.search(r"\[Requesting program interpreter: (.*)\]", text)
        flags = re.search(r"\(FLAGS_1\).*", text)
        return cls(
            type=kind[1] if kind else "",
            segments=tuple(re.findall(r"^  ([A-Z_0-9]+) +0x[0-9a-f]+ 0x", text, re.MULTILINE)),
            interpreter=interpreter[1] if interpreter else None,
            needed=tuple(re.findall(r"\(NEEDED\) +Shared library: \[(.*)\]", text)),
            pie=bool(flags and "PIE" in flags[0]),
        )

    @property
    def static(self) -> bool:
        """A program that no loader is needed for."""
        program = self.type == "EXEC" or (self.type == "DYN" and self.pie)
        return program and "LOAD" in self.segments and "INTERP" not in self.segments
