"""The cost of a command: seconds, CPU time, memory and disk, including all child processes."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


class CannotMeasureError(Exception):
    """Another command ran than intended; the text shows its output."""


@dataclass(frozen=True)
class Usage:
    """Sizes are in bytes.

    `cpu` is the CPU time of all processes, according to the kernel. `memory` is the most memory
    without file-backed pages that all processes held at one time: a sum over the process tree,
    sampled (RssAnon and RssShmem in /proc/PID/status). `largest` is the largest resident set of a
    single process, including mapped files (VmHWM). A daemon and its child processes are part of the
    tree. `log` is all output. `restarted` is true if a new daemon did the work.
    """

    seconds: float
    cpu: float
    memory: int
    largest: int
    log: str = ""
    restarted: bool = False


def no_daemon() -> int | None:
    return None


def run(
    command: Sequence[str | Path],
    directory: Path,
    environment: Mapping[str, str],
    daemon: Callable[[], int | None] = no_daemon,
) -> Usage:
    """Run a command that must succeed; `daemon` returns the process that works for it, if any.

    :raises CannotMeasureError: it failed.
    """
    # Otherwise the previous run's pending writes would be measured too.
    os.sync()
    running = daemon()
    before = _cpu_of(running)
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            with _Sampler(process.pid, daemon) as sampler:
                _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.terminate()
            raise
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        log = output.read().decode(errors="replace")
    if process.returncode != 0:
        shown = " ".join(map(str, command))
        raise CannotMeasureError(
            f"$ {shown}\n{log}\nThis failed: exit code {process.returncode} in {directory}"
        )
    cpu = usage.ru_utime + usage.ru_stime + _cpu_of(daemon())
    if daemon() == running:
        cpu -= before
    # The kernel's figure is exact, unless it is this process's own: a child starts as a copy of it.
    exact = usage.ru_maxrss if usage.ru_maxrss > _own_maxrss() else 0
    largest = max(sampler.largest, exact * 1024)
    restarted = running is not None and daemon() != running
    return Usage(seconds, cpu, sampler.memory, largest, log, restarted)


def _own_maxrss() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def wait_until_idle(process: int | None, seconds: float = 10) -> None:
    """Wait until a daemon has finished its work after a run, up to a limit."""
    end = time.monotonic() + seconds
    before = -1.0
    while time.monotonic() < end:
        now = _cpu_of(process)
        # A process that waits for a CPU is not idle.
        if now - before <= 2 / _TICKS and not _wants_to_run(process):
            return
        before = now
        time.sleep(0.2)


def _wants_to_run(process: int | None) -> bool:
    if process is None:
        return False
    tasks = Path(f"/proc/{process}/task")
    states = (_read(f"{task}/stat").rpartition(")")[2].split() for task in tasks.glob("*"))
    return any(fields[0] == "R" for fields in states if fields)


def disk(directory: Path) -> int:
    """The bytes on disk below a directory; a file with several names is counted once."""
    seen = set()
    total = 0
    left = [str(directory)] if directory.exists() else []
    while left:
        with os.scandir(left.pop()) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    left.append(entry.path)
                elif status.st_nlink > 1:
                    if status.st_ino in seen:
                        continue
                    seen.add(status.st_ino)
                total += status.st_blocks * 512
    return total


class _Sampler:
    """Samples a process tree, and a daemon's, until the block ends."""

    def __init__(self, process: int, daemon: Callable[[], int | None]) -> None:
        self.memory = 0
        self.largest = 0
        self._process = process
        self._daemon = daemon
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> _Sampler:
        # Immediately, because it is unknown when the thread runs.
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _sample(self) -> None:
        pause = 0.0
        # A finished process exists until it is waited for, so a last look is free.
        while not self._end.wait(pause):
            before = time.thread_time()
            self._look()
            # Sampling takes at most a twentieth of one CPU.
            pause = min(max(0.002, 19 * (time.thread_time() - before)), 0.5)

    def _look(self) -> None:
        roots = {self._process, self._daemon()} - {None}
        found = [_memory_of(pid) for root in roots for pid in _tree(root)]
        self.memory = max(self.memory, sum(now for now, _ in found))
        self.largest = max([self.largest, *(most for _, most in found)])


def _tree(root: int | None) -> Iterator[int]:
    """A process and all its descendants."""
    if root is None:
        return
    yield root
    try:
        threads = os.listdir(f"/proc/{root}/task")
    except OSError:
        return
    for thread in threads:
        for child in _read(f"/proc/{root}/task/{thread}/children").split():
            yield from _tree(int(child))


def _memory_of(process: int) -> tuple[int, int]:
    """A process's memory in bytes without file-backed pages, and its largest resident set."""
    lines = (line.split() for line in _read(f"/proc/{process}/status").splitlines())
    fields = {words[0]: words[1] for words in lines if len(words) == 3 and words[2] == "kB"}
    now = int(fields.get("RssAnon:", 0)) + int(fields.get("RssShmem:", 0))
    return now * 1024, int(fields.get("VmHWM:", 0)) * 1024


def _cpu_of(process: int | None) -> float:
    """The CPU seconds of a process, including all its children that have ended."""
    text = _read(f"/proc/{process}/stat") if process else ""
    # The program's name, in parentheses, can contain anything.
    fields = text.rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS if fields else 0.0


def _read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        # It has ended.
        return ""
