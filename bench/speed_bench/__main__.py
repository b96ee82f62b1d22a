"""The duration of builds with this backend, compared with plain `go build` in the same run.

Both use the same Go, flags and state of caches, and take turns. They build the heaviest example,
and a generated module of 2,000 packages and 50 binaries. A smaller module is also built by Pants's
own Go backend. A run takes about 30 minutes on two cores, and 10 GB in $TMPDIR. Set PANTS_EXE to
measure another Pants.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Union

from end_to_end.repository import PROJECT, Toolbox
from speed_bench import page
from speed_bench.bench import FULL, QUICK, Bench
from speed_bench.experiment import Rounds, progress
from speed_bench.heavy_cases import Heavy
from speed_bench.many_cases import FewerPackages, ManyBinaries
from speed_bench.measure import CannotMeasureError
from speed_bench.pants_go_cases import BesidePantsGo
from speed_bench.results import Results, Row
from speed_bench.size_cases import Sized
from speed_bench.tables import text_report
from speed_bench.targets import Outcome, outcomes
from speed_bench.tested_cases import TestedPackages

Group = Union[Heavy, ManyBinaries, FewerPackages, BesidePantsGo, Sized, TestedPackages]


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    # Ends all child processes too, and deletes the temporary directory.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    if options.results:
        results = Results.read(options.results)
    else:
        with tempfile.TemporaryDirectory(prefix="speed-") as work:
            results = measure(Path(work), options)
    print(text_report(results))
    met = [outcome.met for outcome in outcomes(results)]
    with tempfile.TemporaryDirectory() as scratch:
        written = options.json or Path(scratch, "results.json")
        results.write(written, {"targets": [_as_json(outcome) for outcome in outcomes(results)]})
        if options.plot:
            # The launcher chooses a Python with matplotlib.
            python = os.environ["SPEED_BENCH_PLOT_PYTHON"]
            subprocess.run([python, "-m", "speed_bench.plot", written, options.plot], check=True)
    if options.page:
        page.rewrite(options.page, results)
    return 1 if results.failed or (options.check and not all(met)) else 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the ratios")
    parser.add_argument(
        "--page", type=Path, metavar="FILE.md", help="replace the tables of docs/performance.md"
    )
    parser.add_argument("--only", nargs="+", metavar="CASE", help="measure only these cases")
    parser.add_argument(
        "--rounds", type=int, default=5, help="default: 5; half as many for slow cases"
    )
    parser.add_argument(
        "--quick", action="store_true", help="build little, to try the bench itself"
    )
    parser.add_argument(
        "--from",
        dest="results",
        type=Path,
        metavar="FILE.json",
        help="measure nothing: report what --json has written",
    )
    parser.add_argument("--check", action="store_true", help="exit with 1 if a target is not met")
    return parser.parse_args(arguments)


def measure(work: Path, options: argparse.Namespace) -> Results:
    # Pants may run as another user, who needs to read it.
    work.chmod(0o755)
    sizes = QUICK if options.quick else FULL
    toolbox = Toolbox.find(work / "unused")
    with contextlib.ExitStack() as resources:
        bench = Bench(work, toolbox, sizes, resources)
        groups: list[Group] = [
            Heavy(bench),
            ManyBinaries(bench),
            *(FewerPackages(bench, packages) for packages in sizes.fewer),
            BesidePantsGo(bench),
            Sized(bench),
            TestedPackages(bench),
        ]
        known = [case.name for group in groups for e in group.experiments() for case in e.cases]
        unknown = set(options.only or ()) - set(known)
        if unknown:
            sys.exit(
                f"--only: unknown case {', '.join(sorted(unknown))}. Cases:\n{' '.join(known)}"
            )
        wanted = frozenset(options.only or known)
        about = describe(toolbox, work / "home", options.rounds)
        rows = [row for group in groups for row in measure_group(group, wanted, options.rounds)]
    measured = {row.name for row in rows}
    failed = tuple(name for name in known if name in wanted - measured)
    return Results(about, tuple(rows), sizes.growth, failed)


def measure_group(group: Group, cases: Collection[str], rounds: int) -> list[Row]:
    """Measure all cases; a failing case does not affect the others."""
    rows = []
    try:
        for experiment in group.experiments():
            wanted = [case for case in experiment.cases if case.name in cases]
            if not wanted:
                continue
            try:
                measured = experiment.run([case.name for case in wanted], rounds)
            except CannotMeasureError as e:
                progress(f"{experiment.name} cannot be measured:\n{e}")
                continue
            rows += [
                Row(
                    case.name,
                    case.title,
                    measured[case.ours],
                    measured.get(case.peer),
                    measured.get(case.pants_go),
                )
                for case in wanted
            ]
    finally:
        for world in group.worlds:
            world.end()
    return rows


def describe(toolbox: Toolbox, home: Path, rounds: int) -> dict[str, str]:
    """The date, machine and versions, which a reader needs; nothing identifies the user."""

    def said(*command: str) -> str:
        environment = toolbox.environment(home)
        return subprocess.check_output(command, cwd=PROJECT, env=environment, text=True).strip()

    cpu = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "measured": time.strftime("%Y-%m-%d"),
        "processors": f"{len(os.sched_getaffinity(0))} of {cpu.group(1) if cpu else 'unknown'}",
        "memory": f"{total / 1e9:.0f} GB",
        "kernel": os.uname().release,
        "load average at the start": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "go": said(str(toolbox.go), "env", "GOVERSION"),
        "pants": said(str(toolbox.pants), "--no-pantsd", "--version"),
        "python": ".".join(map(str, sys.version_info[:3])),
        "rounds": f"{rounds}, and {Rounds.HALF.of(rounds)} of what takes long",
    }


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {**asdict(outcome), "met": outcome.met}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
