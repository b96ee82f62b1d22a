"""The repository's git state and the caller's shell do not change the binary."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from end_to_end.elf import Binary, sha256
from end_to_end.programs import network_program
from end_to_end.repository import Repository, Toolbox

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


@pytest.mark.parametrize("prepare", [git_of_another_user, corrupt_git, inside_another_repository])
def test_the_state_of_git_does_not_affect_a_build(
    prepare: object, repository: Repository, reference: str
) -> None:
    repository.write(network_program("program"))
    assert callable(prepare)
    prepare(repository)

    repository.pants("package", "program::").succeeded()

    binary = repository.dist["program/program"]
    Binary.read(binary, repository.toolbox.go).assert_static()
    assert sha256(binary) == reference


@pytest.mark.parametrize("prepare", [git_of_another_user, corrupt_git])
def test_plain_go_build_fails_in_these_states_of_git(
    prepare: object, repository: Repository
) -> None:
    """Proves that the test above covers states of git that break plain `go build`."""
    repository.write(network_program("program"))
    assert callable(prepare)
    prepare(repository)

    plain = repository.go("build", "-o", os.devnull, ".", cwd="program")

    assert plain.returncode != 0
    assert "error obtaining VCS status" in plain.stderr


def test_settings_in_the_callers_shell_do_not_affect_a_build(
    repository: Repository, tmp_path: Path, reference: str
) -> None:
    repository.write(network_program("program"))
    broken = tmp_path / "go.work"
    broken.write_text("this is no go.work\n")
    config = Path(repository.environment["HOME"], ".config", "go")
    config.mkdir(parents=True)
    (config / "env").write_text("CGO_ENABLED=1\nGOFLAGS=-tags=other\nGOARCH=arm64\n")

    repository.pants(
        "package",
        "program::",
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

    binary = repository.dist["program/program"]
    Binary.read(binary, repository.toolbox.go).assert_static()
    assert sha256(binary) == reference


def test_a_build_runs_no_program_on_the_machine_except_go(
    repository: Repository, tmp_path: Path, reference: str
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

    assert sha256(repository.dist["program/program"]) == reference


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory, toolbox: Toolbox) -> str:
    """The same files built by plain `go build` with the same flags."""
    plain = Repository.create(tmp_path_factory.mktemp("plain") / "r", toolbox)
    plain.write(network_program("program"))
    done = plain.go(
        *("build", "-tags=netgo,osusergo", "-trimpath", "-buildvcs=false", "-o", "../plain", "."),
        cwd="program",
        env={"CGO_ENABLED": "0", "GOWORK": "off", "GOOS": "linux", "GOARCH": "amd64"},
    )
    assert done.returncode == 0, done.stderr
    return sha256(plain.root / "plain")
