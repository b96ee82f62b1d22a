"""The launcher creates its environments on first use; Pants then runs as it would alone."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from launcher.project import PANTS_TOML, REQUIREMENTS, VERSION, Project


def test_two_first_runs_at_once_run_pants_in_one_environment(unused: Project) -> None:
    unused.require_tiny_pants()
    started = [unused.start("--version") for _ in range(2)]
    runs = [run.result().succeeded() for run in started]
    assert [run.output for run in runs] == ["tiny --version\n"] * 2
    # One of the two creates the environment. Its messages are separate from Pants's output.
    assert sorted("Making" in run.errors for run in runs) == [False, True]
    assert len(unused.complete) == 1
    assert unused.environments.keys() == unused.complete


@pytest.mark.slow
def test_a_later_run_prints_only_the_output_of_pants(used: Project) -> None:
    run = used.pants("--version").succeeded()
    assert (run.output, run.errors) == (VERSION, "")


@pytest.mark.slow
def test_the_exit_code_is_that_of_pants(used: Project) -> None:
    used.root.joinpath("BUILD").write_text('run_shell_command(name="fails", command="exit 42")\n')
    assert used.pants("run", "//:fails").exit_code == 42


@pytest.mark.slow
def test_arguments_reach_pants_unchanged(used: Project) -> None:
    used.root.joinpath("BUILD").write_text(
        """run_shell_command(name="show", command="printf '[%s]' \\"$@\\"")\n"""
    )
    run = used.pants("run", "//:show", "--", "two words", "*", "", "$HOME").succeeded()
    assert run.output == "[two words][*][][$HOME]"


@pytest.mark.slow
def test_the_launcher_works_from_a_subdirectory(used: Project) -> None:
    directory = used.root / "sub" / "directory"
    directory.mkdir(parents=True)
    directory.joinpath("BUILD").write_text('target(name="here")\n')
    run = used.pants("list", "::", cwd="sub/directory", pants="../../pants").succeeded()
    assert "sub/directory:here\n" in run.output


@pytest.mark.slow
def test_the_launcher_works_from_another_repository(
    used: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    other.joinpath("pants.toml").write_text(PANTS_TOML)
    other.joinpath("BUILD").write_text('target(name="elsewhere")\n')
    run = used.pants(
        "--no-pantsd", "list", "::", cwd=str(other), pants=str(used.root / "pants")
    ).succeeded()
    assert run.output == "//:elsewhere\n"


@pytest.mark.slow
def test_the_launchers_go_is_first_on_the_path_of_pants(used: Project, tmp_path: Path) -> None:
    users = tmp_path / "go"
    users.write_text("#!/bin/sh\necho the go of the user\n")
    users.chmod(0o755)
    used.root.joinpath("BUILD").write_text('run_shell_command(name="go", command="go version")\n')
    path = f"{tmp_path}:{used.environment['PATH']}"
    project = Project(used.root, {**used.environment, "PATH": path})
    run = project.pants("run", "//:go").succeeded()
    assert run.output.startswith("go version go1.26.6 ")


def test_an_environment_is_used_only_if_complete_and_for_the_same_requirements(
    unused: Project,
) -> None:
    unused.require_tiny_pants()
    unused.pants("--version").succeeded()
    before = unused.complete
    requirements = unused.root / REQUIREMENTS
    requirements.write_text(f"{requirements.read_text()}# A change.\n")

    killed = unused.start("--version")
    deadline = time.monotonic() + 120
    # It has an interpreter by then, by which the launcher recognizes an environment.
    while not list(unused.root.glob(".pants.env/*.unfinished/bin/pip")):
        assert killed.process.poll() is None, killed.result()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert killed.kill().exit_code == -signal.SIGKILL
    assert unused.complete == before

    assert unused.pants("--version").succeeded().output == "tiny --version\n"
    assert len(unused.complete) == 2
    assert unused.complete > before
    assert unused.environments.keys() == unused.complete
