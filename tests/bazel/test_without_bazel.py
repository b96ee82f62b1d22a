"""What of the module needs no Bazel to be tested, and so is tested everywhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bazel.machine import PROJECT
from elf_static import __version__
from elf_static.judge.policies import BUILT_IN

MODULE = PROJECT / "bazel"
CHECK = MODULE / "private/check.sh"


def test_every_built_in_policy_is_a_label() -> None:
    listed = re.search(r"BUILT_IN = \[(.*?)\]", (MODULE / "private/policy.bzl").read_text(), re.S)
    assert listed
    assert sorted(BUILT_IN) == re.findall(r'"(.*?)"', listed[1])


def test_the_module_depends_on_no_other_and_has_the_version_of_the_checker() -> None:
    text = (MODULE / "MODULE.bazel").read_text()
    assert "bazel_dep" not in text
    assert f'version = "{__version__}"' in text
    for file in (*MODULE.glob("*.bzl"), *MODULE.glob("private/*.bzl")):
        for loaded in re.findall(r'^load\("(.*?)"', file.read_text(), re.M):
            assert loaded.startswith((":", "//")), (file, loaded)


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A directory for PATH, with what the scripts need and without a Python."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for name in ("cat", "od", "sh", "tr"):
        found = shutil.which(name)
        assert found
        (directory / name).symlink_to(found)
    return directory


def check(programs: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", CHECK, *arguments],
        env={"PATH": str(programs), "PYTHONPATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_machine_without_a_python_is_told_what_to_do(programs: Path) -> None:
    done = check(programs, "elf-static.pyz", "check", "x")
    assert done.returncode == 2
    assert "Python 3.9 or newer is needed" in done.stderr
    assert "--action_env=PATH=" in done.stderr


def test_a_python_that_does_not_run_is_passed_over(programs: Path) -> None:
    shim = programs / "python3"
    shim.write_text("#!/bin/sh\necho 'pyenv: python3: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    (programs / "python3.9").symlink_to(os.path.realpath(sys.executable))
    script = programs.parent / "script.py"
    script.write_text("import sys; print(sys.argv[1:], sys.flags.isolated)\n")
    done = check(programs, str(script), "check", "a b")
    assert (done.stdout, done.stderr) == ("['check', 'a b'] 1\n", "")
