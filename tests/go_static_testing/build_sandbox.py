"""Sandboxes for the build script, laid out as Pants does it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from go_static.build import command as build_command
from go_static.build import linked, side_by_side
from go_static.go import sandbox
from go_static.go.flags import BuildFlags
from go_static.go.platforms import GoPlatform


@dataclass(frozen=True)
class BuildSandbox:
    root: Path

    @classmethod
    def lay_out(
        cls, root: Path, files: Mapping[str, str], sdk: Path, cache: Path, packages: str = ""
    ) -> BuildSandbox:
        """`files` is a module at the root of the repository, with a program in `cmd`; `cache` is
        Go's build cache. `packages` lists the packages that concurrent builds need not compile."""
        for name in ("tree", "output", "tmp", "downloads", "cache/mod"):
            (root / name).mkdir(parents=True)
        (root / "sdk").symlink_to(sdk)
        (root / "cache" / "build").symlink_to(cache)
        (root / "flags").write_text(
            build_command.build_flags(BuildFlags.create().arguments, "./cmd")
        )
        if packages:
            (root / side_by_side.PACKAGES).write_text(packages)
            (root / side_by_side.PACKAGES).chmod(0o444)
            (root / side_by_side.TOOLEXEC).write_text(build_command.TOOLEXEC_SCRIPT)
            (root / side_by_side.TOOLEXEC).chmod(0o755)
        for name, content in files.items():
            path = root / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return cls(root)

    def with_linked(self, directory: Path) -> BuildSandbox:
        """With the cache of previously linked binaries."""
        (self.root / linked.DIRECTORY).symlink_to(directory)
        return self

    def start(self) -> subprocess.Popen[str]:
        environment = sandbox.offline_environment(GoPlatform.create("linux", "amd64", None))
        command = [
            part.replace(build_command.SHARE_OF_CORES, "1")
            for part in build_command.build_command("", "some/where/it", workers=False)
        ]
        return subprocess.Popen(
            command, cwd=self.root, env=environment, stderr=subprocess.PIPE, text=True
        )

    def build(self) -> bytes:
        """The output of `go build`."""
        process = self.start()
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
        return self.output.read_bytes()

    @property
    def output(self) -> Path:
        return self.root / "output" / "it"
