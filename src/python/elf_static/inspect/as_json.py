"""All facts of files as JSON: `elf-static inspect --format json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from elf_static.elf.facts import Facts
from elf_static.report.model import SCHEMA


def render_inspections(every: Sequence[tuple[str, Facts]]) -> str:
    return (
        json.dumps(
            {
                "schema": SCHEMA,
                "files": [{"path": path, "facts": asdict(facts)} for path, facts in every],
            },
            indent=2,
        )
        + "\n"
    )
