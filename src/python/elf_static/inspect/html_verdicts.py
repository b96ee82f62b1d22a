"""Many files on one page: `elf-static check --format html`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from elf_static.inspect.html_page import Inspected, render_document, render_verdict
from elf_static.inspect.html_widgets import escaped, table
from elf_static.report.model import Report
from elf_static.report.text import summary, total


def render(reports: Sequence[Report], policy: str) -> str:
    """The files that fail, with their findings, then a table of all files."""
    return render_document("Static linking", _body(reports, policy))


def _body(reports: Sequence[Report], policy: str) -> Iterator[str]:
    verdicts = Counter(report.judgement.verdict for report in reports)
    failed = sum(not report.judgement.passed for report in reports)
    yield "<header><h1>Static linking</h1>"
    yield f"<p>{escaped(total(verdicts, failed).strip())}. Policy: "
    yield f"<code>{escaped(policy)}</code></p></header>"
    for report in reports:
        if not report.judgement.passed:
            inspected = Inspected(report.name, report.facts, report.judgement, policy)
            yield from ("<article>\n", *render_verdict(inspected), "\n</article>\n")
    yield "<section><h2>All files</h2>"
    rows = [
        (report.name, summary(report), "passes" if report.judgement.passed else "fails")
        for report in reports
    ]
    yield table(("file", "verdict", "policy"), rows, numbers=())
    yield "</section>\n"
