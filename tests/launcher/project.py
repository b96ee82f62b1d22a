"""Projects in which the launcher runs as for a user: real interpreters, a real pip, a real Pants.

Each is a directory with a copy of `./pants` and the files that it reads. When the launcher creates
an environment, it uses the settings and the cache of the user's own pip.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path("3rdparty", "python", "pants-requirements.txt")
VERSION = "2.17.1\n"

# An interpreter for the launcher, other than the one in the tests' environment.
PYTHON39 = Path(sys.base_prefix, "bin", "python3.9")

PANTS_TOML = """\
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
        """Check an error of the launcher: it is on standard error only, and the exit code is 1."""
        assert (self.exit_code, self.output) == (1, ""), self
        for part in parts:
            assert part in self.errors, self
        return self


@dataclass
class Project:
    """A directory with a copy of the launcher, and the environment variables to run it with."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def create(cls, root: Path, environment: dict[str, str]) -> Project:
        root.mkdir()
        shutil.copy(SOURCE / "pants", root)
        shutil.copytree(SOURCE / REQUIREMENTS.parent, root / REQUIREMENTS.parent)
        (root / "pants.toml").write_text(PANTS_TOML)
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
        """The contents of the environments' directory, by name."""
        return {path.name: path for path in self.root.glob(".pants.env/*") if path.is_dir()}

    @property
    def complete(self) -> set[str]:
        """The environments that the launcher would use."""
        return {name for name in self.environments if not name.endswith(".unfinished")}

    def require(self, requirement: str) -> None:
        """Make the project require exactly this."""
        (self.root / REQUIREMENTS).write_text(requirement)

    def require_tiny_pants(self) -> None:
        """Make it require a package whose `pants` prints its arguments, for tests of environments
        rather than of Pants. pip installs it in a second."""
        self.require(self.tiny(1))

    def tiny(self, version: int) -> str:
        """A requirement of this version of that package, for which pip finds a wheel."""
        wheel = Path(self.environment["PIP_FIND_LINKS"], f"tiny-{version}-py3-none-any.whl")
        _write_tiny_wheel(wheel, version)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        return f"tiny=={version} --hash=sha256:{digest}\n"

    def stop_pantsd(self) -> None:
        for pid_file in self.root.glob(".p*/**/pantsd/pid"):
            os.kill(int(pid_file.read_text()), signal.SIGTERM)


def _write_tiny_wheel(wheel: Path, version: int) -> None:
    info = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", f"VERSION = {version}\n")
        archive.writestr(
            f"tiny-{version}.data/scripts/pants",
            '#!python\nimport sys\nprint("tiny", *sys.argv[1:])\n',
        )
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        files = ("tiny.py", f"{info}/METADATA", f"{info}/WHEEL", f"{info}/RECORD")
        archive.writestr(f"{info}/RECORD", "".join(f"{file},,\n" for file in files))


@dataclass(frozen=True)
class Run:
    process: subprocess.Popen[str]

    def result(self) -> Result:
        output, errors = self.process.communicate()
        return Result(self.process.returncode, output, errors)

    def kill(self) -> Result:
        """Kill the launcher and all its processes, as the kernel does when memory runs out."""
        os.killpg(self.process.pid, signal.SIGKILL)
        return self.result()


def users_environment(path: str) -> dict[str, str]:
    """The user's own variables, with which pip works, without those of the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GO", "PANTS", "PYENV", "PYTEST", "PYTHON", "VIRTUAL_ENV"))
    }
    kept.pop("NO_SCIE_WARNING", None)
    return {**kept, "PATH": path}


def bring_environments(project: Path) -> None:
    """Give a copy of the project the environments of its launcher, which take minutes to make."""
    (project / ".pants.env").mkdir()
    for made in (SOURCE / ".pants.env").glob("pants-*[0-9]"):
        (project / ".pants.env" / made.name).symlink_to(made.resolve())
