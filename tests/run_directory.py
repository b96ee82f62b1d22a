"""One directory for everything that a run of the tests writes, removed with the run.

Below it are the tests' own directories, the stores and named caches of all Pants that run, and the
sandboxes and immutable inputs that they leave: TMPDIR is set to it, for the tests and for what they
start. The files of a test go as soon as it has passed. If a test fails, its files stay until the
next run in this project.

Where TMPDIR is not set, and memory is plentiful, the directory is in memory: half of the time that
the kernel needs goes into creating and deleting small files on a disk.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import IO

import pytest
from _pytest.terminal import TerminalReporter
from pluggy import Result

from removal import remove
from run_files import VARIABLE

NEEDED_GB = 6
MEMORY = Path("/dev/shm")
# For the files, and as much again for the processes.
NEEDED_MEMORY_GB = 12
_GB = 1_000_000_000
_FAILED = pytest.StashKey[bool]()


class RunDirectory:
    """Set up by the process that starts the run, before pytest chooses its own directory."""

    def __init__(self, config: pytest.Config) -> None:
        project = zlib.crc32(os.fsencode(config.rootpath))
        prefix = f"go-static-tests-{os.getuid()}-{project:08x}-"
        for parent in (MEMORY, Path(tempfile.gettempdir())):
            _remove_left_behind(parent, prefix)
        self.in_memory = _use_memory()
        chosen = str(MEMORY) if self.in_memory else None
        self.root = Path(tempfile.mkdtemp(prefix=prefix, dir=chosen))
        self._lock = _locked(self.root / "lock")
        self.kept = False
        self.free = shutil.disk_usage(self.root).free
        (self.root / "published").mkdir()
        (self.root / "tmp").mkdir()
        os.environ[VARIABLE] = str(self.root)
        os.environ["TMPDIR"] = tempfile.tempdir = str(self.root / "tmp")
        if config.option.basetemp is None:
            config.option.basetemp = str(self.root / "tests")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        terminal = session.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None:
            return
        if self.in_memory:
            terminal.write_line(
                f"Everything is written to {self.root}, in memory. To use a disk, set TMPDIR."
            )
        if self.free < NEEDED_GB * _GB:
            terminal.write_line(
                f"Only {self.free / _GB:.1f} GB are free in {self.root.parent}; all tests need up "
                f"to {NEEDED_GB} GB. Free some, or set TMPDIR to a directory with more."
            )

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        self.kept = exitstatus in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERNAL_ERROR)

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        if self.kept:
            terminalreporter.write_line(
                f"The files of failed tests are in {self.root}, until the next run."
            )

    def pytest_unconfigure(self) -> None:
        if not self.kept:
            remove(self.root)


class PassedTests:
    """Removes the files of each test that has passed, in the process that ran it."""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, Result[pytest.TestReport], None]:
        result = yield
        if result.get_result().failed:
            item.stash[_FAILED] = True

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Result[None], None]:
        directory = getattr(item, "funcargs", {}).get("tmp_path")
        result = yield
        if directory and result.excinfo is None and not item.stash.get(_FAILED, False):
            remove(directory)


def configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(RunDirectory(config))
    config.pluginmanager.register(PassedTests())


def _use_memory() -> bool:
    """Whether nobody chose a directory, and memory has room for all tests and what they start."""
    if any(os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")):
        return False
    try:
        files = os.statvfs(MEMORY)
        available = re.search(r"^MemAvailable: *(\d+) kB", Path("/proc/meminfo").read_text(), re.M)
    except OSError:
        return False
    return (
        os.access(MEMORY, os.W_OK)
        and not files.f_flag & os.ST_NOEXEC
        and files.f_bavail * files.f_frsize >= NEEDED_GB * _GB
        and available is not None
        and int(available[1]) * 1024 >= NEEDED_MEMORY_GB * _GB
    )


def _locked(path: Path) -> IO[str]:
    """The file, which the system unlocks when this process ends."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise
    return file


def _remove_left_behind(parent: Path, prefix: str) -> None:
    """Remove the directories of earlier runs that failed or were killed."""
    for lock in parent.glob(f"{prefix}*/lock"):
        with contextlib.suppress(OSError), _locked(lock):
            remove(lock.parent)
