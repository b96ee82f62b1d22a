"""The launcher creates its environments on first use; Pants then runs as it would alone."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from launcher.project import PANTS_TOML, REQUIREMENTS, VERSION, Project, Used


@pytest.mark.slow
def test_two_first_runs_at_once_both_run_pants(used: Used) -> None:
    for run in used.first_runs:
        run.succeeded()
        assert run.output == VERSION
    # One of the two creates the environment. Its messages are separate from Pants's output.
    assert sorted("Making" in run.errors for run in used.first_runs) == [False, True]


@pytest.mark.slow
def test_two_first_runs_at_once_leave_one_environment_and_nothing_else(used: Used) -> None:
    assert len(used.project.complete) == 1
    assert used.project.environments.keys() == used.project.complete


@pytest.mark.slow
def test_a_later_run_prints_only_the_output_of_pants(used: Used) -> None:
    run = used.project.pants("--version").succeeded()
    assert (run.output, run.errors) == (VERSION, "")


@pytest.mark.slow
def test_the_exit_code_is_that_of_pants(used: Used) -> None:
    used.project.root.joinpath("BUILD").write_text(
        'run_shell_command(name="fails", command="exit 42")\n'
    )
    assert used.project.pants("run", "//:fails").exit_code == 42


@pytest.mark.slow
def test_arguments_reach_pants_unchanged(used: Used) -> None:
    used.project.root.joinpath("BUILD").write_text(
        """run_shell_command(name="show", command="printf '[%s]' \\"$@\\"")\n"""
    )
    run = used.project.pants("run", "//:show", "--", "two words", "*", "", "$HOME").succeeded()
    assert run.output == "[two words][*][][$HOME]"


@pytest.mark.slow
def test_the_launcher_works_from_a_subdirectory(used: Used) -> None:
    directory = used.project.root / "sub" / "directory"
    directory.mkdir(parents=True)
    directory.joinpath("BUILD").write_text('target(name="here")\n')
    run = used.project.pants("list", "::", cwd="sub/directory", pants="../../pants").succeeded()
    assert "sub/directory:here\n" in run.output


@pytest.mark.slow
def test_the_launcher_works_from_another_repository(
    used: Used, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    other.joinpath("pants.toml").write_text(PANTS_TOML)
    other.joinpath("BUILD").write_text('target(name="elsewhere")\n')
    run = used.project.pants(
        "--no-pantsd", "list", "::", cwd=str(other), pants=str(used.project.root / "pants")
    ).succeeded()
    assert run.output == "//:elsewhere\n"


@pytest.mark.slow
def test_the_launchers_go_is_first_on_the_path_of_pants(used: Used, tmp_path: Path) -> None:
    users = tmp_path / "go"
    users.write_text("#!/bin/sh\necho the go of the user\n")
    users.chmod(0o755)
    used.project.root.joinpath("BUILD").write_text(
        'run_shell_command(name="go", command="go version")\n'
    )
    path = f"{tmp_path}:{used.project.environment['PATH']}"
    project = Project(used.project.root, {**used.project.environment, "PATH": path})
    run = project.pants("run", "//:go").succeeded()
    assert run.output.startswith("go version go1.26.6 ")


@pytest.mark.slow
def test_an_environment_is_used_only_if_complete_and_for_the_same_requirements(
    used: Used,
) -> None:
    before = used.project.complete
    requirements = used.project.root / REQUIREMENTS
    requirements.write_text(f"{requirements.read_text()}# A change.\n")

    killed = used.project.start("--version")
    deadline = time.monotonic() + 120
    # It has an interpreter by then, by which the launcher recognizes an environment.
    while not list(used.project.root.glob(".pants.env/*.unfinished/bin/pip")):
        assert killed.process.poll() is None, killed.result()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert killed.kill().exit_code == -signal.SIGKILL
    assert used.project.complete == before

    run = used.project.pants("--no-pantsd", "--version").succeeded()
    assert run.output == VERSION
    assert len(used.project.complete) == 2
    assert used.project.complete > before
    assert used.project.environments.keys() == used.project.complete
