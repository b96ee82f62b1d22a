"""The generated module: many packages, many binaries, and edits at different depths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from speed_bench import edits
from speed_bench.bench import Bench, World
from speed_bench.experiment import Case, Experiment, Rounds, Side, new_number, progress
from speed_bench.generate import CORE, many, source_of
from speed_bench.measure import Usage
from speed_bench.sides import Pants, both, require_no_build

DIRECTORY = "many"
ALL = "./cmd/..."
_BOTH_PLATFORMS = """\
go_static_binary()

go_static_binary(
    name="both",
    goarch=parametrize("amd64", "arm64"),
)
"""


class ManyWorld(World):
    def __init__(self, bench: Bench, root: Path, packages: int) -> None:
        super().__init__(bench, root)
        self.module = many(packages, bench.sizes.binaries)
        self._is_started = False
        self._is_current = False

    def lay_out(self, tree: Path) -> None:
        write_files(self.module.files(), tree / DIRECTORY)

    def warm_up(self) -> None:
        """Build everything on both sides, in its current state."""
        self.start()
        if not self._is_current:
            progress(f"{self.root.name}: building everything, so that caches are warm")
            self.pants.run("package", "::")
            self.build(ALL)
            self._is_current = True

    def start(self) -> None:
        """Start pantsd, and provide the SDK."""
        if not self._is_started:
            self.pants.run("package", f"{DIRECTORY}/{next(iter(self.module.binaries))}")
            self._is_started = True

    def build(self, *patterns: str, goarch: str = "") -> Usage:
        return self.go.build_into_output(DIRECTORY, patterns, goarch=goarch)

    def edit(self, change: Callable[[Path, int], None]) -> None:
        """An edit, after which everything is built."""
        self.warm_up()
        self._edit(change)

    def edit_for_cold_build(self) -> None:
        """An edit in the core package, followed by a build without a build cache."""
        self.start()
        self._is_current = False
        self._edit(lambda module, number: edits.change_code(module / source_of(CORE), number))

    def _edit(self, change: Callable[[Path, int], None]) -> None:
        number = new_number()
        for tree in self.trees():
            change(tree / DIRECTORY, number)

    def pants_side(self, *arguments: str, cold: bool = False) -> Side:
        return Side(
            lambda: self.pants.run("package", *arguments),
            lambda: self.pants.disk(),
            lambda: self.pants.forget_builds() if cold else None,
        )

    def fresh_side(self, create: Callable[[], Pants], unchanged: bool = False) -> Side:
        """Package everything without pantsd, on a new machine in each round; if `unchanged`, a
        remote cache must have all binaries."""
        made: list[Pants] = []

        def run() -> Usage:
            usage = made[-1].run("package", "::", pantsd=False)
            return require_no_build(usage) if unchanged else usage

        return Side(run, lambda: made[-1].disk(), lambda: made.append(create()))

    def remote_pants_after_an_edit(self) -> Pants:
        made = self.remote_pants()
        leaf = self.module.leaf
        edits.change_api(made.tree / DIRECTORY, leaf, self.module.user_of(leaf), new_number())
        return made

    def go_side(self, *patterns: str, cold: bool = False) -> Side:
        return Side(
            lambda: self.build(*patterns),
            lambda: self.go.disk(),
            lambda: self.go.forget_builds() if cold else None,
        )


def write_files(files: Mapping[str, str], directory: Path) -> None:
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


class ManyBinaries:
    def __init__(self, bench: Bench) -> None:
        self.sizes = bench.sizes
        self.world = ManyWorld(bench, bench.work / "many", bench.sizes.packages)
        self.worlds = [self.world]
        self.module = self.world.module

    def experiments(self) -> list[Experiment]:
        commands = list(self.module.binaries)
        all_of = f"{len(commands)} binaries"
        return [
            self._cold("one-binary", "1 binary, cold build", commands[:1]),
            self._cold("some-binaries", f"{self.sizes.some} binaries, cold build", self._some),
            Experiment(
                "all-binaries",
                [
                    Case("all-binaries", f"{all_of}, cold build"),
                    Case(
                        "all-binaries-discarded",
                        f"{all_of}, cold build; peer discards them (no -o)",
                        peer="go without -o",
                    ),
                    Case(
                        "all-binaries-remote",
                        f"{all_of}, cold everything, warm remote cache",
                        ours="remote",
                    ),
                    Case(
                        "leaf-remote",
                        f"{all_of}, the same, and an API edit in a leaf (1 of {all_of})",
                        ours="remote, leaf",
                    ),
                    Case(
                        "all-binaries-remote-empty",
                        f"{all_of}, cold everything, and an empty remote cache to fill",
                        ours="empty remote",
                    ),
                ],
                {
                    "pants": self.world.pants_side("::", cold=True),
                    "remote": self.world.fresh_side(self.world.remote_pants, unchanged=True),
                    "remote, leaf": self.world.fresh_side(self.world.remote_pants_after_an_edit),
                    "empty remote": self.world.fresh_side(self.world.empty_remote_pants),
                    "go": self.world.go_side(ALL, cold=True),
                    "go without -o": Side(
                        lambda: self.world.go.build(DIRECTORY, ALL),
                        reset=lambda: self.world.go.forget_builds(),
                    ),
                },
                before=self.world.edit_for_cold_build,
                rounds=Rounds.HALF,
            ),
            Experiment(
                "all-unchanged",
                [
                    Case("all-unchanged", f"{all_of}: nothing changed"),
                    Case(
                        "all-unchanged-no-pantsd",
                        f"{all_of}: nothing changed, without pantsd",
                        ours="pants without pantsd",
                    ),
                ],
                {
                    "pants": self.world.pants_side("::"),
                    "pants without pantsd": Side(
                        lambda: self.world.pants.run("package", "::", pantsd=False)
                    ),
                    "go": self.world.go_side(ALL),
                },
                before=self.world.warm_up,
            ),
            Experiment(
                "unlisted",
                [Case("unlisted", f"{all_of}: edit of a file that none lists")],
                {
                    "pants": self.world.pants_side("::"),
                    "go": self.world.go_side(ALL),
                },
                before=lambda: self.world.edit(self._edit_a_test),
            ),
            *self._edits("leaf", "a leaf", self.module.leaf),
            *self._edits("middle", "the middle", self.module.middle, rounds=Rounds.HALF),
            *self._edits("core", "what all import", CORE, rounds=Rounds.HALF),
            Experiment(
                "platforms",
                [Case("two-platforms", "1 binary for 2 platforms, cold build")],
                {
                    "pants": self.world.pants_side(f"{DIRECTORY}/{commands[0]}:both", cold=True),
                    "go": Side(self._both_platforms, reset=lambda: self.world.go.forget_builds()),
                },
                before=self._add_platforms,
                rounds=Rounds.HALF,
            ),
        ]

    @property
    def _some(self) -> list[str]:
        return list(self.module.binaries)[: self.sizes.some]

    def _cold(self, name: str, title: str, commands: Sequence[str]) -> Experiment:
        targets = [f"{DIRECTORY}/{command}" for command in commands]
        patterns = [f"./{command}" for command in commands]
        return Experiment(
            name,
            [Case(name, title)],
            {
                "pants": self.world.pants_side(*targets, cold=True),
                "go": self.world.go_side(*patterns, cold=True),
            },
            before=self.world.edit_for_cold_build,
            rounds=Rounds.HALF,
        )

    def _edits(
        self, name: str, where: str, package: str, rounds: Rounds = Rounds.ALL
    ) -> list[Experiment]:
        """Pants builds everything; the peer builds only affected binaries, as if you knew them."""
        affected = [f"./{command}" for command in self.module.using(package)]
        user = self.module.user_of(package)
        sides = {
            "pants": self.world.pants_side("::"),
            "go": self.world.go_side(*affected),
        }
        part = f"{len(affected)} of {len(self.module.binaries)} binaries"

        def comment(module: Path, number: int) -> None:
            edits.change_comment(module / source_of(package), number)

        def api(module: Path, number: int) -> None:
            edits.change_api(module, package, user, number)

        return [
            Experiment(
                f"{name}-comment",
                [Case(f"{name}-comment", f"comment edit in {where} ({part})")],
                sides,
                before=lambda: self.world.edit(comment),
                rounds=rounds,
            ),
            Experiment(
                f"{name}-api",
                [Case(f"{name}-api", f"API edit in {where} ({part})")],
                sides,
                before=lambda: self.world.edit(api),
                rounds=rounds,
            ),
        ]

    def _edit_a_test(self, module: Path, number: int) -> None:
        leaf = self.module.leaf
        edits.change_comment(module / leaf / f"{leaf.rpartition('/')[2]}_test.go", number)

    def _add_platforms(self) -> None:
        self.world.edit_for_cold_build()
        command = next(iter(self.module.binaries))
        (self.world.pants.tree / DIRECTORY / command / "BUILD").write_text(_BOTH_PLATFORMS)

    def _both_platforms(self) -> Usage:
        command = f"./{next(iter(self.module.binaries))}"
        return both(*(self.world.build(command, goarch=arch) for arch in ("amd64", "arm64")))


class FewerPackages:
    """The same in smaller modules, to measure growth with the number of packages."""

    def __init__(self, bench: Bench, packages: int) -> None:
        self.world = ManyWorld(bench, bench.work / f"many-{packages}", packages)
        self.worlds = [self.world]
        self.packages = packages

    def experiments(self) -> list[Experiment]:
        name = f"packages-{self.packages}"
        binaries = len(self.world.module.binaries)
        return [
            Experiment(
                name,
                [Case(name, f"{self.packages} packages, {binaries} binaries, cold build")],
                {
                    "pants": self.world.pants_side("::", cold=True),
                    "go": self.world.go_side(ALL, cold=True),
                },
                before=self.world.edit_for_cold_build,
                rounds=Rounds.ONE,
            )
        ]
