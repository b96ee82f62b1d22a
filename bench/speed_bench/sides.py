"""The two sides of the comparison: Pants with this backend, and plain `go build`."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from end_to_end.repository import Repository, Toolbox
from speed_bench import measure
from speed_bench.measure import CannotMeasureError, Usage

FLAGS = ("-trimpath", "-buildvcs=false", "-tags=netgo,osusergo")


@dataclass
class Pants:
    """A repository with its own Pants caches, below `root`."""

    repository: Repository
    root: Path

    @classmethod
    def create(
        cls,
        root: Path,
        toolbox: Toolbox,
        *,
        caches: Path | None = None,
        global_options: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> Pants:
        """`caches` are taken over from another repository."""
        root.mkdir(parents=True)
        own = replace(toolbox, caches=caches or root / "caches")
        repository = Repository.create(
            root / "repository", own, pantsd=True, global_options=global_options
        )
        repository.environment.update(environment or {})
        return cls(repository, root)

    @property
    def tree(self) -> Path:
        return self.repository.root

    @property
    def caches(self) -> Path:
        return self.repository.toolbox.caches

    def run(self, *arguments: str, pantsd: bool = True) -> Usage:
        """Run Pants once, measured."""
        # Without pantsd, Pants leaves behind everything that it laid out for processes,
        # including an SDK.
        sandboxes = Path(tempfile.mkdtemp(dir=self.root)) if not pantsd else self.root / "sandboxes"
        sandboxes.mkdir(exist_ok=True)
        usage = measure.run(
            [
                self.repository.toolbox.pants,
                "--pantsd" if pantsd else "--no-pantsd",
                f"--local-execution-root-dir={sandboxes}",
                "--no-dynamic-ui",
                "--no-colors",
                *arguments,
            ],
            self.tree,
            self.repository.environment,
            self.daemon if pantsd else measure.no_daemon,
        )
        measure.wait_until_idle(self.daemon() if pantsd else None)
        if not pantsd:
            remove(sandboxes)
        return usage

    def daemon(self) -> int | None:
        """The process of pantsd, if it is running."""
        for pattern in (".pids/*/pantsd/pid", ".pants.d/pids/*/pantsd/pid"):
            for file in self.tree.glob(pattern):
                text = file.read_text().strip()
                return int(text) if text else None
        return None

    def forget_builds(self) -> None:
        """Empty Go's build cache."""
        remove(self.caches / "named" / "go_static_build")

    def disk(self) -> dict[str, int]:
        return {
            "store": measure.disk(self.caches / "store"),
            "caches": measure.disk(self.caches / "named"),
            "binaries": measure.disk(self.tree / "dist"),
        }

    def stop(self) -> None:
        self.repository.stop_pantsd()


def built(usage: Usage) -> int:
    """The number of builds that Pants has finished. It cancels builds whose result a cache has, and
    builds that it restarts with another share of the CPUs."""
    return len(re.findall(r"Completed: Build .+ for ", usage.log))


def require_no_build(usage: Usage) -> Usage:
    """:raises CannotMeasureError: Pants has started `go build`."""
    if built(usage):
        raise CannotMeasureError(
            f"Pants has run `go build`, for which there was no reason:\n{usage.log}"
        )
    return usage


@dataclass
class PlainGo:
    """A developer's machine without Pants: a copy of the sources, and Go's caches."""

    go: Path
    root: Path
    caches: Path
    environment: dict[str, str]

    @classmethod
    def create(
        cls,
        root: Path,
        toolbox: Toolbox,
        environment: Mapping[str, str],
        caches: Path | None = None,
    ) -> PlainGo:
        """`caches` are taken over from another tree."""
        caches = caches or root / "caches"
        (root / "tree").mkdir(parents=True)
        (root / "home").mkdir()
        settings = {
            **toolbox.environment(root / "home"),
            "CGO_ENABLED": "0",
            "GOCACHE": str(caches / "build"),
            "GOENV": "off",
            "GOFLAGS": "-modcacherw",
            "GOMODCACHE": str(caches / "modules"),
            "GOTELEMETRY": "off",
            "GOTOOLCHAIN": "local",
            **environment,
        }
        return cls(toolbox.go, root, caches, settings)

    @property
    def tree(self) -> Path:
        return self.root / "tree"

    @property
    def output(self) -> Path:
        return self.root / "output"

    def build(self, directory: str, *arguments: str, goarch: str = "") -> Usage:
        """Run `go build` in a directory of the tree, measured."""
        return measure.run(
            [self.go, "build", *FLAGS, *arguments],
            self.tree / directory,
            {**self.environment, "GOARCH": goarch} if goarch else self.environment,
        )

    def test(self, directory: str, pattern: str) -> Usage:
        """Run `go test` in a directory of the tree, measured; Pants does not run vet either."""
        return measure.run(
            [self.go, "test", "-vet=off", *FLAGS, pattern],
            self.tree / directory,
            self.environment,
        )

    def build_into_output(self, directory: str, patterns: Sequence[str], goarch: str = "") -> Usage:
        output = self.output / goarch if goarch else self.output
        output.mkdir(parents=True, exist_ok=True)
        return self.build(directory, "-o", f"{output}/", *patterns, goarch=goarch)

    def forget_builds(self) -> None:
        remove(self.caches / "build")
        remove(self.output)

    def disk(self) -> dict[str, int]:
        return {
            "caches": measure.disk(self.caches),
            "binaries": measure.disk(self.output),
        }


def remove(directory: Path) -> None:
    """Delete a tree if it exists; its directories may be read-only."""
    for parent, _, _ in os.walk(directory):
        os.chmod(parent, 0o755)
    if directory.exists():
        shutil.rmtree(directory)


def both(first: Usage, second: Usage) -> Usage:
    """Two commands, one after the other."""
    return Usage(
        first.seconds + second.seconds,
        first.cpu + second.cpu,
        max(first.memory, second.memory),
        max(first.largest, second.largest),
        first.log + second.log,
    )
