"""Fixtures that run a real Pants in real temporary repositories.

Starting Pants takes seconds; providing an SDK and a compiled standard library takes longer. So most
tests use `project`: one repository, emptied for each test, with one pantsd and shared caches. Tests
of caches or of starting Pants have their own `repository` or `machine`; where possible, its caches
are a copy of `warm_caches`, and it uses pantsd if the test runs Pants several times. Restarting
pantsd costs as much. It restarts if an option in [GLOBAL] changes, such as `-ldebug` or
`--local-store-dir`, or if a .gitignore at the root is added or deleted.

`PANTS_EXE=/path/to/pants` tests another Pants than the launcher's.
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
from end_to_end.pants_go import OURS, PANTSS, beside_pants_go
from end_to_end.programs import tiny_program
from end_to_end.repository import PROJECT, Repository, Toolbox
from go_static_testing.compiled import fill_shared_caches, new_caches
from go_static_testing.proxy import ModuleProxy
from go_static_testing.servers import Network
from removal import remove
from run_files import made_once


@pytest.fixture(scope="session")
def toolbox() -> Toolbox:
    """The Pants and the Go under test, and the caches that tests share."""
    return Toolbox.find(fill_shared_caches())


@pytest.fixture(scope="session")
def warm_caches(toolbox: Toolbox) -> Path:
    """The caches of a machine that has built a different program: they contain an SDK, a checker
    and the compiled standard library of a tiny program, but no modules. Each test works on its own
    copy."""

    def build(root: Path) -> None:
        with machine(root, toolbox, None, caches=new_caches()) as other:
            other.write(tiny_program("other", "something else"))
            other.pants("package", "test", "::").succeeded()

    return made_once("warm", build) / "caches"


@pytest.fixture(scope="module")
def module_path(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A directory for the fixtures of a module, removed after its last test unless one failed."""
    directory = tmp_path_factory.mktemp("module")
    failed = request.session.testsfailed
    yield directory
    if request.session.testsfailed == failed:
        remove(directory)


@pytest.fixture
def repository(tmp_path: Path, toolbox: Toolbox) -> Iterator[Repository]:
    """An empty repository with the backend enabled, for one test."""
    created = Repository.create(tmp_path / "repository", toolbox)
    yield created
    created.stop_pantsd()


@pytest.fixture
def own(tmp_path: Path, toolbox: Toolbox, warm_caches: Path) -> Iterator[Repository]:
    """A machine for one test, with a tiny program."""
    with machine(tmp_path / "own", toolbox, None, caches=warm_caches) as repository:
        repository.write(tiny_program("m"))
        yield repository


@pytest.fixture(scope="session")
def shared_repository(
    tmp_path_factory: pytest.TempPathFactory, toolbox: Toolbox
) -> Iterator[Repository]:
    created = Repository.create(tmp_path_factory.mktemp("repository"), toolbox, pantsd=True)
    yield created
    created.stop_pantsd()


@pytest.fixture
def project(shared_repository: Repository) -> Iterator[Repository]:
    """The session's repository, emptied. One pantsd serves many tests; each starts from an empty
    tree."""
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
        backends=("go_static", "pants.backend.shell", "pants.backend.experimental.adhoc"),
    )
    yield created
    created.stop_pantsd()


@pytest.fixture
def shells(shared_repository_with_shells: Repository) -> Iterator[Repository]:
    """Like `project`, with Pants's own backends for shell scripts and other tools enabled."""
    shared_repository_with_shells.clear()
    yield shared_repository_with_shells
    shared_repository_with_shells.clear()


@pytest.fixture(scope="session")
def shared_repository_with_pants_go(
    tmp_path_factory: pytest.TempPathFactory, toolbox: Toolbox
) -> Iterator[Repository]:
    root = tmp_path_factory.mktemp("pants-go")
    created = beside_pants_go(root, toolbox, (OURS, *PANTSS))
    yield created
    created.stop_pantsd()


@pytest.fixture
def both(shared_repository_with_pants_go: Repository) -> Iterator[Repository]:
    """Like `project`, with Pants's own Go backend enabled, and an old Go."""
    shared_repository_with_pants_go.clear()
    yield shared_repository_with_pants_go
    shared_repository_with_pants_go.clear()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A CA that issues the certificates of a company's servers."""
    return trustme.CA()


@pytest.fixture
def desk(tmp_path: Path, authority: trustme.CA) -> Iterator[Desk]:
    """A desk with a home directory, on a network without a site."""
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
