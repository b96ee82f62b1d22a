"""The report on a file.

`SCHEMA` is the version of the JSON layout of all commands; breaking changes increment it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elf_static.elf.facts import Facts
from elf_static.elf.reader import STANDARD_INPUT
from elf_static.elf.structures import text
from elf_static.judge.judgement import Judgement

SCHEMA = 1


def to_json(content: Mapping[str, Any]) -> str:
    """`content` may contain dataclasses, which become objects."""
    import json  # Takes 2 ms, and the text report does not need it.

    # `asdict` would copy them, which takes as long as writing them.
    return json.dumps({"schema": SCHEMA, **content}, indent=2, default=vars) + "\n"


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
