"""The tables in docs/performance.md, generated from results."""

from __future__ import annotations

import re
from pathlib import Path

from speed_bench.results import Results
from speed_bench.tables import growth, pants_go, resources, targets, times

_PARTS = {
    "times": times,
    "pants_go": pants_go,
    "targets": targets,
    "resources": resources,
    "growth": growth,
}


def with_tables(text: str, results: Results) -> str:
    """The page with new tables between `<!-- NAME -->` and `<!-- end -->`.

    :raises ValueError: the page has no place for a table.
    """
    tables = {name: make(results) for name, make in _PARTS.items()}
    parts = {name: table.markdown() if table.rows else "" for name, table in tables.items()}
    parts["about"] = "\n".join(f"- {key}: {value}" for key, value in results.about.items())
    for name, content in parts.items():
        place = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", text, re.DOTALL)
        if place is None:
            raise ValueError(f"there is no `<!-- {name} -->` with an `<!-- end -->` after it")
        shown = f"{content}\n\n" if content else ""
        text = f"{text[: place.start(1)]}\n{shown}{text[place.end(1) :]}"
    return text


def rewrite(page: Path, results: Results) -> None:
    try:
        text = with_tables(page.read_text(encoding="utf-8"), results)
    except ValueError as e:
        raise SystemExit(f"{page}: {e}") from None
    page.write_text(text, encoding="utf-8")
