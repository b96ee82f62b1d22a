"""All facts of files as JSON: `elf-static inspect --format json`."""

from __future__ import annotations

from collections.abc import Sequence

from elf_static.elf.facts import Facts
from elf_static.report.model import to_json


def render_inspections(every: Sequence[tuple[str, Facts]]) -> str:
    return to_json({"files": [{"path": path, "facts": facts} for path, facts in every]})
