"""The output of `elf-static check`: a report on standard output, and others in files."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Callable

from elf_static.cli.exit_codes import FAILED, NOT_JUDGED, PASSED, UsageError
from elf_static.judge.judgement import Verdict
from elf_static.report.formats import FORMATS as REPORT_FORMATS
from elf_static.report.model import Report
from elf_static.report.text import render_text, total


def _render_html(reports: Sequence[Report], policy: str) -> str:
    from elf_static.inspect.html_verdicts import render

    return render(reports, policy)


FORMATS: Mapping[str, Callable[[Sequence[Report], str], str]] = {
    **REPORT_FORMATS,
    "html": _render_html,
}


class Output:
    """Writes text while files are judged. Other formats are written at the end, and keep all
    reports until then."""

    def __init__(self, options: argparse.Namespace, policy: str) -> None:
        self._options = options
        self._policy = policy
        self._keep = options.format != "text" or bool(options.report)
        self._kept: list[Report] = []
        self._color = _in_color(options.color)
        self._verdicts: Counter[Verdict] = Counter()
        self._failed = 0
        self.exit_code = PASSED

    def add(self, report: Report) -> None:
        self._verdicts[report.judgement.verdict] += 1
        self._failed += not report.judgement.passed
        self.exit_code = max(self.exit_code, _exit_code(report))
        if self._keep:
            self._kept.append(report)
        hidden = self._options.quiet and report.judgement.passed
        if self._options.format == "text" and not hidden:
            sys.stdout.write(render_text([report], self._policy, color=self._color))

    def end(self) -> None:
        if self._options.format != "text":
            sys.stdout.write(FORMATS[self._options.format](self._kept, self._policy))
        elif sum(self._verdicts.values()) > 1 and not self._options.quiet:
            sys.stdout.write(total(self._verdicts, self._failed))
        for kind, path in self._options.report:
            self._write(kind, path)

    def _write(self, kind: str, path: str) -> None:
        try:
            with open(
                path, "w", encoding="utf-8", errors="backslashreplace", opener=_open_to_write
            ) as file:
                file.write(FORMATS[kind](self._kept, self._policy))
        except OSError as e:
            reason = "no process reads this pipe" if e.errno == errno.ENXIO else e.strerror
            raise UsageError(f"The report {path} cannot be written: {reason}.") from None


def _exit_code(report: Report) -> int:
    if report.judgement.passed:
        return PASSED
    return NOT_JUDGED if report.judgement.verdict is Verdict.UNDETERMINED else FAILED


def _open_to_write(path: str, flags: int) -> int:
    """Do not wait for a reader of a named pipe."""
    descriptor = os.open(path, flags | os.O_NONBLOCK, 0o666)
    os.set_blocking(descriptor, True)
    return descriptor


def _in_color(choice: str) -> bool:
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
