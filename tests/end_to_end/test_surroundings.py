"""The repository's git state and the caller's shell do not change the binary."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from end_to_end.elf import Binary, sha256
from end_to_end.programs import network_program
from end_to_end.repository import Repository, Toolbox
from go_static_testing.go_tool import GoTool

OTHER_USER = 54321


def git_of_another_user(repository: Repository) -> None:
    repository.git("init", "-q")
    if os.geteuid() == 0:
        for path in [repository.root, *repository.root.rglob("*")]:
            if ".git" in path.parts or path == repository.root:
                os.chown(path, OTHER_USER, OTHER_USER, follow_symlinks=False)
    else:
        # git's own way to test this without changing owners (git/setup.c).
        repository.environment["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"


def corrupt_git(repository: Repository) -> None:
    repository.git("init", "-q")
    (repository.root / ".git" / "HEAD").write_bytes(b"\x00garbage")
    shutil.rmtree(repository.root / ".git" / "objects")


def inside_another_repository(repository: Repository) -> None:
    outer = Repository(repository.root.parent, repository.toolbox, False, repository.environment)
    outer.git("init", "-q")
    (outer.root / ".git" / "HEAD").write_text("ref: refs/heads/\n")


@pytest.fixture(scope="module")
def shared(module_path: Path, toolbox: Toolbox) -> Iterator[Repository]:
    created = Repository.create(module_path / "outer" / "repository", toolbox, pantsd=True)
    yield created
    created.stop_pantsd()


@pytest.fixture
def surrounded(shared: Repository) -> Iterator[Repository]:
    """The repository of all these tests, whose pantsd starts in the first of these states. Each
    test builds another program."""
    environment = dict(shared.environment)
    yield shared
    shared.clear()
    shutil.rmtree(shared.root.parent / ".git", ignore_errors=True)
    os.chown(shared.root, os.geteuid(), os.getegid())
    shared.environment.clear()
    shared.environment.update(environment)


@pytest.mark.parametrize("prepare", [git_of_another_user, corrupt_git, inside_another_repository])
def test_the_state_of_git_does_not_affect_a_build(
    prepare: Callable[[Repository], None], surrounded: Repository, plain: Repository
) -> None:
    name = prepare.__name__
    surrounded.write(network_program(name))
    prepare(surrounded)

    surrounded.pants("package", f"{name}::").succeeded()

    binary = surrounded.dist[f"{name}/{name}"]
    Binary.read(binary, surrounded.toolbox.go).assert_static()
    assert sha256(binary) == built_by_go(plain, name)


@pytest.mark.parametrize("prepare", [git_of_another_user, corrupt_git])
def test_plain_go_build_fails_in_these_states_of_git(
    prepare: Callable[[Repository], None], repository: Repository
) -> None:
    """Proves that the test above covers states of git that break plain `go build`."""
    repository.write(network_program("program"))
    prepare(repository)

    plain = repository.go("build", "-o", os.devnull, ".", cwd="program")

    assert plain.returncode != 0
    assert "error obtaining VCS status" in plain.stderr


def test_settings_in_the_callers_shell_do_not_affect_a_build(
    surrounded: Repository, plain: Repository, tmp_path: Path
) -> None:
    surrounded.write(network_program("settings"))
    broken = tmp_path / "go.work"
    broken.write_text("this is no go.work\n")
    config = Path(surrounded.environment["HOME"], ".config", "go")
    config.mkdir(parents=True)
    (config / "env").write_text("CGO_ENABLED=1\nGOFLAGS=-tags=other\nGOARCH=arm64\n")

    surrounded.pants(
        "package",
        "settings::",
        env={
            "CC": "/bin/false",
            "CGO_ENABLED": "1",
            "GO111MODULE": "off",
            "GOAMD64": "v3",
            "GOARCH": "386",
            "GOCACHE": "/nonexistent",
            "GOENV": str(config / "env"),
            "GOEXPERIMENT": "nonsense",
            "GOFLAGS": "-buildmode=pie -race -mod=vendor",
            "GOMODCACHE": "/nonexistent",
            "GOOS": "windows",
            "GOPATH": "/nonexistent",
            "GOPROXY": "off",
            "GOROOT": "/nonexistent",
            "GOTOOLCHAIN": "go1.99.9",
            "GOWORK": str(broken),
            "GO_EXTLINK_ENABLED": "1",
        },
    ).succeeded()

    binary = surrounded.dist["settings/settings"]
    Binary.read(binary, surrounded.toolbox.go).assert_static()
    assert sha256(binary) == built_by_go(plain, "settings")


def test_a_build_runs_no_program_on_the_machine_except_go(
    repository: Repository, tmp_path: Path, plain: Repository
) -> None:
    """No C compiler and no git: PATH has only Go, and three programs that the launcher needs."""
    bin_directory = tmp_path / "bin"
    bin_directory.mkdir()
    (bin_directory / "go").symlink_to(repository.toolbox.go)
    for program in ("cat", "cksum", "uname"):
        (bin_directory / program).symlink_to(str(shutil.which(program)))
    repository.write(network_program("program"))

    repository.pants(
        f"--local-store-dir={tmp_path / 'store'}",
        "package",
        "program::",
        env={"PATH": str(bin_directory)},
    ).succeeded()

    assert sha256(repository.dist["program/program"]) == built_by_go(plain, "program")


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory, toolbox: Toolbox) -> Repository:
    return Repository.create(tmp_path_factory.mktemp("plain") / "r", toolbox)


def built_by_go(plain: Repository, name: str) -> str:
    """The same files built by plain `go build` with the same flags."""
    plain.write(network_program(name))
    settings = {"CGO_ENABLED": "0", "GOWORK": "off", "GOOS": "linux", "GOARCH": "amd64"}
    done = plain.go(
        *("build", "-tags=netgo,osusergo", "-trimpath", "-buildvcs=false", "-o", "../plain", "."),
        cwd=name,
        # That of the tests, which has the standard library.
        env={**settings, "GOCACHE": str(GoTool.find().cache)},
    )
    assert done.returncode == 0, done.stderr
    return sha256(plain.root / "plain")
