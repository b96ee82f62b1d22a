"""JUnit's XML, as test runners and CI systems read it: a test case for each file.

Elements and attributes follow the schema of Jenkins' xUnit plugin (junit-10.xsd). All text is
printable, so XML allows every character.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from elf_static.judge.judgement import Verdict
from elf_static.judge.severity import Severity
from elf_static.report.model import Report
from elf_static.report.text import describe, render_text, summary


def render(reports: Sequence[Report], policy: str) -> str:
    errors = sum(_is_error(report) for report in reports)
    failures = sum(not report.judgement.passed for report in reports) - errors
    counts = f'tests="{len(reports)}" failures="{failures}" errors="{errors}"'
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f"<testsuites {counts}>",
        f'<testsuite name="elf-static" {counts} skipped="0" time="0">',
    ]
    for report in reports:
        lines.append(f'<testcase classname="elf-static" name={quoteattr(report.name)} time="0">')
        if not report.judgement.passed:
            element = "error" if _is_error(report) else "failure"
            findings = "; ".join(
                describe(finding)
                for finding in report.judgement.findings
                if finding.severity is Severity.DENY
            )
            lines.append(
                f"<{element} message={quoteattr(findings)} "
                f'type="{report.judgement.verdict.value}">'
                f"{escape(render_text([report], policy))}</{element}>"
            )
        lines.append(f"<system-out>{escape(summary(report))}</system-out>")
        lines.append("</testcase>")
    return "\n".join([*lines, "</testsuite>", "</testsuites>"]) + "\n"


def _is_error(report: Report) -> bool:
    """Whether the file could not be judged."""
    return not report.judgement.passed and report.judgement.verdict is Verdict.UNDETERMINED
