"""JUnit's XML, as test runners and CI systems read it: a test case for each file.

The elements and attributes are those of the schema that is used by Jenkins' xUnit plugin
(junit-10.xsd).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from elf_static.judge import UNDETERMINED
from elf_static.report import Report, describe, render_text, summary

# What XML 1.0 (section 2.2) does not allow, also not as a character reference.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
        lines.append(f'<testcase classname="elf-static" name={_attribute(report.path)} time="0">')
        if not report.judgement.passed:
            element = "error" if _is_error(report) else "failure"
            findings = "; ".join(
                describe(finding)
                for finding in report.judgement.findings
                if finding.severity == "deny"
            )
            lines.append(
                f"<{element} message={_attribute(findings)} "
                f'type="{report.judgement.verdict}">'
                f"{_content(render_text([report], policy))}</{element}>"
            )
        lines.append(f"<system-out>{_content(summary(report))}</system-out>")
        lines.append("</testcase>")
    return "\n".join([*lines, "</testsuite>", "</testsuites>"]) + "\n"


def _is_error(report: Report) -> bool:
    """Not judged, which is another thing than judged and found wanting."""
    return not report.judgement.passed and report.judgement.verdict == UNDETERMINED


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("?", text))


def _content(text: str) -> str:
    return escape(_NOT_XML.sub("?", text))
