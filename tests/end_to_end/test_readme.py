"""README.md shows what really happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from elf_static_testing.corpus import Corpus
from end_to_end.repository import PROJECT, Repository, Toolbox
from launcher.project import bring_environments

README = (PROJECT / "README.md").read_text()


def session() -> list[tuple[str, str]]:
    """The commands of README.md's console session, with the output shown."""
    (block,) = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2]))


def without_times(text: str) -> list[str]:
    """The lines of an output, without clock times and messages about the Pants daemon."""
    lines = [re.sub(r"^\d\d:\d\d:\d\d\.\d\d ", "", line).rstrip() for line in text.splitlines()]
    lines = [re.sub(r"( in |\t)\d+\.\d+s$", "", line.rstrip(".")) for line in lines]
    return [line for line in lines if line and not re.search("pantsd|[Ss]cheduler", line)]


@pytest.fixture
def clone(tmp_path: Path, toolbox: Toolbox) -> Iterator[Path]:
    """The project as a new contributor clones it, with the launcher's environment available."""
    subprocess.run(["git", "clone", "-q", str(PROJECT), str(tmp_path / "clone")], check=True)
    clone = tmp_path / "clone"
    for name in ("pants", "pants.toml", "3rdparty", "src"):
        source = PROJECT / name
        if source.is_dir():
            shutil.rmtree(clone / name)
            shutil.copytree(source, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, clone / name)
    bring_environments(clone)
    yield clone
    Repository(clone, toolbox, pantsd=True).stop_pantsd()


def test_the_console_session_of_the_readme_is_real(
    clone: Path, tmp_path: Path, toolbox: Toolbox
) -> None:
    environment = {
        **os.environ,
        "PANTS_LOCAL_STORE_DIR": str(tmp_path / "store"),
        "PANTS_NAMED_CACHES_DIR": str(toolbox.caches / "named"),
        "TERM": "dumb",
    }
    commands = session()
    assert len(commands) > 3
    for command, shown in commands:
        done = subprocess.run(
            command,
            shell=True,
            cwd=clone,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        # Two tests run at once, so their lines come in any order.
        assert sorted(without_times(done.stdout)) == sorted(without_times(shown)), command


def test_the_report_of_the_readme_is_real(toolbox: Toolbox, tmp_path: Path) -> None:
    (shown,) = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    # As in the corpus, for which Go has compiled its runtime in this way.
    flags = ("-tags=netgo,osusergo", "-trimpath", "-buildvcs=false", "-buildmode=pie")
    built = Corpus.create(tmp_path).go.build("agent", *flags)
    done = subprocess.run(
        [sys.executable, "-m", "elf_static", "check", "agent"],
        cwd=built.parent,
        env={**toolbox.environment(tmp_path), "PYTHONPATH": str(PROJECT / "src" / "python")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == shown


def test_the_examples_named_in_the_readme_exist() -> None:
    for name in re.findall(r"`(\w+)` (?:uses|has)", README):
        assert (PROJECT / "src" / "go" / name / "go.mod").is_file()


def test_the_readme_and_ci_install_the_same_system_packages() -> None:
    (line,) = re.findall(r"^apt-get .*install -y (.*)$", README, re.MULTILINE)

    ci = (PROJECT / ".ci" / "run").read_text()
    assert f"apt-get install -y {line}" in ci
