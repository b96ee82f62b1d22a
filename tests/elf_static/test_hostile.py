"""Damaged files: no error, no long run, no false "static".

`--all-releases` makes twenty thousand of them, instead of two.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
RUNS = 2
ALL_CASES, SOME_CASES = 22_000, 2_200

# Static and dynamic, of both word sizes and byte orders, with and without sections.
FILES = (
    "linux-amd64",
    "linux-386",
    "linux-s390x",
    "linux-mips",
    "sectionless-amd64",
    "PIE",
    "imports dynamically",
    "alone",
    "alone, position-independent",
    "PIE without libraries",
    "static-PIE",
    "library",
    "object",
    "dynamic",
)


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def count(pytestconfig: pytest.Config) -> int:
    return ALL_CASES if pytestconfig.getoption("all_releases") else SOME_CASES


@pytest.fixture(scope="module")
def runs(named: dict[str, Path], count: int) -> list[dict[str, Any]]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(PROJECT / "src/python"), str(PROJECT / "tests")]),
    }
    files = [str(named[name]) for name in FILES]
    started = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "elf_static_testing.mutations",
                str(seed),
                str(count // RUNS),
                *files,
            ],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in range(RUNS)
    ]
    seen = []
    for process in started:
        output, errors = process.communicate(timeout=600)
        assert process.returncode == 0, errors
        seen.append(json.loads(output))
    return seen


def test_no_promise_is_broken(runs: list[dict[str, Any]], count: int) -> None:
    assert not [wrong for run in runs for wrong in run["wrong"]]
    assert sum(run["cases"] for run in runs) >= 0.9 * count


def test_each_verdict_occurs_often(runs: list[dict[str, Any]], count: int) -> None:
    for verdict in ("static", "not_static", "undetermined"):
        assert sum(run[verdict] for run in runs) > count / 22


def test_no_file_takes_a_second_or_a_hundred_megabytes(runs: list[dict[str, Any]]) -> None:
    # The figures include the second copy of the file that the test holds, and three reports.
    assert max(run["slowest_ms"] for run in runs) < 1000
    assert max(run["peak_kb"] for run in runs) < 100_000
