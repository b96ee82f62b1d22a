"""The recipes in docs/ci.md, run as far as possible without the CI services."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import toml

from end_to_end.ci_page import blocks, recipes
from end_to_end.elf import sha256
from end_to_end.pages import shell
from end_to_end.programs import tiny_program
from end_to_end.repository import Repository

IN_CI = "pants --no-pantsd package test ::"


def test_the_recipes_run_the_same_command() -> None:
    github, gitlab = recipes()
    assert IN_CI in [step.get("run") for step in github["steps"]]
    assert gitlab["script"] == [IN_CI]
    (container,) = [block for block in blocks("sh") if "/caches" in block]
    assert container.splitlines()[-1] == IN_CI


def state(directory: Path) -> set[tuple[Path, int]]:
    """The files below a directory, each with the time of its last change."""
    return {(path, path.lstat().st_mtime_ns) for path in directory.rglob("*")}


def test_jobs_keep_their_caches_and_give_the_same_bytes(
    repository: Repository, tmp_path: Path, warm_caches: Path
) -> None:
    """The jobs before these have built another program."""
    _, gitlab = recipes()
    (kept,) = gitlab["cache"]["paths"]
    variables = {
        name: value.replace("$CI_PROJECT_DIR", str(repository.root))
        for name, value in gitlab["variables"].items()
    }
    for directory in map(Path, variables.values()):
        assert directory.is_relative_to(repository.root / kept)
        shutil.copytree(warm_caches / directory.name, directory, symlinks=True)
    before = [state(Path(directory)) for directory in variables.values()]
    (cleanup,) = [block for block in blocks("sh") if "mktemp" in block]
    repository.write({**tiny_program("m"), "go.sum": ""})
    assert all((repository.root / name).is_file() for name in gitlab["cache"]["key"]["files"])

    said = shell(repository, f"{cleanup}\n{gitlab['script'][0]}", **variables)
    assert "m#elf_static_test succeeded" in said
    assert os.listdir(repository.environment["TMPDIR"]) == []
    (artifacts,) = gitlab["artifacts"]["paths"]
    binary = repository.root / artifacts / "m" / "m"
    expected = sha256(binary)
    for directory, earlier in zip(variables.values(), before):
        assert state(Path(directory)) != earlier

    # The next job has the kept caches, and repeats nothing.
    assert "Starting: Build" not in shell(repository, gitlab["script"][0], **variables)

    (container,) = [block for block in blocks("sh") if "/caches" in block]
    line, command = container.splitlines()
    caches = tmp_path / "caches"
    shutil.copytree(warm_caches, caches, symlinks=True)
    before = [state(caches / name) for name in ("named", "store")]
    inside = f"{line.replace('/caches', shlex.quote(str(caches)))}\n{command} >&2"
    binary.unlink()
    said = shell(repository, f"unshare --user --map-user=1001 sh -euc {shlex.quote(inside)}")
    assert "Starting: Build" in said
    assert sha256(binary) == expected
    for name, earlier in zip(("named", "store"), before):
        assert state(caches / name) != earlier


def test_a_branch_builds_only_binaries_that_the_change_can_affect(project: Repository) -> None:
    (command,) = [line for line in blocks("sh") if "--changed-since" in line]
    project.write({**tiny_program("m"), **tiny_program("other")})
    project.git("init", "-q", "-b", "main")
    project.git("add", ".")
    project.git("commit", "-q", "-m", "x")
    project.git("update-ref", "refs/remotes/origin/main", "HEAD")
    project.write({"m/main.go": 'package main\n\nfunc main() { println("changed") }\n'})

    shell(project, command, pants="--pantsd --no-dynamic-ui --no-colors")

    assert list(project.dist) == ["m/m"]


def test_pants_accepts_the_settings_for_a_remote_cache(repository: Repository) -> None:
    (sample,) = blocks("toml")
    (switch,) = [line for line in blocks("sh") if "REMOTE_CACHE_WRITE" in line]
    settings = toml.loads(sample)["GLOBAL"]
    # Nothing listens on this address: Pants reads the settings, and the build continues.
    settings["remote_store_address"] = "grpc://127.0.0.1:1"
    arguments = " ".join(
        shlex.quote(f"--{name.replace('_', '-')}={str(value).lower()}")
        for name, value in settings.items()
    )
    repository.write(tiny_program("m"))

    shell(repository, f"{switch}pants --no-pantsd {arguments} package ::")

    assert list(repository.dist) == ["m/m"]
