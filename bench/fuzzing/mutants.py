"""Any number of damaged forms of real programs, judged by one process after another."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import asdict

from elf_static_testing.mutations import Seen
from fuzzing.runner import CORPUS

_AT_A_TIME = 25_000
# In seconds, per process: twenty times the usual duration.
_MOST = 1200


def judge(count: int, seed: int) -> int:
    """Print the results as JSON after each process. Returns 1 if a promise was broken, else 0."""
    total = Seen()
    started = time.monotonic()
    # Inputs that fuzzing found have a checksum as their name. They are damaged already.
    files = sorted(
        f for f in (CORPUS / "elf").iterdir() if not re.fullmatch("[0-9a-f]{12}", f.name)
    )
    while total.cases < count:
        number = min(_AT_A_TIME, count - total.cases)
        command = ["-m", "elf_static_testing.mutations", str(seed), str(number), *map(str, files)]
        try:
            done = subprocess.run(
                [sys.executable, *command], capture_output=True, text=True, timeout=_MOST
            )
        except subprocess.TimeoutExpired:
            total.wrong.append(f"seed {seed}: {number} cases took more than {_MOST} s")
            break
        if done.returncode != 0:
            # Also if the interpreter crashed; the seed then leads to the case.
            total.wrong.append(f"seed {seed}: exit code {done.returncode}\n{done.stderr}")
            break
        _add(total, Seen(**json.loads(done.stdout)))
        print(f"{time.monotonic() - started:.0f} s: {json.dumps(asdict(total))}", flush=True)
        seed += 1
        if total.wrong:
            break
    too_much = total.slowest_ms >= 1000 or total.peak_kb >= 100_000
    print("\n".join(total.wrong), file=sys.stderr)
    return 1 if total.wrong or too_much else 0


def _add(total: Seen, seen: Seen) -> None:
    for name in ("cases", "static", "not_static", "undetermined"):
        setattr(total, name, getattr(total, name) + getattr(seen, name))
    total.slowest_ms = max(total.slowest_ms, seen.slowest_ms)
    total.peak_kb = max(total.peak_kb, seen.peak_kb)
    total.wrong += seen.wrong
