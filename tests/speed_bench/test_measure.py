"""The measurements of bench/speed, for commands with a known cost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from speed_bench import measure

# Some measure for a second.
pytestmark = pytest.mark.slow

MB = 1_000_000


@contextmanager
def ending(*command: str, cwd: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block, even if the block fails."""
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


# Uses 0.3 seconds of CPU time, and holds 100 MB until the other process has done the same.
WORK = """\
import os, sys, time
held = b"x" * 100_000_000
while time.process_time() < 0.3:
    pass
open(sys.argv[1], "w").close()
while not os.path.exists(sys.argv[2]):
    time.sleep(0.01)
time.sleep(0.5)
"""


def test_the_usage_of_a_command_includes_its_children(tmp_path: Path) -> None:
    script = '"$0" -I -c "$1" one other & "$0" -I -c "$1" other one & wait; echo done'
    usage = measure.run(["/bin/sh", "-c", script, sys.executable, WORK], tmp_path, {})

    assert usage.log == "done\n"
    assert usage.seconds >= 0.5
    assert 0.6 <= usage.cpu < 2
    assert 100 * MB < usage.largest < 150 * MB
    assert 200 * MB < usage.memory < 300 * MB


def test_the_memory_of_a_small_command_is_not_that_of_the_bench(tmp_path: Path) -> None:
    held = b"x" * (100 * MB)
    usage = measure.run(["/bin/sleep", "0.3"], tmp_path, {})
    assert len(held) == 100 * MB
    assert 0 < usage.largest < 20 * MB


# Works for half a second before the request, and for 0.4 seconds on request.
DAEMON = """\
import time
while time.process_time() < 0.5:
    pass
open("ready", "w").close()
with open("ask"):
    held = b"x" * 50_000_000
while time.process_time() < 0.9:
    pass
with open("answer", "w"):
    pass
time.sleep(60)
"""


def test_the_usage_of_a_command_includes_its_daemon(tmp_path: Path) -> None:
    """Its usage during the command is included; its earlier CPU time is not."""
    for name in ("ask", "answer"):
        os.mkfifo(tmp_path / name)
    with ending(sys.executable, "-I", "-c", DAEMON, cwd=tmp_path) as daemon:
        while not (tmp_path / "ready").exists():
            time.sleep(0.01)
        asking = ["/bin/sh", "-c", ": > ask; cat answer"]
        usage = measure.run(asking, tmp_path, {"PATH": "/usr/bin:/bin"}, lambda: daemon.pid)
    assert 0.35 <= usage.cpu < 0.7
    assert usage.memory > 50 * MB
    assert usage.largest > 50 * MB
    assert not usage.restarted


def test_the_usage_of_a_command_includes_a_daemon_that_replaces_another(tmp_path: Path) -> None:
    """Everything that the new daemon did, it did for the command."""
    started = tmp_path / "started"
    work = "import time\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\ntime.sleep(60)"
    with (
        ending("/bin/sleep", "60") as old,
        ending(sys.executable, "-I", "-c", work) as new,
    ):
        assert new.stdout
        new.stdout.readline()
        usage = measure.run(
            ["/usr/bin/touch", "started"],
            tmp_path,
            {},
            lambda: (new if started.exists() else old).pid,
        )
    assert usage.restarted
    assert 0.45 <= usage.cpu < 0.7


def test_a_failing_command_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(measure.CannotMeasureError) as raised:
        measure.run(["/bin/sh", "-c", "echo why; exit 3"], tmp_path, {})
    assert str(raised.value) == (
        f"$ /bin/sh -c echo why; exit 3\nwhy\n\nThis failed: exit code 3 in {tmp_path}"
    )


def test_disk_usage_includes_everything_below_a_directory(tmp_path: Path) -> None:
    assert measure.disk(tmp_path / "missing") == 0
    empty = measure.disk(tmp_path)
    (tmp_path / "file").write_bytes(b"x" * MB)
    os.link(tmp_path / "file", tmp_path / "same")
    (tmp_path / "link").symlink_to("file")
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(100 * MB)
    assert MB <= measure.disk(tmp_path) - empty < 1.1 * MB


def test_only_a_working_process_is_waited_for() -> None:
    with ending("/bin/sh", "-c", "while :; do :; done") as busy:
        start = time.monotonic()
        measure.wait_until_idle(busy.pid, 0.5)
        assert time.monotonic() - start >= 0.5
    with ending("/bin/sleep", "60") as idle:
        start = time.monotonic()
        measure.wait_until_idle(idle.pid, 30)
        assert time.monotonic() - start < 30
