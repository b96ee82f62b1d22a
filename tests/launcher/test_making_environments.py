"""How environments are created: which of the user's settings apply, and what can go wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from launcher.project import PYTHON39, REQUIREMENTS, Project, Result


def test_settings_for_other_pythons_and_of_pip_change_nothing_and_home_is_not_needed(
    unused: Project, tmp_path: Path
) -> None:
    unused.require_tiny_pants()
    tmp_path.joinpath("venv.py").write_text("raise SystemExit('the venv of the user')")
    for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP"):
        unused.environment[name] = str(tmp_path)
    for name in ("PIP_PREFIX", "PIP_ROOT", "PIP_TARGET"):
        unused.environment[name] = str(tmp_path / "elsewhere")
    unused.environment["PIP_USER"] = "1"
    del unused.environment["HOME"]
    assert unused.pants("--version").succeeded().output == "tiny --version\n"
    (environment,) = (unused.environments[name] for name in unused.complete)
    assert environment.joinpath("lib/python3.9/site-packages/tiny.py").is_file()


def test_a_launcher_uses_the_environment_that_another_has_just_finished(
    unused: Project, tmp_path: Path
) -> None:
    unused.require_tiny_pants()
    waiting = tmp_path / "waiting"
    waiting.mkdir()
    slow = waiting / "python3.9"
    slow.write_text(
        f"#!/bin/sh\n: >{waiting}/started\nuntil [ -e {waiting}/go-on ]; do sleep 0.05; done\n"
        f'exec {PYTHON39} "$@"\n'
    )
    slow.chmod(0o755)
    path = f"{waiting}:{unused.environment['PATH']}"
    second = Project(unused.root, {**unused.environment, "PATH": path}).start("--version")
    while not waiting.joinpath("started").exists():
        assert second.process.poll() is None, second.result()
        time.sleep(0.05)

    unused.pants("--version")
    (name,) = unused.complete
    made = unused.environments[name].stat().st_ino
    waiting.joinpath("go-on").touch()
    assert "Making" not in second.result().errors
    assert unused.environments[name].stat().st_ino == made


def test_an_unreachable_index_is_named_as_the_cause(unused: Project) -> None:
    del unused.environment["PIP_NO_INDEX"]
    # Port 9 is for the discard service, which does not run. pip prints the reason when it
    # retries.
    unused.environment["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple"
    unused.environment["PIP_RETRIES"] = "1"
    unused.pants("--version").failed_with(
        "Connection refused",
        f"The packages in {unused.root / REQUIREMENTS} could not be installed (see above).",
        "Check that the package index can be reached",
        "HTTPS_PROXY",
    )
    assert not unused.environments


def test_a_package_with_another_hash_is_not_installed(unused: Project) -> None:
    packages = Path(unused.environment["PIP_FIND_LINKS"])
    packages.joinpath("toml-0.10.2-py2.py3-none-any.whl").write_text("not what was pinned")
    unused.require(f"toml==0.10.2 --hash=sha256:{'0' * 64}\n")
    unused.pants("--version").failed_with(
        "THESE PACKAGES DO NOT MATCH THE HASHES",
        "A hash that does not match means that the index serves another file",
        "do not go on",
    )
    assert not unused.environments


def test_a_read_only_directory_is_named_in_the_error(unused: Project) -> None:
    unused.root.chmod(0o555)
    try:
        # Root can write anywhere unless it drops that privilege.
        rights = "-dac_override,-dac_read_search"
        without_rights = ["setpriv", f"--inh-caps={rights}", f"--bounding-set={rights}"]
        command = [*(without_rights if os.geteuid() == 0 else ()), "./pants", "--version"]
        done = subprocess.run(
            command,
            cwd=unused.root,
            env=unused.environment,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        unused.root.chmod(0o755)
    Result(done.returncode, done.stdout, done.stderr).failed_with(
        f"Cannot write to {unused.root}/.pants.env, where ./pants keeps its environments.",
        "Make the project's directory writable, or use a copy of it.",
    )
    assert not unused.root.joinpath(".pants.env").exists()


def test_the_environment_of_the_tests_shares_the_files_of_that_of_pants(unused: Project) -> None:
    unused.require_tiny_pants()
    script = "set -eu; project=$PWD; . 3rdparty/python/environment.sh; test_environment"

    def made(package: int) -> list[Path]:
        """The module of the package in both environments; the tests require this version."""
        (unused.root / REQUIREMENTS).with_name("test-requirements.txt").write_text(
            unused.tiny(package)
        )
        for old in unused.root.glob(".pants.env/tests-*"):
            shutil.rmtree(old)
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=unused.root,
            env=unused.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done
        assert [name.partition("-")[0] for name in sorted(unused.complete)] == ["pants", "tests"]
        return sorted(unused.root.glob(".pants.env/*/lib/python3.9/site-packages/tiny.py"))

    of_pants, of_tests = made(package=1)
    assert of_pants.samefile(of_tests)

    # One that changes a package, when a link leads to the environment of Pants.
    (environment,) = unused.root.glob(".pants.env/pants-*")
    environment.symlink_to(environment.rename(unused.root / "elsewhere"))
    of_pants, of_tests = made(package=2)
    assert [path.read_text() for path in (of_pants, of_tests)] == ["VERSION = 1\n", "VERSION = 2\n"]
