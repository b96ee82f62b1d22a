"""Annotations for GitHub Actions, one for each denied finding and each warning.

They are escaped like those of @actions/core (packages/core/src/command.ts of actions/toolkit): `%`
and line breaks in messages, and also colons and commas in properties.
"""

from __future__ import annotations

from collections.abc import Sequence

from elf_static.judge.judgement import Finding
from elf_static.judge.severity import Severity
from elf_static.report.model import Report
from elf_static.report.text import render_text

_COMMANDS = {Severity.DENY: "error", Severity.WARN: "warning"}
_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(reports: Sequence[Report], policy: str) -> str:
    """The text report, for the log, and the annotations, for the pull request."""
    annotations = [
        _annotation(report, finding)
        for report in reports
        for finding in report.judgement.findings
        if finding.severity in _COMMANDS
    ]
    return render_text(reports, policy) + "".join(annotations)


def _annotation(report: Report, finding: Finding) -> str:
    message = f"{report.name} {finding.message}.\n{finding.why}\n{finding.fix}"
    properties = {"file": report.name, "title": f"{finding.id} {finding.rule}"}
    written = ",".join(f"{key}={value.translate(_PROPERTY)}" for key, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {written}::{message.translate(_MESSAGE)}\n"
