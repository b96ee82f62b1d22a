"""Running a program in isolation.

The checker forks a guard (see elf_static.scratch.guard) and reads what it reports. If the checker
ends before the guard, however it does, it closes a pipe, the lifeline, and the guard ends too.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
from dataclasses import dataclass

from elf_static.scratch.accounts import unused_account
from elf_static.scratch.setup import Program, Setup, Way

_KEPT_OUTPUT = 4096
_READ = 65536


class CannotIsolateError(Exception):
    """This machine refuses to isolate the program. The text has the refused steps and reasons."""


@dataclass(frozen=True)
class Ended:
    """How the program ended. `output` is the end of its output. `status` is that of `os.waitpid`,
    or None after the timeout. `not_started` says why the kernel refused to start the program.
    `refused` says why the program ran in a chroot instead of namespaces."""

    output: bytes = b""
    status: int | None = None
    not_started: str = ""
    refused: str = ""


def run_isolated(program: Program, *, fall_back: bool) -> Ended:
    """Run the program in namespaces. If they are refused, root falls back to a chroot with
    `fall_back`.

    :raises CannotIsolateError: it was not started.
    """
    account = unused_account() if os.geteuid() == 0 else None
    ways = (Way.USER_NAMESPACE, Way.NAMESPACES) if account else (Way.USER_NAMESPACE,)
    refusals: list[str] = []
    for way in ways:
        try:
            # A directory that always exists if the other steps are possible.
            return _run(Setup(program, way, account, "/proc"))
        except CannotIsolateError as e:
            refusals.append(str(e))
    refused = "; ".join(dict.fromkeys(refusals))
    if not fall_back or not account:
        raise CannotIsolateError(refused)

    import tempfile  # Takes 10 ms, and is rarely needed.

    with tempfile.TemporaryDirectory(prefix="elf-static-scratch-") as directory:
        os.chmod(directory, 0o755)
        try:
            return _run(Setup(program, Way.CHROOT, account, directory), refused)
        except CannotIsolateError as e:
            raise CannotIsolateError(f"{refused}; {e}") from None


def _run(setup: Setup, refused: str = "") -> Ended:
    from elf_static.scratch.guard import be_guard  # Before the fork, to load ctypes once.

    output, output_end = _pipe()
    report, report_end = _pipe()
    lifeline, lifeline_end = _pipe()
    guard = os.fork()
    if guard == 0:
        be_guard(setup, output_end, report_end, lifeline)
    for descriptor in (output_end, report_end, lifeline):
        os.close(descriptor)
    reader = _Reader(output, report)
    try:
        reader.read()
    finally:
        os.close(lifeline_end)
        reader.read()
        with contextlib.suppress(ChildProcessError):  # SIGCHLD is ignored.
            os.waitpid(guard, 0)
        os.close(output)
        os.close(report)
    lines = reader.report.decode("utf-8", "replace").splitlines()
    said = {kind: text for kind, _, text in (line.partition(" ") for line in lines)}
    if "refused" in said:
        raise CannotIsolateError(said["refused"])
    if "not-started" in said:
        return Ended(not_started=said["not-started"], refused=refused)
    if "ended" in said:
        return Ended(reader.output, int(said["ended"]), refused=refused)
    # Without a report, the guard or PID 1 was killed, and the program with it.
    return Ended(reader.output, None if "timeout" in said else signal.SIGKILL, refused=refused)


def _pipe() -> list[int]:
    """Both ends, above the standard descriptors even if the caller closed those."""
    ends = os.pipe()
    above = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 3) for end in ends]
    for end in ends:
        os.close(end)
    return above


class _Reader:
    """Reads the program's output and the guard's report."""

    def __init__(self, output: int, report: int) -> None:
        self.output = b""
        self.report = b""
        self.over = False
        self._output = output
        self._report = report
        self._poll = select.poll()
        self._poll.register(output, select.POLLIN)
        self._poll.register(report, select.POLLIN)

    def read(self) -> None:
        """Read until the guard ends."""
        while not self.over:
            self._read_ready(None)
        while self._read_ready(0):
            pass

    def _read_ready(self, milliseconds: int | None) -> bool:
        ready = self._poll.poll(milliseconds)
        for descriptor, _ in ready:
            data = os.read(descriptor, _READ)
            if descriptor == self._output:
                self.output = (self.output + data)[-_KEPT_OUTPUT:]
            else:
                self.report += data
            if not data:
                self._poll.unregister(descriptor)
                self.over = self.over or descriptor == self._report
        return bool(ready)
