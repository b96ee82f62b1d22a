"""What bench/speed says that a command has taken, of commands that take a known amount."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from speed_bench import measure

MB = 1_000_000
# Holds 100 MB, works for 0.3 seconds of processor time, and waits.
WORK = """\
import time
held = b"x" * 100_000_000
while time.process_time() < 0.3:
    pass
time.sleep(0.3)
"""


def test_a_command_with_what_it_starts(tmp_path: Path) -> None:
    script = '"$0" -I -c "$1" & "$0" -I -c "$1" & wait; echo done'
    usage = measure.run(["/bin/sh", "-c", script, sys.executable, WORK], tmp_path, {})

    assert usage.log == "done\n"
    assert usage.seconds >= 0.6
    assert 0.6 <= usage.cpu < 2
    assert 100 * MB < usage.largest < 150 * MB
    assert 200 * MB < usage.memory < 300 * MB


def test_a_small_command_is_not_taken_to_be_as_large_as_the_bench(tmp_path: Path) -> None:
    held = b"x" * (100 * MB)
    usage = measure.run(["/bin/sleep", "0.3"], tmp_path, {})
    assert len(held) == 100 * MB
    assert 0 < usage.largest < 20 * MB


# Works for half a second before it is asked, and for 0.4 seconds when it is.
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


def test_a_daemon_that_works_for_a_command(tmp_path: Path) -> None:
    """What it takes meanwhile counts, and the time that it has taken before does not."""
    for name in ("ask", "answer"):
        os.mkfifo(tmp_path / name)
    with subprocess.Popen([sys.executable, "-I", "-c", DAEMON], cwd=tmp_path) as daemon:
        while not (tmp_path / "ready").exists():
            time.sleep(0.01)
        asking = ["/bin/sh", "-c", ": > ask; cat answer"]
        usage = measure.run(asking, tmp_path, {"PATH": "/usr/bin:/bin"}, lambda: daemon.pid)
        daemon.kill()
    assert 0.35 <= usage.cpu < 0.7
    assert usage.memory > 50 * MB


def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as raised:
        measure.run(["/bin/sh", "-c", "echo why; exit 3"], tmp_path, {})
    assert str(raised.value) == (
        f"$ /bin/sh -c echo why; exit 3\nwhy\n\nThis failed: exit code 3 in {tmp_path}"
    )


def test_the_disk_below_a_directory(tmp_path: Path) -> None:
    assert measure.disk(tmp_path / "missing") == 0
    empty = measure.disk(tmp_path)
    (tmp_path / "file").write_bytes(b"x" * MB)
    os.link(tmp_path / "file", tmp_path / "same")
    (tmp_path / "link").symlink_to("file")
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(100 * MB)
    assert MB <= measure.disk(tmp_path) - empty < 1.1 * MB


def test_an_idle_process_is_not_waited_for() -> None:
    with subprocess.Popen([sys.executable, "-I", "-c", "input()"], stdin=subprocess.PIPE) as idle:
        start = time.monotonic()
        measure.wait_until_idle(idle.pid)
        assert time.monotonic() - start < 2
        idle.communicate(b"\n")
