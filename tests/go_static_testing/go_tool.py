"""This machine's real `go`, as an oracle and as the SDK under test."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from run_files import shared_caches

# Compilers need a fifth less processor time if they collect no garbage until they have a gigabyte.
FEWER_COLLECTIONS = {"GOGC": "off", "GOMEMLIMIT": "1GiB"}


@dataclass(frozen=True)
class GoTool:
    """`root` is a GOROOT, and `cache` a GOCACHE for commands that the tests run themselves."""

    root: Path
    version: str
    cache: Path

    @classmethod
    def find(cls) -> GoTool:
        """The Go in $GO_STATIC_TEST_GO, or else the first one on PATH. All tests share a cache."""
        cache = shared_caches() / "go"
        cache.mkdir(parents=True, exist_ok=True)
        root = os.environ.get("GO_STATIC_TEST_GO")
        command = os.path.join(root, "bin", "go") if root else shutil.which("go")
        if command is None or not os.access(command, os.X_OK):
            raise AssertionError(
                f"The tests need a Go SDK, and {command or 'the PATH'} has none: install Go 1.21 "
                "or newer (https://go.dev/doc/install) and put it on the PATH, or set "
                "GO_STATIC_TEST_GO to its root (the directory with bin/go)."
            )

        def ask(name: str) -> str:
            return subprocess.run(
                [str(command), "env", name],
                env={**os.environ, "GOENV": "off", "GOTOOLCHAIN": "local", "GOFLAGS": ""},
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()

        return cls(Path(ask("GOROOT")), ask("GOVERSION")[len("go") :].split()[0], cache)

    @property
    def command(self) -> Path:
        return self.root / "bin" / "go"

    @property
    def search_path(self) -> str:
        return str(self.root / "bin")

    def run(
        self, *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """`go` with its own environment, which ignores the user's `go env -w` settings."""
        return subprocess.run(
            [str(self.command), *arguments],
            cwd=cwd or self.cache,
            env={
                "GOCACHE": str(self.cache),
                "GOENV": "off",
                "GOPATH": str(self.cache / "gopath"),
                "GOPROXY": "off",
                "GOSUMDB": "off",
                "GOTELEMETRY": "off",
                "GOTOOLCHAIN": "local",
                "GOWORK": "off",
                "HOME": str(self.cache),
                "PATH": "/usr/bin:/bin",
                **FEWER_COLLECTIONS,
                **(env or {}),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def output(
        self, *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> str:
        done = self.run(*arguments, cwd=cwd, env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout
