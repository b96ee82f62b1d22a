"""What the commands of `elf-static` have in common."""

from __future__ import annotations

import os

from elf_static.elf.reader import STANDARD_INPUT
from elf_static.elf.structures import text

PASSED, FAILED, NOT_JUDGED = 0, 1, 2
"""Exit codes."""


class UsageError(Exception):
    """The command was used wrongly; the text says how to use it."""


def shown(path: str) -> str:
    """How a report names a file."""
    return "standard input" if path == STANDARD_INPUT else text(os.fsencode(path))
