"""The ELF test alone, without Pants."""

from __future__ import annotations

import sys
from pathlib import Path

from end_to_end.repository import PROJECT
from speed_bench import measure
from speed_bench.measure import CannotMeasureError, Usage


def check(binary: Path) -> Usage:
    """Measure `elf-static check`.

    :raises CannotMeasureError: the verdict is not static.
    """
    usage = python("-m", "elf_static", "check", str(binary))
    if f"{binary}: static" not in usage.log:
        raise CannotMeasureError(usage.log)
    return usage


def python(*arguments: str) -> Usage:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT / "src" / "python")}
    return measure.run([sys.executable, *arguments], PROJECT, environment)
