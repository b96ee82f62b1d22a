"""The formats of a report: one entry for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Callable

from elf_static.report.model import Report, to_json
from elf_static.report.text import render_text


def render_json(reports: Sequence[Report], policy: str) -> str:
    return to_json(
        {
            "policy": policy,
            "files": [
                {
                    "path": report.name,
                    "verdict": report.judgement.verdict.value,
                    "passed": report.judgement.passed,
                    "findings": [
                        {**vars(finding), "severity": finding.severity.value}
                        for finding in report.judgement.findings
                    ],
                    "facts": report.facts,
                }
                for report in reports
            ],
        }
    )


def render_junit(reports: Sequence[Report], policy: str) -> str:
    from elf_static.report.junit import render

    return render(reports, policy)


def render_sarif(reports: Sequence[Report], policy: str) -> str:
    from elf_static.report.sarif import render

    return render(reports, policy)


def render_github(reports: Sequence[Report], policy: str) -> str:
    from elf_static.report.github import render

    return render(reports, policy)


FORMATS: Mapping[str, Callable[[Sequence[Report], str], str]] = {
    "text": render_text,
    "json": render_json,
    "junit": render_junit,
    "sarif": render_sarif,
    "github": render_github,
}
