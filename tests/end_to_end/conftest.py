"""Fixtures that run a real Pants in real temporary repositories.

`PANTS_EXE=/path/to/pants` runs another Pants than the one of the project's launcher.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from end_to_end.repository import PROJECT, Repository, Toolbox


@pytest.fixture(scope="session")
def toolbox(tmp_path_factory: pytest.TempPathFactory) -> Toolbox:
    """The Pants and the Go to test with, and caches that the tests of a session share."""
    return Toolbox.find(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def repository(tmp_path: Path, toolbox: Toolbox) -> Iterator[Repository]:
    """An empty repository with the backend enabled, of the test's own."""
    created = Repository.create(tmp_path / "repository", toolbox)
    yield created
    created.stop_pantsd()


@pytest.fixture(scope="session")
def shared_repository(
    tmp_path_factory: pytest.TempPathFactory, toolbox: Toolbox
) -> Iterator[Repository]:
    created = Repository.create(tmp_path_factory.mktemp("repository"), toolbox, pantsd=True)
    yield created
    created.stop_pantsd()


@pytest.fixture
def project(shared_repository: Repository, request: pytest.FixtureRequest) -> Iterator[Repository]:
    """The session's repository, emptied: one pantsd serves many tests, each of which starts from
    a tree with nothing in it."""
    shared_repository.clear()
    yield shared_repository
    shared_repository.clear()


@pytest.fixture(scope="session")
def examples() -> Path:
    """The example modules of the project."""
    return PROJECT / "src" / "go"


@pytest.fixture(scope="session", autouse=True)
def needed_tools() -> None:
    """A missing tool is an error that says what to install, not a skipped test."""
    missing = [tool for tool in ("git", "readelf", "ssh") if shutil.which(tool) is None]
    if missing:
        pytest.exit(
            f"install {', '.join(missing)} (Debian: git, binutils, openssh-client)", returncode=1
        )
    os.umask(0o022)
