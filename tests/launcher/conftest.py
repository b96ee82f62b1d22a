"""Projects to run the launcher in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.project import PYTHON39, Project, bring_environments, users_environment


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The system's programs, without any Python."""
    directory = tmp_path_factory.mktemp("programs")
    for program in (*Path("/bin").iterdir(), *Path("/usr/bin").iterdir()):
        link = directory / program.name
        if not program.name.startswith(("python", "pypy", "pyenv", "uv")) and not link.is_symlink():
            link.symlink_to(program)
    return directory


@pytest.fixture(scope="session")
def with_python39(tmp_path_factory: pytest.TempPathFactory, programs: Path) -> str:
    """A PATH that contains a CPython 3.9."""
    directory = tmp_path_factory.mktemp("python39")
    (directory / "python3.9").symlink_to(PYTHON39)
    return f"{directory}:{programs}"


@pytest.fixture(scope="session")
def used(tmp_path_factory: pytest.TempPathFactory, with_python39: str) -> Iterator[Project]:
    """A project with an environment and a running pantsd."""
    root = tmp_path_factory.mktemp("used") / "a project"
    project = Project.create(root, users_environment(with_python39))
    bring_environments(root)
    # Starts the daemon that serves the tests' runs, and prints its message once.
    project.pants("--version").succeeded()
    yield project
    project.stop_pantsd()


@pytest.fixture
def unused(tmp_path: Path, with_python39: str) -> Project:
    """A project with a Python but no environment; pip finds no packages."""
    packages = tmp_path / "packages"
    packages.mkdir()
    environment = {
        "HOME": str(tmp_path),
        "PATH": with_python39,
        "PIP_FIND_LINKS": str(packages),
        "PIP_NO_INDEX": "1",
    }
    return Project.create(tmp_path / "project", environment)
