"""The cost of a process."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)

PROJECT = Path(__file__).resolve().parents[2]

# A process starts as a copy of its parent. If the tests' process started the checker directly, its
# memory would be measured too.
_MEASURE = """\
import json, resource, subprocess, sys, time

started = time.monotonic()
done = subprocess.run(sys.argv[1:], capture_output=True)
seconds = time.monotonic() - started
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
output, errors = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
work = usage.ru_utime + usage.ru_stime
print(json.dumps([done.returncode, seconds, work, usage.ru_maxrss, output, errors]))
"""


def peak_kilobytes() -> int:
    """The largest resident set of this process. That of `getrusage` is at least what the process
    that started this one had (setmax_mm_hiwater_rss in fs/exec.c of Linux)."""
    found = _PEAK.search(Path("/proc/self/status").read_text())
    assert found, "no VmHWM in /proc/self/status"
    return int(found[1])


@dataclass(frozen=True)
class Cost:
    """`seconds` is its duration, `work` its CPU time in seconds, `memory` its largest resident set
    in kilobytes."""

    exit_code: int
    seconds: float
    work: float
    memory: int
    output: str
    errors: str

    @property
    def least_seconds(self) -> float:
        """The least of several runs, because a machine may be busy."""
        return min(self.seconds, self.work)


def cost_of_checker(arguments: Sequence[str]) -> Cost:
    """The cost of one run of `elf-static`."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, sys.executable, "-m", "elf_static", *arguments],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT / "src" / "python")},
        capture_output=True,
        text=True,
        check=True,
    )
    return Cost(*json.loads(done.stdout))
