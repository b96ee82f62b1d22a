"""Go tests: a generated module whose packages all have tests, beside `go test`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from speed_bench import edits
from speed_bench.bench import Bench, World
from speed_bench.experiment import Case, Experiment, Rounds, Side, new_number, progress
from speed_bench.generate import CORE, many, source_of
from speed_bench.many_cases import write_files

DIRECTORY = "tested"


class TestedWorld(World):
    __test__ = False

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, bench.work / "tested")
        self.module = many(bench.sizes.tested, 1)
        self._is_warm = False

    def lay_out(self, tree: Path) -> None:
        # A command would have an ELF test too.
        files = self.module.files().items()
        packages = {name: content for name, content in files if not name.startswith("cmd/")}
        write_files(packages, tree / DIRECTORY)

    def warm_up(self) -> None:
        """Run all tests on both sides, in their current state."""
        if not self._is_warm:
            progress(f"{self.root.name}: running all tests, so that caches are warm")
            self.pants.run("test", "::")
            self.go.test(DIRECTORY, "./...")
            self._is_warm = True

    def edit(self, package: str) -> None:
        number = new_number()
        for tree in self.trees():
            edits.change_code(tree / DIRECTORY / source_of(package), number)


class TestedPackages:
    __test__ = False

    def __init__(self, bench: Bench) -> None:
        self.world = TestedWorld(bench)
        self.worlds = [self.world]

    def experiments(self) -> list[Experiment]:
        packages = f"tests of {len(self.world.module.imports)} packages"
        leaf = self.world.module.leaf
        return [
            self._experiment(
                "tests-unchanged", f"{packages}: nothing changed", "./...", self.world.warm_up
            ),
            self._experiment(
                "tests-edit",
                f"{packages}: code edit in one; peer: `go test` of that package",
                f"./{leaf}",
                lambda: self._edit_warm(leaf),
            ),
            self._experiment(
                "tests-cold",
                f"{packages}: cold build; SDK, pantsd warm; peer: `go test ./...`",
                "./...",
                lambda: self._edit_warm(CORE),
                cold=True,
            ),
        ]

    def _edit_warm(self, package: str) -> None:
        self.world.warm_up()
        self.world.edit(package)

    def _experiment(
        self, name: str, title: str, pattern: str, before: Callable[[], None], cold: bool = False
    ) -> Experiment:
        return Experiment(
            name,
            [Case(name, title)],
            {
                "pants": Side(
                    lambda: self.world.pants.run("test", "::"),
                    lambda: self.world.pants.disk(),
                    lambda: self.world.pants.forget_builds() if cold else None,
                ),
                "go": Side(
                    lambda: self.world.go.test(DIRECTORY, pattern),
                    lambda: self.world.go.disk(),
                    lambda: self.world.go.forget_builds() if cold else None,
                ),
            },
            before=before,
            rounds=Rounds.HALF if cold else Rounds.ALL,
        )
