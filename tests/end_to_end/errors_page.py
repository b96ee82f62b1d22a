"""The texts in docs/errors.md, which the tests compare with the output of Pants."""

from __future__ import annotations

import re
from functools import cache

from end_to_end.repository import PROJECT

PAGE = PROJECT / "docs" / "errors.md"


@cache
def rows() -> dict[str, tuple[str, ...]]:
    """The parts of each row's message and advice, by problem."""
    found: dict[str, tuple[str, ...]] = {}
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 3 or cells[0] == "what is wrong" or set(cells[0]) == {"-"}:
            continue
        wrong, said, way_out = cells
        name = re.sub(r" \(\[.*?\]\(.*?\)\)", "", wrong)
        assert name not in found, f"{PAGE.name} has two rows for: {name}"
        assert said and way_out, f"{PAGE.name} says too little of: {name}"
        found[name] = tuple(part.strip() for part in f"{said} … {way_out}".split("…"))
    return found


def documented(wrong: str) -> tuple[str, ...]:
    """The parts of an error's text on the page; Pants must print each of them."""
    assert wrong in rows(), f"{PAGE.name} has no row for: {wrong}"
    return rows()[wrong]
