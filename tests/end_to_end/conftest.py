"""Fixtures that run a real Pants in real temporary repositories.

To start Pants takes seconds, and to have an SDK and a compiled standard library takes more. So most
tests use `project`: one repository, emptied, with one pantsd and caches for all. Those whose
subject are caches or the start of Pants have a `repository` or a `machine` of their own, where they
can with caches that are a copy of `warm_caches`, and with a pantsd where they run it several times.
What makes pantsd start anew costs as much: another option of [GLOBAL] such as `-ldebug` or
`--local-store-dir`, or a .gitignore at the root that comes or goes.

`PANTS_EXE=/path/to/pants` runs another Pants than the one of the project's launcher.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from end_to_end.desk import Desk
from end_to_end.machines import machine
from end_to_end.programs import tiny_program
from end_to_end.repository import PROJECT, Repository, Toolbox
from go_static_testing.proxy import ModuleProxy
from go_static_testing.servers import Network


@pytest.fixture(scope="session")
def toolbox(tmp_path_factory: pytest.TempPathFactory) -> Toolbox:
    """The Pants and the Go to test with, and caches that the tests of a session share."""
    return Toolbox.find(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def warm_caches(tmp_path_factory: pytest.TempPathFactory, toolbox: Toolbox) -> Path:
    """Caches of a machine that has built something else before: they hold an SDK, a checker and the
    standard library of a tiny program, and no module. A test works on a copy of its own."""
    root = tmp_path_factory.mktemp("warm") / "machine"
    with machine(root, toolbox, None) as other:
        other.write(tiny_program("other", "something else"))
        other.pants("package", "test", "::").succeeded()
    return root / "caches"


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
def project(shared_repository: Repository) -> Iterator[Repository]:
    """The session's repository, emptied: one pantsd serves many tests, each of which starts from
    a tree with nothing in it."""
    shared_repository.clear()
    yield shared_repository
    shared_repository.clear()


@pytest.fixture(scope="session")
def shared_repository_with_shells(
    tmp_path_factory: pytest.TempPathFactory, toolbox: Toolbox
) -> Iterator[Repository]:
    created = Repository.create(
        tmp_path_factory.mktemp("shells"),
        toolbox,
        pantsd=True,
        backends=("go_static", "pants.backend.shell"),
    )
    yield created
    created.stop_pantsd()


@pytest.fixture
def shells(shared_repository_with_shells: Repository) -> Iterator[Repository]:
    """As `project`, with Pants's own shell backend enabled too."""
    shared_repository_with_shells.clear()
    yield shared_repository_with_shells
    shared_repository_with_shells.clear()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Who issues the certificates of a company's servers."""
    return trustme.CA()


@pytest.fixture
def desk(tmp_path: Path, authority: trustme.CA) -> Iterator[Desk]:
    """A desk with a home directory, in a network without a site."""
    with Network(authority).serving() as network:
        created = Desk(network, tmp_path)
        created.home.mkdir(exist_ok=True)
        authority.cert_pem.write_to_path(str(created.certificates))
        yield created


@pytest.fixture
def proxy(tmp_path: Path) -> ModuleProxy:
    """A module proxy with several versions of a library, and a fork of it."""
    published = ModuleProxy(tmp_path / "proxy")
    text = "package lib\n\nconst Text = {}\n"
    for version in ("v1.0.0", "v1.1.0", "v1.2.0"):
        published.publish("example.com/lib", version, {"lib.go": text.format(f'"{version}"')})
    for version in ("v2.0.0", "v2.3.0"):
        published.publish("example.com/lib/v2", version, {"lib.go": text.format(f'"{version}"')})
    published.publish("example.com/fork", "v1.9.0", {"lib.go": text.format('"fork"')})
    return published


@pytest.fixture(scope="session")
def examples() -> Path:
    """The example modules of the project."""
    return PROJECT / "src" / "go"


@pytest.fixture(scope="session", autouse=True)
def needed_tools() -> None:
    """A missing tool is an error that says what to install, not a skipped test."""
    missing = [tool for tool in ("git", "readelf", "ssh") if shutil.which(tool) is None]
    if missing:
        raise AssertionError(
            f"Install {', '.join(missing)}; on Debian and Ubuntu: "
            "apt-get install -y binutils git openssh-client"
        )
    os.umask(0o022)
