"""Sandboxes for builds, laid out as Pants does it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from go_static.build.arguments import key
from go_static.builder.arguments import ARGUMENTS, GoBuild
from go_static.go import sandbox
from go_static.go.flags import BuildFlags
from go_static.go.platforms import GoPlatform


@dataclass(frozen=True)
class BuildSandbox:
    root: Path

    @classmethod
    def lay_out(
        cls,
        root: Path,
        files: Mapping[str, str],
        toolchain: tuple[Path, Path],
        cache: Path,
        packages: tuple[str, ...] = (),
    ) -> BuildSandbox:
        """`files` is a module at the root of the repository, with a program in `cmd`; `toolchain`
        are the directories of an SDK and of the builder, and `cache` is Go's build cache.
        `packages` are those that concurrent builds need not compile."""
        for name in ("tree", "output", "tmp", "downloads", "cache/mod"):
            (root / name).mkdir(parents=True)
        sdk, builder = toolchain
        (root / sandbox.SDK).symlink_to(sdk)
        shutil.copytree(builder, root / sandbox.BUILDER)
        (root / "cache" / "build").symlink_to(cache)
        arguments = GoBuild(
            directory="",
            name=f"some/where:{root.name}",
            output="it",
            kept_as=key("some/where/it"),
            flags=BuildFlags.create().arguments,
            pattern="./cmd",
            packages=packages,
        )
        (root / ARGUMENTS).write_bytes(arguments.document())
        for name, content in files.items():
            path = root / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return cls(root)

    def with_linked(self, directory: Path) -> BuildSandbox:
        """With the cache of previously linked binaries."""
        (self.root / "cache" / "linked").symlink_to(directory)
        return self

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            (f"./{sandbox.BUILDER}/builder", "build", ARGUMENTS, "1"),
            cwd=self.root,
            env=sandbox.offline_environment(GoPlatform.create("linux", "amd64", None)),
            stderr=subprocess.PIPE,
            text=True,
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
