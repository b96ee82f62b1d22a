"""Shared by all experiments: sizes, tools, a directory, a cache server, and worlds to work in."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from end_to_end.cache_server import CacheServer, cache_server
from end_to_end.remote_worker import RemoteWorker, remote_worker
from end_to_end.repository import Toolbox
from speed_bench.experiment import new_number, progress
from speed_bench.sides import Pants, PlainGo, remove


@dataclass(frozen=True)
class Example:
    """An example module of the project: its directory, its command, and a file to edit in a package
    that most of its packages import."""

    directory: str
    command: str
    edited: str

    @property
    def target(self) -> str:
        name = self.command.rpartition("/")[2]
        return f"{self.directory}/{self.command}:{name}"


@dataclass(frozen=True)
class Sizes:
    """The size of the work: `packages` and `binaries` of the generated module, `some` of which are
    also built alone; `fewer` packages, to measure growth; `megabytes` of binaries; and `tested`
    packages in a module with tests."""

    example: Example
    packages: int
    binaries: int
    some: int
    fewer: tuple[int, ...]
    megabytes: tuple[int, ...]
    tested: int

    @property
    def growth(self) -> dict[str, dict[str, int]]:
        """The cases that show growth: by the quantity that grows, with its value."""
        return {
            "packages": {
                **{f"packages-{packages}": packages for packages in self.fewer},
                "all-binaries": self.packages,
            },
            "binaries": {
                "one-binary": 1,
                "some-binaries": self.some,
                "all-binaries": self.binaries,
            },
            "MB": {f"megabytes-{megabytes}": megabytes for megabytes in self.megabytes},
        }


FULL = Sizes(
    Example("src/go/agent", "cmd/agent", "internal/report/report.go"),
    packages=2000,
    binaries=50,
    some=10,
    fewer=(125, 500),
    megabytes=(5, 60, 600),
    tested=200,
)
QUICK = Sizes(
    Example("src/go/site", "cmd/siteserver", "internal/render/page.go"),
    packages=60,
    binaries=4,
    some=2,
    fewer=(20,),
    megabytes=(5, 20, 60),
    tested=20,
)


@dataclass
class Bench:
    work: Path
    toolbox: Toolbox
    sizes: Sizes
    resources: contextlib.ExitStack

    @cached_property
    def server(self) -> CacheServer:
        return self.new_server()

    def new_server(self) -> CacheServer:
        directory = self.work / f"server-{new_number()}"
        return self.resources.enter_context(cache_server(directory))

    @cached_property
    def worker(self) -> RemoteWorker:
        return self.resources.enter_context(remote_worker(self.work / "worker"))

    @cached_property
    def go_proxy(self) -> str:
        """The module proxy that this Go uses by default."""
        return subprocess.check_output(
            [str(self.toolbox.go), "env", "GOPROXY"],
            env={**self.toolbox.environment(self.work / "home"), "GOENV": "off"},
            text=True,
        ).strip()


@dataclass
class World:
    """The same sources for both sides, each in its own tree, with `environment` for both."""

    bench: Bench
    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def lay_out(self, tree: Path) -> None:
        raise NotImplementedError

    @property
    def targets(self) -> str:
        """The binaries to build."""
        return "::"

    @cached_property
    def pants(self) -> Pants:
        """A machine that persists. It continues from a fresh one, if there was one."""
        return self._pants("pants", caches=existing(self.root / "fresh-pants" / "caches"))

    @cached_property
    def go(self) -> PlainGo:
        return self._go("go", caches=existing(self.root / "fresh-go" / "caches"))

    def fresh_pants(self) -> Pants:
        """A machine with empty caches, which replaces the previous one."""
        return self._pants("fresh-pants")

    def remote_pants(self) -> Pants:
        """A machine with empty caches, and a remote cache with all results."""
        assert self.remote_cache_is_full
        return self._pants("remote-pants", server=self.bench.server)

    def empty_remote_pants(self) -> Pants:
        """A machine with empty caches, and an empty remote cache."""
        return self._pants("remote-pants", server=self.bench.new_server())

    def fresh_go(self) -> PlainGo:
        return self._go("fresh-go")

    @cached_property
    def remote_cache_is_full(self) -> bool:
        progress(f"{self.root.name}: filling the remote cache")
        self._pants("filler", server=self.bench.server).run("package", self.targets, pantsd=False)
        remove(self.root / "filler")
        return True

    @cached_property
    def worker_pants(self) -> Pants:
        """A machine whose processes run on a worker without build cache, which has run all."""
        progress(f"{self.root.name}: building on a remote worker")
        made = self._pants("worker-pants", server=self.bench.worker)
        made.run("package", self.targets, pantsd=False)
        return made

    def trees(self) -> tuple[Path, Path]:
        return self.pants.tree, self.go.tree

    def end(self) -> None:
        """Stop all processes, and delete all files."""
        if "pants" in self.__dict__:
            self.pants.stop()
        if self.root.exists():
            progress(f"removing what {self.root.name} has left")
            remove(self.root)

    def _pants(
        self,
        name: str,
        *,
        server: CacheServer | RemoteWorker | None = None,
        caches: Path | None = None,
    ) -> Pants:
        remove(self.root / name)
        made = Pants.create(
            self.root / name,
            self.bench.toolbox,
            caches=caches,
            global_options=server.options if server else "",
            environment=self.environment,
        )
        self.lay_out(made.tree)
        return made

    def _go(self, name: str, caches: Path | None = None) -> PlainGo:
        remove(self.root / name)
        made = PlainGo.create(self.root / name, self.bench.toolbox, self.environment, caches)
        self.lay_out(made.tree)
        return made


def existing(path: Path) -> Path | None:
    return path if path.exists() else None


def copy_sources(source: Path, target: Path) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True)
