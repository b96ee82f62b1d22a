"""The Python for shipped programs, and the checker in a sandbox."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from elf_static.judge.policies import BUILT_IN
from go_static.engine import python_interpreter, python_program
from go_static.engine.python_interpreter import Interpreter, NoPythonError
from go_static.engine.python_program import (
    MissingPackageError,
    ShippedProgram,
    package_location,
    read_sources,
)
from go_static.verify.checker import ELF_CHECKER, checker_command
from go_static_testing.engine import Repository


def test_a_shim_that_does_not_run_is_skipped(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shims, good = tmp_path / "shims", tmp_path / "good"
    for directory, script in (
        (shims, "#!/bin/sh\necho 'pyenv: python3: command not found' >&2\nexit 127\n"),
        (good, f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'),
    ):
        directory.mkdir()
        (directory / "python3").write_text(script)
        (directory / "python3").chmod(0o755)
    monkeypatch.setattr(python_interpreter, "_FIRST_DIRECTORIES", ())
    repository.configure(env={"PATH": f"{shims}:{good}"})

    found = repository.request(Interpreter)

    assert found.path == f"{good}/python3"
    assert found.identity.startswith("3.9.")


def test_without_python_the_error_says_where_it_was_searched(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(python_interpreter, "_FIRST_DIRECTORIES", ("/stable",))
    monkeypatch.setattr(python_interpreter.sys, "executable", "/nowhere/python")
    repository.configure(env={"PATH": str(tmp_path)})
    with repository.fails(
        NoPythonError,
        "a working Python 3.9+ on this machine; none found.",
        f"Searched for python3 and python in: /stable, {tmp_path}.",
        "apt-get install python3",
    ):
        repository.request(Interpreter)


def test_pants_s_own_python_comes_last() -> None:
    found = python_interpreter.candidates(["/a"], workers=False)
    assert (found[0], found[-2], found[-1]) == ("/a/python3", "/a/python", sys.executable)
    assert {f"/a/python3.{minor}" for minor in range(9, 15)} < set(found)
    # Of which a remote worker knows nothing.
    assert python_interpreter.candidates(["/a"], workers=True) == found[:-1]


def test_the_error_says_which_machine_lacks_python() -> None:
    machine, workers = (
        python_interpreter.no_python_message(["/a", "/b"], w) for w in (False, True)
    )
    assert "a working Python 3.9+ on this machine; none found." in machine
    assert machine.endswith("apt-get install python3), or put it on PATH.")
    assert "a working Python 3.9+ on the remote workers; none found." in workers
    assert "Searched for python3 and python in: /a, /b." in workers
    assert "Install it in the image of the workers" in workers


def test_the_checker_runs_from_its_digest_alone_and_is_compiled(
    repository: Repository, tmp_path: Path
) -> None:
    prepared = repository.request(ShippedProgram, ELF_CHECKER)
    files = repository.files(prepared.digest)
    assert {"elf_static/cli/main.py", "elf_static/judge/policies/default.toml"} < set(files)
    compiled = [file for file in files if file.endswith(".pyc")]
    assert len(compiled) == len([file for file in files if file.endswith(".py")])
    assert not [file for file in files if file.startswith("elftools/dwarf")]

    repository.materialize(prepared.digest, tmp_path / ELF_CHECKER.directory)
    done = subprocess.run(
        checker_command(prepared, ["check", "--policy=any-language", "/bin/true"]),
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done
    assert "ES004 interpreter" in done.stdout


def test_the_error_about_a_missing_package_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(python_program, "find_spec", lambda name: None)
    with pytest.raises(MissingPackageError) as raised:
        package_location(ELF_CHECKER, "elftools")
    assert str(raised.value) == (
        "The ELF test needs the Python package `elftools`, which is not installed next to Pants."
        "\n\n"
        "Let Pants install it: in pants.toml, under [GLOBAL], "
        '`plugins = ["pyelftools==0.32", "toml==0.10.2"]`.'
    )
    with pytest.raises(MissingPackageError, match="Add it to the same `pythonpath`"):
        package_location(ELF_CHECKER, "elf_static")


def test_the_sources_have_one_path_each() -> None:
    names = [name for name, _ in read_sources(ELF_CHECKER)]
    assert len(names) == len(set(names))
    assert {f"elf_static/judge/policies/{name}.toml" for name in BUILT_IN} < set(names)
