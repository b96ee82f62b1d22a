"""A real repository on disk, and a real Pants to run in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from removal import remove

PROJECT = Path(__file__).resolve().parents[2]

_PANTS_TOML = """\
[GLOBAL]
pythonpath = ["{source}"]
backend_packages = [{backends}]
local_store_dir = "{caches}/store"
named_caches_dir = "{caches}/named"
pants_distdir = "%(buildroot)s/dist"
{global_options}

[anonymous-telemetry]
enabled = false
{options}
"""

# A file that the .gitignore of each repository names.
IGNORED = "ignored/words/text.go"

# Created with the tests' environment; nothing else of it reaches Pants.
_PASSED_ON = (
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "https_proxy",
    "http_proxy",
    "no_proxy",
)


@dataclass(frozen=True)
class Toolbox:
    """`pants` and `go` are absolute paths; `caches` is a directory for Pants's caches."""

    pants: Path
    go: Path
    caches: Path

    @classmethod
    def find(cls, caches: Path) -> Toolbox:
        pants = os.environ.get("PANTS_EXE") or str(PROJECT / "pants")
        root = os.environ.get("GO_STATIC_TEST_GO")
        go = Path(root, "bin", "go") if root else Path(shutil.which("go") or "missing")
        if not go.is_file():
            raise AssertionError(
                "The tests need a Go SDK: run them through ./run-tests, which brings one, or put "
                "`go` on the PATH."
            )
        return cls(Path(pants), go.absolute(), caches)

    def environment(self, home: Path) -> dict[str, str]:
        """A minimal environment, with Go on PATH, and the clang that ./pants brings. Each home
        directory has a directory for temporary files, where Pants makes its sandboxes."""
        tools = os.environ.get("GO_STATIC_TEST_TOOLS", "")
        temporary = home.with_name(f"{home.name}-tmp")
        temporary.mkdir(parents=True, exist_ok=True)
        return {
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "NO_SCIE_WARNING": "1",
            "PATH": f"{self.go.parent}:/usr/bin:/bin:{tools}",
            "TERM": "dumb",
            "TMPDIR": str(temporary),
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        }


@dataclass(frozen=True)
class Result:
    """The result of a run of Pants; `log` is its standard error."""

    command: str
    exit_code: int
    output: str
    log: str

    @property
    def built(self) -> tuple[str, ...]:
        """The binaries for which `go build` was started, as `address for platform`."""
        return tuple(dict.fromkeys(re.findall(r"Starting: Build (.+)", self.log)))

    @property
    def all_text(self) -> str:
        return f"$ {self.command}\n{self.output}\n{self.log}"

    @property
    def text_of_backend(self) -> str:
        """All output, except what newer Pants logs at `-ldebug` before this backend runs: its
        client lists the variables that it passes to pantsd (docs/private-modules.md)."""
        lines = self.all_text.splitlines()
        return "\n".join(line for line in lines if " nails::client] " not in line)

    def succeeded(self) -> Result:
        assert self.exit_code == 0, self.all_text
        return self

    def failed_with(self, *parts: str) -> Result:
        """Check that the run failed with this text, ignoring white space."""
        assert self.exit_code != 0, f"expected an error\n{self.all_text}"
        said = _folded(self.log)
        for part in parts:
            assert _folded(part) in said, f"not said: {part}\n{self.all_text}"
        return self


def _folded(text: str) -> str:
    return " ".join(text.split())


@dataclass
class Repository:
    root: Path
    toolbox: Toolbox
    pantsd: bool
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def create(
        cls,
        root: Path,
        toolbox: Toolbox,
        *,
        pantsd: bool = False,
        backends: tuple[str, ...] = ("go_static",),
        global_options: str = "",
        options: str = "",
        caches: Path | None = None,
        source: Path = PROJECT / "src" / "python",
    ) -> Repository:
        """`source` is the directory of the backend."""
        root.mkdir(parents=True, exist_ok=True)
        home = root.parent / f"{root.name}-home"
        home.mkdir(exist_ok=True)
        (root / "pants.toml").write_text(
            _PANTS_TOML.format(
                source=source,
                backends=", ".join(f'"{backend}"' for backend in backends),
                caches=caches or toolbox.caches,
                global_options=global_options,
                options=options,
            )
        )
        # Present from the start: pantsd restarts if it is added or deleted.
        (root / ".gitignore").write_text(f"/.pants.d/\n/.pids/\n/dist/\n/{IGNORED}\n")
        return cls(root, toolbox, pantsd, toolbox.environment(home))

    def write(self, files: Mapping[str, str]) -> None:
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    def copy(self, source: Path, name: str) -> None:
        shutil.copytree(source, self.root / name, dirs_exist_ok=True)

    def pants(self, *arguments: str, env: Mapping[str, str] | None = None) -> Result:
        command = [
            str(self.toolbox.pants),
            "--pantsd" if self.pantsd else "--no-pantsd",
            "--no-dynamic-ui",
            "--no-colors",
            *arguments,
        ]
        done = subprocess.run(
            command,
            cwd=self.root,
            env={**self.environment, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            # Far longer than any run takes, so that a hang is an error.
            timeout=900,
        )
        if not self.pantsd:
            # Pants leaves behind everything that it laid out for processes, including an SDK.
            for left in Path(self.environment["TMPDIR"]).iterdir():
                remove(left)
        return Result(" ".join(command), done.returncode, done.stdout, done.stderr)

    @property
    def pants_version(self) -> tuple[int, ...]:
        """The major and the minor version of the Pants under test."""
        version = self.pants("--version").succeeded().output
        return tuple(map(int, re.findall(r"\d+", version)[:2]))

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def go(
        self, *arguments: str, cwd: str = ".", env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Plain `go`, for comparison."""
        return subprocess.run(
            [str(self.toolbox.go), *arguments],
            cwd=self.root / cwd,
            env={**self.environment, "GOENV": "off", "GOTOOLCHAIN": "local", **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, program: Path, *arguments: str) -> str:
        """The output of a program, which must succeed."""
        done = subprocess.run(
            [str(program), *arguments],
            env={"HOME": self.environment["HOME"]},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    @property
    def dist(self) -> dict[str, Path]:
        """The files below dist/, by path."""
        dist = self.root / "dist"
        return {
            str(path.relative_to(dist)): path for path in sorted(dist.rglob("*")) if path.is_file()
        }

    def clear(self) -> None:
        """Delete everything except the configuration."""
        for path in self.root.iterdir():
            if path.name not in (".gitignore", ".pants.d", ".pids", "pants.toml"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def stop_pantsd(self) -> None:
        for pid_file in self.root.glob(".p*/**/pantsd/pid"):
            _terminate(int(pid_file.read_text()))


def _terminate(pid: int) -> None:
    try:
        os.kill(pid, 15)
    except ProcessLookupError:
        return
