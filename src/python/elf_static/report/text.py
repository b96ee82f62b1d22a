"""Reports for people: one line for a file that passes, a block for a file that fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from elf_static.judge.judgement import Finding, Verdict
from elf_static.judge.severity import Severity
from elf_static.report.model import Report

_VERDICTS = {
    Verdict.STATIC: "static",
    Verdict.NOT_STATIC: "not static",
    Verdict.UNDETERMINED: "cannot be judged",
}


def render_text(reports: Sequence[Report], policy: str, color: bool = False) -> str:
    """One line for a file that passes, with warnings below it; a block for a file that fails."""
    paint = _Paint(color)
    return "".join(_text(report, policy, paint) for report in reports)


def summary(report: Report) -> str:
    """A short description of a file: `static, linux/amd64, go1.26.6, 4.4 MB`."""
    facts = report.facts
    go_version = facts.build_info.go_version if facts.build_info else ""
    size = size_words(facts.size) if facts.size else ""
    words = (verdict_words(report.judgement.verdict), facts.platform, go_version, size)
    return ", ".join(filter(None, words))


def total(verdicts: Mapping[Verdict, int], failed: int) -> str:
    """The last line of a report on several files."""
    counts = ", ".join(
        f"{verdicts[verdict]} {verdict_words(verdict)}"
        for verdict in Verdict
        if verdicts.get(verdict)
    )
    outcome = f"{failed} failed" if failed else "all passed"
    files = sum(verdicts.values())
    return f"{files} {'file' if files == 1 else 'files'}: {counts}; {outcome}\n"


def verdict_words(verdict: Verdict) -> str:
    return _VERDICTS[verdict]


def size_words(size: int) -> str:
    """A size in decimal units, like `ls --si`."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"


def describe(finding: Finding) -> str:
    return f"{finding.id} {finding.rule}: {finding.message}"


@dataclass(frozen=True)
class _Paint:
    on: bool

    def red(self, text: str) -> str:
        return f"\x1b[31m{text}\x1b[0m" if self.on else text

    def green(self, text: str) -> str:
        return f"\x1b[32m{text}\x1b[0m" if self.on else text

    def yellow(self, text: str) -> str:
        return f"\x1b[33m{text}\x1b[0m" if self.on else text


def _text(report: Report, policy: str, paint: _Paint) -> str:
    judgement = report.judgement
    words = summary(report)
    if judgement.passed:
        lines = [f"{report.name}: {paint.green(words)}"]
        if judgement.verdict is not Verdict.STATIC:
            lines[0] += f", which the policy {policy} allows"
    else:
        lines = [f"{report.name}: {paint.red(words)}"]
        if judgement.verdict is Verdict.STATIC:
            lines[0] += f", but fails under the policy {policy}"
    fix = ""
    for finding in judgement.findings:
        if finding.severity is Severity.DENY:
            lines.append(f"  {paint.red(describe(finding))}")
        elif finding.severity is Severity.WARN:
            lines.append(f"  {paint.yellow(f'warning: {describe(finding)}')}")
        else:
            continue
        lines.append(f"    why: {finding.why}")
        if finding.fix != fix:
            fix = finding.fix
            lines.append(f"    fix: {fix}")
    return "".join(f"{line}\n" for line in lines)
