"""The report on a file.

`SCHEMA` is the version of the JSON layout of all commands; breaking changes increment it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from elf_static.elf.facts import Facts
from elf_static.elf.reader import STANDARD_INPUT
from elf_static.elf.structures import text
from elf_static.judge.judgement import Judgement

SCHEMA = 1


@dataclass(frozen=True)
class Report:
    """One file. `path` is as given on the command line, `name` the same made printable."""

    path: str
    facts: Facts
    judgement: Judgement

    @property
    def name(self) -> str:
        return shown(self.path)


def shown(path: str) -> str:
    """How a report names a file."""
    return "standard input" if path == STANDARD_INPUT else text(os.fsencode(path))
