"""Pants is killed at any time. The next run is correct.

`--all-releases` kills it in more ways.
"""

from __future__ import annotations

import random
import signal
import subprocess
import time
from dataclasses import dataclass

import pytest

from end_to_end.elf import sha256
from end_to_end.machines import isolated_pants, plain_pants
from end_to_end.programs import tiny_program
from end_to_end.repository import Repository


@dataclass(frozen=True)
class Death:
    """How a run ends too early: a signal, to Pants alone or to all its processes, which comes a
    random time of at most `latest` seconds after a line of the log that contains `after`."""

    sent: signal.Signals
    to_all: bool
    after: str
    latest: float

    def strike(self, repository: Repository, moment: random.Random) -> int:
        """Let a run begin, end it, and return its exit code."""
        # Without a namespace, the processes that Pants has started outlive it.
        command = (isolated_pants if self.to_all else plain_pants)(
            repository, "package", "test", "::"
        )
        running = subprocess.Popen(
            command,
            cwd=repository.root,
            env=repository.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert running.stderr is not None
        log = ""
        while self.after not in log:
            line = running.stderr.readline()
            if not line:
                break
            log += line
        time.sleep(moment.uniform(0, self.latest))
        running.send_signal(self.sent)
        # Far longer than an end takes, so that a hang is an error.
        running.communicate(timeout=120)
        return running.returncode


# A machine that loses its power or has no memory left, and then the kernel's choice of one process:
# the second run repeats what the first one left unfinished.
SOME_DEATHS = (
    Death(signal.SIGKILL, True, "Starting: Build", 0.5),
    Death(signal.SIGKILL, False, "Starting: Build", 0.2),
)
# The same after a build, and somebody's Ctrl-C.
MORE_DEATHS = (
    Death(signal.SIGKILL, True, "Completed: Build", 1.0),
    Death(signal.SIGINT, False, "Starting: Build", 0.5),
)


def test_killing_pants_at_any_time_leaves_no_wrong_result(
    own: Repository, project: Repository, pytestconfig: pytest.Config
) -> None:
    more = pytestconfig.getoption("all_releases")
    deaths = (*SOME_DEATHS, *(MORE_DEATHS if more else ()))
    moment = random.Random(7)
    unharmed = 0
    # With pantsd, which starts once. The runs that are killed have none.
    own.pantsd = True
    for number, death in enumerate(deaths):
        own.write(tiny_program("m", f"text {number // 2}"))
        unharmed += death.strike(own, moment) == 0
        if number % 2 == 1:
            own.pants("package", "test", "::").succeeded()
            assert own.run(own.dist["m/m"]) == f"text {number // 2}\n"

    assert unharmed <= len(deaths) / 2, "most runs ended before they were killed"
    project.copy(own.root / "m", "m")
    project.pants("package", "::").succeeded()
    assert sha256(own.dist["m/m"]) == sha256(project.dist["m/m"])
