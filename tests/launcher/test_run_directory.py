"""A run of the tests leaves nothing behind, except what a failed test needs for a second look."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

CONFTEST = """\
import pytest
import run_directory

def pytest_configure(config):
    run_directory.configure(config)

@pytest.fixture
def files(tmp_path):
    yield tmp_path
    (tmp_path / "by the fixture").write_text("")
"""
WRITES = """\
import os, tempfile
from pathlib import Path

SEEN = Path(__file__).with_name("seen")

def test_that_passes(files):
    locked = files / "read-only"
    locked.mkdir()
    (locked / "file").write_text("")
    locked.chmod(0o500)
    SEEN.write_text(str(files))
    tempfile.mkdtemp()
    assert tempfile.gettempdir() == os.environ["TMPDIR"]

def test_the_next():
    assert not Path(SEEN.read_text()).exists()
    assert Path(SEEN.read_text()).parent.exists()
"""


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The directory for temporary files of a run in `tmp_path`."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    project = tmp_path / "project"
    project.mkdir()
    (project / "pytest.ini").write_text("[pytest]\n")
    (project / "conftest.py").write_text(CONFTEST)
    (project / "test_it.py").write_text(WRITES)
    return directory


def run(temporary: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=temporary.parent / "project",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(TESTS), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_run_that_passes_leaves_nothing(temporary: Path, processes: str) -> None:
    done = run(temporary, f"--numprocesses={processes}", "--dist=loadfile")

    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
    assert list(temporary.iterdir()) == []


def test_the_files_of_a_failed_test_stay_until_the_next_run(temporary: Path) -> None:
    failing = temporary.parent / "project" / "test_fails.py"
    failing.write_text("def test_that_fails(files):\n    assert not files\n")

    failed = run(temporary)

    assert failed.returncode == 1, failed.stdout
    (kept,) = temporary.iterdir()
    assert f"The files of failed tests are in {kept}, until the next run.\n" in failed.stdout
    left = [path.parent.name for path in kept.glob("tests/*0/by the fixture")]
    assert left == ["test_that_fails0"]

    failing.unlink()
    assert run(temporary).returncode == 0
    assert list(temporary.iterdir()) == []


def test_a_run_leaves_the_files_of_another_that_runs_alone(temporary: Path) -> None:
    nested = temporary.parent / "project" / "test_nested.py"
    nested.write_text(
        "import os, subprocess, sys, tempfile\nfrom pathlib import Path\n\n"
        "def test_another_run(files):\n"
        '    run = Path(os.environ["TMPDIR"]).parent\n'
        f'    outside = {{**os.environ, "TMPDIR": {str(temporary)!r}}}\n'
        '    other = [sys.executable, "-m", "pytest", "test_it.py"]\n'
        "    assert subprocess.run(other, env=outside).returncode == 0\n"
        "    assert files.exists() and run.exists()\n"
    )

    done = run(temporary, "test_nested.py")

    assert done.returncode == 0, done.stdout
    assert list(temporary.iterdir()) == []


def test_too_little_disk_space_is_reported_at_the_start(temporary: Path) -> None:
    conftest = temporary.parent / "project" / "conftest.py"
    conftest.write_text(CONFTEST + "\nrun_directory.NEEDED_GB = 10 ** 6\n")

    done = run(temporary)

    start, _, _ = done.stdout.partition("test_it.py")
    assert re.search(
        rf"^Only [0-9.]+ GB are free in {re.escape(str(temporary))}; all tests need up to 1000000 "
        r"GB\. Free some, or set TMPDIR to a directory with more\.$",
        start,
        re.MULTILINE,
    ), done.stdout


@pytest.mark.parametrize(("needed", "used"), [(0, "memory"), (10**6, "temporary")])
def test_a_run_is_in_memory_if_that_is_plentiful_and_no_directory_was_chosen(
    temporary: Path, needed: int, used: str
) -> None:
    memory = temporary.with_name("memory")
    memory.mkdir()
    conftest = temporary.parent / "project" / "conftest.py"
    conftest.write_text(
        f"import os, pathlib, tempfile\n{CONFTEST}\n"
        'os.environ.pop("TMPDIR", None)\n'
        f"tempfile.tempdir = {str(temporary)!r}\n"
        f"run_directory.MEMORY = pathlib.Path({str(memory)!r})\n"
        f"run_directory.NEEDED_GB, run_directory.NEEDED_MEMORY_GB = 0, {needed}\n"
        "def pytest_collection_finish():\n"
        f"    print('memory', *os.listdir({str(memory)!r}))\n"
        f"    print('temporary', *os.listdir({str(temporary)!r}))\n"
    )

    done = run(temporary)

    assert done.returncode == 0, done.stdout
    assert re.findall(r"^(\w+) go-static-tests-\S+$", done.stdout, re.MULTILINE) == [used]
    assert ("in memory. To use a disk, set TMPDIR." in done.stdout) == (used == "memory")
    assert list(temporary.iterdir()) == list(memory.iterdir()) == []
