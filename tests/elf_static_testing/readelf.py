"""A second opinion on a file, from binutils' readelf."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from elf_static.elf.facts import Facts
from elf_static.elf.structures import text as printable
from elf_static.judge.judgement import Judgement, Verdict
from elf_static.judge.severity import Severity


@dataclass(frozen=True)
class Readelf:
    """`type` is the header's type (`EXEC`); `interpreter` is None without a PT_INTERP."""

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
            # Escape unprintable characters as the checker does; readelf does not.
            interpreter=printable(interpreter[1].encode()) if interpreter else None,
            # It prints a number instead of a name if it cannot tell which table
            # contains the name.
            needed=tuple(re.findall(r"\(NEEDED\) +(?:Shared library: \[(.*)\]|0x)", text)),
            pie=bool(flags and "PIE" in flags[0]),
        )

    def disagreements(self, facts: Facts, judgement: Judgement) -> Iterator[str]:
        """The checker's facts in the same form."""
        ids = {
            finding.id for finding in judgement.findings if finding.severity is not Severity.INFO
        }
        if judgement.verdict is Verdict.STATIC and not self.static:
            yield f"static, and has {self}"
        asks = self.interpreter is not None or bool(self.needed)
        if judgement.verdict is Verdict.NOT_STATIC and "ES002" not in ids and not asks:
            yield f"not static, and has {self}"
        if not facts.damage:
            if facts.interpreter != self.interpreter:
                yield f"the interpreter {facts.interpreter}, not {self.interpreter}"
            needed = facts.dynamic.needed if facts.dynamic else ()
            if needed != self.needed:
                yield f"the libraries {needed}, not {self.needed}"

    @property
    def static(self) -> bool:
        """A program that needs no loader."""
        program = self.type == "EXEC" or (self.type == "DYN" and self.pie)
        return program and "LOAD" in self.segments and "INTERP" not in self.segments
