"""Starting a program in an empty root file system. docs/verdict.md lists what it can reach."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass

from elf_static.elf.bounded_file import Source
from elf_static.elf.facts import Facts
from elf_static.elf.structures import text
from elf_static.judge import rules
from elf_static.judge.observation import Observation
from elf_static.judge.severity import Severity
from elf_static.scratch.isolation import CannotIsolateError, Ended, run_isolated
from elf_static.scratch.setup import Program

_ALLOW = (
    "Allow unprivileged user namespaces (sysctl user.max_user_namespaces above 0, "
    "kernel.unprivileged_userns_clone=1 on Debian, kernel.apparmor_restrict_unprivileged_userns=0 "
    "on Ubuntu; a container's seccomp and AppArmor profiles must allow unshare, mount and "
    "pivot_root), or run as root with CAP_SYS_ADMIN"
)

# The architectures that Linux can run, by `uname -m`.
_RUNS = {
    "x86_64": ("amd64", "386"),
    "aarch64": ("arm64", "arm"),
    "armv7l": ("arm",),
    "i686": ("386",),
    "loongarch64": ("loong64",),
    "ppc64": ("ppc64",),
    "ppc64le": ("ppc64le",),
    "riscv64": ("riscv64",),
    "s390x": ("s390x",),
}


@dataclass(frozen=True)
class ScratchRun:
    """`timeout` is in seconds. With `optional`, missing isolation is only a warning."""

    path: str
    arguments: tuple[str, ...]
    optional: bool
    timeout: float


def run_in_scratch(run: ScratchRun, source: Source, facts: Facts) -> tuple[Observation, ...]:
    """Start the program that is open as `source`. No observations if it exits with 0."""
    foreign = _foreign(facts)
    if foreign:
        return (
            _not_run(
                run,
                f"cannot be started here: {foreign}",
                "Run the test on such a machine, parametrize goarch with this machine's too (only "
                "that binary is then started), or set run_in_scratch_optional to warn instead.",
            ),
        )
    program = Program(source, os.path.basename(run.path), run.arguments, run.timeout)
    try:
        ended = run_isolated(program, fall_back=run.optional)
    except CannotIsolateError as e:
        return (
            _not_run(
                run,
                f"cannot be started in an empty root file system on this machine: {e}",
                f"{_ALLOW}, or set run_in_scratch_optional.",
            ),
        )
    observations = []
    if ended.refused:
        message = (
            "ran in a plain chroot and could reach this machine's network, because the machine "
            f"refused the full isolation: {ended.refused}"
        )
        observations.append(_not_run(run, message, f"{_ALLOW}."))
    problem = _problem(run, ended)
    if problem:
        if not ended.not_started:
            printed = text(ended.output.strip())
            problem += f"; it printed: {printed}" if printed else "; it printed nothing"
        fix = "Find out what it needs: run it with strace -f, or see the findings above."
        observations.append(Observation(rules.SCRATCH, problem, fix))
    return tuple(observations)


def _not_run(run: ScratchRun, message: str, fix: str) -> Observation:
    return Observation(rules.SCRATCH, message, fix, Severity.WARN if run.optional else None)


def _foreign(facts: Facts) -> str:
    """Why this machine cannot run the program; empty if it can."""
    uname = os.uname()
    system = facts.goos or "linux"
    if not sys.platform.startswith("linux"):
        return f"this machine runs {uname.sysname}, but an empty root file system needs Linux"
    if system != "linux":
        return f"it is for {system}, but this machine runs Linux"
    name = facts.header.goarch if facts.header else ""
    runs = _RUNS.get(uname.machine)
    if not name or runs is None or name in runs:
        return ""
    return f"it is for {name}, but this machine is {runs[0]}"


def _problem(run: ScratchRun, ended: Ended) -> str:
    command = " ".join([os.path.basename(run.path), *run.arguments])
    where = f"when `{command}` was started in an empty root file system"
    if ended.not_started:
        return f"could not be started in an empty root file system: {ended.not_started}"
    if ended.status is None:
        return f"did not end within {run.timeout:g} s {where}"
    if os.WIFSIGNALED(ended.status):
        number = os.WTERMSIG(ended.status)
        return f"was killed by signal {number} ({signal.strsignal(number)}) {where}"
    code = os.WEXITSTATUS(ended.status)
    return f"exited with {code} {where}" if code else ""
