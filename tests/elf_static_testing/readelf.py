"""What binutils' readelf says of a file: a second opinion."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from elf_static.elf.facts import Facts
from elf_static.elf.structures import text as printable
from elf_static.judge.judgement import NOT_STATIC, STATIC, Judgement


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
            # As the checker shows what cannot be printed; readelf does not care.
            interpreter=printable(interpreter[1].encode()) if interpreter else None,
            # It has no name, but a number, where it cannot say in which table the name is.
            needed=tuple(re.findall(r"\(NEEDED\) +(?:Shared library: \[(.*)\]|0x)", text)),
            pie=bool(flags and "PIE" in flags[0]),
        )

    def disagreements(self, facts: Facts, judgement: Judgement) -> Iterator[str]:
        """What the checker says of the file in another way."""
        ids = {finding.id for finding in judgement.findings if finding.severity != "info"}
        if judgement.verdict == STATIC and not self.static:
            yield f"static, and has {self}"
        asks = self.interpreter is not None or bool(self.needed)
        if judgement.verdict == NOT_STATIC and "ES002" not in ids and not asks:
            yield f"not static, and has {self}"
        if not facts.damage:
            if facts.interpreter != self.interpreter:
                yield f"the interpreter {facts.interpreter}, not {self.interpreter}"
            needed = facts.dynamic.needed if facts.dynamic else ()
            if needed != self.needed:
                yield f"the libraries {needed}, not {self.needed}"

    @property
    def static(self) -> bool:
        """A program that no loader is needed for."""
        program = self.type == "EXEC" or (self.type == "DYN" and self.pie)
        return program and "LOAD" in self.segments and "INTERP" not in self.segments
