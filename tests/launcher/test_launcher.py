"""The launcher, run as a user runs it: real interpreters, a real pip, a real Pants.

Each test has a copy of `./pants` and of what it reads in a directory of its own. Where the launcher
makes an environment it uses the settings and the cache of the user's own pip.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path("3rdparty", "python", "pants-requirements.txt")
VERSION = "2.17.1\n"

# An interpreter for the launcher, and not the one of the environment that runs the tests.
PYTHON39 = Path(sys.base_prefix, "bin", "python3.9")

_PANTS_TOML = """\
[GLOBAL]
pants_version = "2.17.1"
backend_packages = ["pants.backend.shell"]

[anonymous-telemetry]
enabled = false
"""


@dataclass(frozen=True)
class Result:
    exit_code: int
    output: str
    errors: str

    def succeeded(self) -> Result:
        assert self.exit_code == 0, self
        return self

    def failed_with(self, *parts: str) -> Result:
        """Assert on an error of the launcher: it is on standard error only, and exits with 1."""
        assert (self.exit_code, self.output) == (1, ""), self
        for part in parts:
            assert part in self.errors, self
        return self


@dataclass
class Project:
    """A directory with a copy of the launcher, and the environment that it is run in."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def create(cls, root: Path, environment: dict[str, str]) -> Project:
        root.mkdir()
        shutil.copy(SOURCE / "pants", root)
        shutil.copytree(SOURCE / REQUIREMENTS.parent, root / REQUIREMENTS.parent)
        (root / "pants.toml").write_text(_PANTS_TOML)
        return cls(root, environment)

    def start(self, *arguments: str, cwd: str = ".", pants: str = "./pants") -> Run:
        return Run(
            subprocess.Popen(
                [pants, *arguments],
                cwd=self.root / cwd,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        )

    def pants(self, *arguments: str, cwd: str = ".", pants: str = "./pants") -> Result:
        return self.start(*arguments, cwd=cwd, pants=pants).result()

    @property
    def environments(self) -> dict[str, Path]:
        """What is in the directory of the environments, by name."""
        return {path.name: path for path in self.root.glob(".pants.env/*") if path.is_dir()}

    @property
    def complete(self) -> set[str]:
        """The environments that a run of the launcher would use."""
        return {name for name in self.environments if not name.endswith(".unfinished")}

    def require(self, requirement: str) -> None:
        """Let the project ask for this and nothing else."""
        (self.root / REQUIREMENTS).write_text(requirement)

    def stop_pantsd(self) -> None:
        for pid_file in self.root.glob(".p*/**/pantsd/pid"):
            os.kill(int(pid_file.read_text()), signal.SIGTERM)


@dataclass(frozen=True)
class Run:
    process: subprocess.Popen[str]

    def result(self) -> Result:
        output, errors = self.process.communicate()
        return Result(self.process.returncode, output, errors)

    def kill(self) -> Result:
        """As the machine does when it runs out of memory: the launcher with all that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        return self.result()


def users_environment(path: str) -> dict[str, str]:
    """The user's own, in which pip works, without what belongs to the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GO", "PANTS", "PYENV", "PYTEST", "PYTHON", "VIRTUAL_ENV"))
    }
    kept.pop("NO_SCIE_WARNING", None)
    return {**kept, "PATH": path}


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The system's programs, without what could find a Python."""
    directory = tmp_path_factory.mktemp("programs")
    for program in (*Path("/bin").iterdir(), *Path("/usr/bin").iterdir()):
        link = directory / program.name
        if not program.name.startswith(("python", "pypy", "pyenv", "uv")) and not link.is_symlink():
            link.symlink_to(program)
    return directory


@pytest.fixture(scope="session")
def with_python39(tmp_path_factory: pytest.TempPathFactory, programs: Path) -> str:
    """A PATH with a CPython 3.9."""
    directory = tmp_path_factory.mktemp("python39")
    (directory / "python3.9").symlink_to(PYTHON39)
    return f"{directory}:{programs}"


@dataclass(frozen=True)
class Used:
    """A project in which two have started the launcher at once, on its first use."""

    project: Project
    first_runs: tuple[Result, Result]


@pytest.fixture(scope="session")
def used(tmp_path_factory: pytest.TempPathFactory, with_python39: str) -> Iterator[Used]:
    root = tmp_path_factory.mktemp("used") / "a project"
    project = Project.create(root, users_environment(with_python39))
    one = project.start("--no-pantsd", "--version")
    other = project.start("--no-pantsd", "--version")
    first_runs = one.result(), other.result()
    # Starts the daemon, which serves the runs of the tests and announces itself once.
    project.pants("--version").succeeded()
    yield Used(project, first_runs)
    project.stop_pantsd()


@pytest.fixture
def unused(tmp_path: Path, with_python39: str) -> Project:
    """A project with a Python but without an environment, in which pip finds no package."""
    packages = tmp_path / "packages"
    packages.mkdir()
    environment = {
        "HOME": str(tmp_path),
        "PATH": with_python39,
        "PIP_FIND_LINKS": str(packages),
        "PIP_NO_INDEX": "1",
    }
    return Project.create(tmp_path / "project", environment)


@pytest.mark.slow
def test_two_first_runs_at_once_both_run_pants(used: Used) -> None:
    for run in used.first_runs:
        run.succeeded()
        assert run.output == VERSION
    # One makes the environment. What it says is no part of what Pants prints.
    assert sorted("Making" in run.errors for run in used.first_runs) == [False, True]


@pytest.mark.slow
def test_two_first_runs_at_once_leave_one_environment_and_nothing_else(used: Used) -> None:
    assert len(used.project.complete) == 1
    assert used.project.environments.keys() == used.project.complete


@pytest.mark.slow
def test_a_run_with_nothing_to_make_prints_what_pants_prints_and_no_more(used: Used) -> None:
    run = used.project.pants("--version").succeeded()
    assert (run.output, run.errors) == (VERSION, "")


@pytest.mark.slow
def test_the_exit_code_is_that_of_pants(used: Used) -> None:
    used.project.root.joinpath("BUILD").write_text(
        'run_shell_command(name="fails", command="exit 42")\n'
    )
    assert used.project.pants("run", "//:fails").exit_code == 42


@pytest.mark.slow
def test_arguments_reach_pants_as_they_are(used: Used) -> None:
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
    other.joinpath("pants.toml").write_text(_PANTS_TOML)
    other.joinpath("BUILD").write_text('target(name="elsewhere")\n')
    run = used.project.pants(
        "--no-pantsd", "list", "::", cwd=str(other), pants=str(used.project.root / "pants")
    ).succeeded()
    assert run.output == "//:elsewhere\n"


@pytest.mark.slow
def test_the_go_of_the_launcher_comes_first_on_the_path_of_pants(
    used: Used, tmp_path: Path
) -> None:
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
def test_a_killed_first_run_is_not_used_and_changed_requirements_have_their_own_environment(
    used: Used,
) -> None:
    before = used.project.complete
    requirements = used.project.root / REQUIREMENTS
    requirements.write_text(f"{requirements.read_text()}# A change.\n")

    killed = used.project.start("--version")
    deadline = time.monotonic() + 120
    # It has its interpreter by then, by which the launcher knows an environment.
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


def test_no_python_says_where_it_was_looked_for_and_what_to_install(
    unused: Project, programs: Path, tmp_path: Path
) -> None:
    unused.environment["PATH"] = str(programs)
    unused.pants("--version").failed_with(
        "No CPython 3.9 was found, on which Pants 2.17.1 runs.",
        "python3.9 on PATH",
        f"{tmp_path}/.pyenv/versions/3.9.*",
        "apt-get install python3.9-venv",
        "brew install python@3.9",
        "pyenv install 3.9",
        "uv",
    )
    assert not unused.environments


def test_a_python39_that_does_not_run_counts_as_none(unused: Project, programs: Path) -> None:
    unused.environment["PATH"] = f"{shim(unused)}:{programs}"
    unused.pants("--version").failed_with("No CPython 3.9 was found")


def test_another_python_under_the_name_counts_as_none(unused: Project, programs: Path) -> None:
    others = [
        path
        for path in (Path(f"/usr/bin/python3.{minor}") for minor in range(6, 20))
        if path.is_file() and path.name != "python3.9"
    ]
    directory = unused.root.parent / "others"
    directory.mkdir()
    for other in others[:1]:
        (directory / "python3.9").symlink_to(other)
    unused.environment["PATH"] = f"{directory}:{programs}"
    unused.pants("--version").failed_with("No CPython 3.9 was found")


def test_a_shim_that_does_not_run_gives_way_to_a_python_behind_it_on_the_path(
    unused: Project,
) -> None:
    unused.environment["PATH"] = f"{shim(unused)}:{unused.environment['PATH']}"
    unused.pants("--version").failed_with("could not be installed")


@pytest.mark.parametrize("name", ["PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP"])
def test_what_is_meant_for_other_pythons_does_not_reach_the_launchers(
    unused: Project, tmp_path: Path, name: str
) -> None:
    tmp_path.joinpath("venv.py").write_text("raise SystemExit('the venv of the user')")
    unused.environment[name] = str(tmp_path)
    unused.pants("--version").failed_with("could not be installed")


def test_a_home_that_is_not_set_is_no_hindrance(unused: Project) -> None:
    del unused.environment["HOME"]
    unused.pants("--version").failed_with("could not be installed")


@pytest.mark.parametrize("name", ["PIP_PREFIX", "PIP_ROOT", "PIP_TARGET", "PIP_USER"])
def test_where_pip_installs_is_not_for_its_settings_to_say(
    unused: Project, tmp_path: Path, name: str
) -> None:
    wheel = tiny_wheel(tmp_path / "packages")
    unused.require(f"tiny==1 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    unused.environment[name] = "1" if name == "PIP_USER" else str(tmp_path / "elsewhere")
    # There is no Pants to run, but the environment is complete.
    unused.pants("--version")
    (environment,) = (unused.environments[name] for name in unused.complete)
    assert environment.joinpath("lib/python3.9/site-packages/tiny.py").is_file()


def tiny_wheel(directory: Path) -> Path:
    wheel = directory / "tiny-1-py3-none-any.whl"
    info = "tiny-1.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return wheel


def test_one_that_looks_for_a_python_while_another_finishes_uses_what_the_other_made(
    unused: Project, tmp_path: Path
) -> None:
    wheel = tiny_wheel(tmp_path / "packages")
    unused.require(f"tiny==1 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
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


def test_a_shim_that_does_not_run_gives_way_to_the_python_of_pyenv(
    unused: Project, programs: Path, tmp_path: Path
) -> None:
    binaries = tmp_path / "pyenv" / "versions" / "3.9.0" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python3.9").symlink_to(PYTHON39)
    unused.environment["PATH"] = f"{shim(unused)}:{programs}"
    unused.environment["PYENV_ROOT"] = str(tmp_path / "pyenv")
    # The Python was found, since it comes as far as pip.
    unused.pants("--version").failed_with("could not be installed")


def shim(project: Project) -> Path:
    """A directory with what pyenv puts on PATH for a version that is installed but not chosen."""
    directory = project.root.parent / "shims"
    directory.mkdir()
    (directory / "python3.9").write_text(
        "#!/bin/sh\necho 'pyenv: python3.9: command not found' >&2\nexit 127\n"
    )
    (directory / "python3.9").chmod(0o755)
    return directory


def test_an_index_that_cannot_be_reached_is_named_as_the_cause(unused: Project) -> None:
    del unused.environment["PIP_NO_INDEX"]
    # Port 9 is that of the discard service, which nothing offers. pip says why when it tries again.
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


def test_a_directory_that_cannot_be_written_is_named(unused: Project) -> None:
    unused.root.chmod(0o555)
    try:
        # Root writes where it likes, unless it gives that right away.
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


def test_several_environments_are_made_by_one_shell(unused: Project, tmp_path: Path) -> None:
    # As .ci/run does: making the first must not change what its caller asks for next.
    requirements = tmp_path / "requirements"
    requirements.mkdir()
    for name in ("first.txt", "second.txt"):
        (requirements / name).write_text("")
    script = (
        "set -eu\n"
        f"project='{unused.root}' requirements='{requirements}'\n"
        ". 3rdparty/python/environment.sh\n"
        'environment one "$requirements/first.txt"\n'
        'environment two "$requirements/first.txt" "$requirements/second.txt"\n'
    )
    for shell in ("sh", "bash"):
        made = subprocess.run(
            [shell, "-c", script],
            cwd=unused.root,
            env=unused.environment,
            capture_output=True,
            text=True,
        )
        assert made.returncode == 0, made
        assert [name.split("-")[0] for name in sorted(unused.complete)] == ["one", "two"]
        shutil.rmtree(unused.root / ".pants.env")
