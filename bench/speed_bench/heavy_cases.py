"""The heavy example: one program with the dependencies of a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from end_to_end.repository import PROJECT
from go_static_testing.proxy import ModuleProxy, go_sum
from speed_bench import edits
from speed_bench.bench import Bench, World, copy_sources
from speed_bench.elf import check
from speed_bench.experiment import Case, Experiment, Rounds, Side, new_number, progress
from speed_bench.measure import Usage
from speed_bench.sides import Pants, PlainGo, require_no_build

_NEW_MODULE = {"new.go": "// Package added is new.\npackage added\n\nconst Name = `added`\n"}


class HeavyWorld(World):
    def lay_out(self, tree: Path) -> None:
        directory = self.bench.sizes.example.directory
        copy_sources(PROJECT / directory, tree / directory)

    @property
    def targets(self) -> str:
        return self.bench.sizes.example.target

    @cached_property
    def warm(self) -> bool:
        """Both sides have built the unmodified example, and pantsd is running."""
        progress(f"{self.root.name}: building, so that caches are warm")
        self.pants.run("package", self.targets)
        self.build(self.go)
        return True

    def build(self, go: PlainGo) -> Usage:
        example = self.bench.sizes.example
        return go.build_into_output(example.directory, [f"./{example.command}"])


class Heavy:
    fresh_pants: Pants
    remote_pants: Pants
    fresh_go: PlainGo

    def __init__(self, bench: Bench) -> None:
        self.proxy = ModuleProxy(bench.work / "proxy")
        self.proxy.root.mkdir()
        self.example = bench.sizes.example
        # The module of `new-module` comes from a directory, all others from Go's default
        # proxy.
        self.world = HeavyWorld(
            bench,
            bench.work / "heavy",
            {"GONOSUMDB": "example.org/*", "GOPROXY": f"{self.proxy.url},{bench.go_proxy}"},
        )
        self.worlds = [self.world]

    def experiments(self) -> list[Experiment]:
        name = self.example.directory.rpartition("/")[2]
        warm = {
            "pants": self.pants(),
            "pants without pantsd": Side(lambda: self.run(pantsd=False)),
            "go": self.go(),
        }
        return [
            Experiment(
                "cold",
                [
                    Case("cold", f"{name}: cold everything, without pantsd"),
                    Case("cold-remote", f"{name}: the same, warm remote cache", ours="remote"),
                    Case(
                        "cold-remote-edit",
                        f"{name}: the same, and an edit of the main package",
                        ours="remote, edit",
                    ),
                    Case(
                        "cold-remote-module",
                        f"{name}: the same, and one new module in go.mod",
                        ours="remote, module",
                    ),
                    Case(
                        "cold-packed",
                        f"{name}: cold everything, packed for a remote cache, not uploaded",
                        ours="packed",
                    ),
                    Case(
                        "cold-remote-empty",
                        f"{name}: cold everything, and an empty remote cache to fill",
                        ours="empty remote",
                    ),
                    Case(
                        "worker-edit",
                        f"{name}: an edit of the main package, remote worker without caches",
                        ours="worker",
                    ),
                ],
                {
                    "pants": Side(self.cold_pants, self.fresh_pants_disk, self.new_pants),
                    "remote": Side(self.cold_remote, self.remote_disk, self.new_remote),
                    "remote, edit": Side(
                        self.cold_remote_build, self.remote_disk, self.new_remote_edit
                    ),
                    "remote, module": Side(
                        self.cold_remote_build, self.remote_disk_and_cache, self.new_remote_module
                    ),
                    "packed": Side(self.cold_packed, self.fresh_pants_disk, self.new_pants),
                    "empty remote": Side(
                        self.cold_remote_build, self.remote_disk, self.new_empty_remote
                    ),
                    "worker": Side(self.build_on_worker, reset=self.new_worker_edit),
                    "go": Side(self.cold_go, self.fresh_go_disk, self.new_go),
                },
                rounds=Rounds.HALF,
            ),
            Experiment(
                "cold-build",
                [Case("cold-build", f"{name}: cold build; downloads, SDK, pantsd warm")],
                {
                    "pants": self.pants(reset=lambda: self.world.pants.forget_builds()),
                    "go": self.go(reset=lambda: self.world.go.forget_builds()),
                },
                before=self.edit_code,
                rounds=Rounds.HALF,
            ),
            Experiment(
                "unchanged",
                [
                    Case("unchanged", f"{name}: nothing changed"),
                    Case(
                        "unchanged-no-pantsd",
                        f"{name}: nothing changed, without pantsd",
                        ours="pants without pantsd",
                    ),
                ],
                warm,
                before=self.warm_up,
            ),
            Experiment("edit", [Case("edit", f"{name}: code edit")], warm, before=self.edit_code),
            Experiment(
                "edit-comment",
                [Case("edit-comment", f"{name}: comment edit")],
                warm,
                before=self.edit_comment,
            ),
            Experiment(
                "new-module",
                [Case("new-module", f"{name}: one new module in go.mod")],
                warm,
                before=self.add_module,
            ),
            Experiment(
                "elf-example",
                [
                    Case("elf-in-pants", f"{name}: `pants test --force`, the ELF test", peer=""),
                    Case("elf-example", f"{name}: ELF test alone", ours="alone", peer=""),
                ],
                {
                    "pants": Side(lambda: self.run(goals=("test", "--force"))),
                    "alone": Side(self.check),
                },
                before=self.warm_up,
            ),
        ]

    def run(self, pantsd: bool = True, goals: tuple[str, ...] = ("package",)) -> Usage:
        return self.world.pants.run(*goals, self.example.target, pantsd=pantsd)

    def pants(self, reset: Callable[[], None] = lambda: None) -> Side:
        return Side(self.run, lambda: self.world.pants.disk(), reset)

    def go(self, reset: Callable[[], None] = lambda: None) -> Side:
        world = self.world
        return Side(lambda: world.build(world.go), lambda: world.go.disk(), reset)

    def check(self) -> Usage:
        return check(self.world.go.output / self.example.command.rpartition("/")[2])

    def warm_up(self) -> None:
        assert self.world.warm

    def new_pants(self) -> None:
        self.fresh_pants = self.world.fresh_pants()

    def new_remote(self) -> None:
        self.remote_pants = self.world.remote_pants()

    def new_empty_remote(self) -> None:
        self.remote_pants = self.world.empty_remote_pants()

    def new_remote_edit(self) -> None:
        self.new_remote()
        self.edit_main(self.remote_pants)

    def new_worker_edit(self) -> None:
        self.edit_main(self.world.worker_pants)

    def edit_main(self, pants: Pants) -> None:
        main = pants.tree / self.example.directory / self.example.command / "main.go"
        edits.change_code(main, new_number())

    def new_remote_module(self) -> None:
        self.new_remote()
        self.require_new_module([self.remote_pants.tree])

    def new_go(self) -> None:
        self.fresh_go = self.world.fresh_go()

    def cold_pants(self, *options: str) -> Usage:
        return self.fresh_pants.run(*options, "package", self.example.target, pantsd=False)

    def cold_packed(self) -> Usage:
        return self.cold_pants("--go-static-share-compiled=always")

    def cold_remote(self) -> Usage:
        return require_no_build(self.cold_remote_build())

    def cold_remote_build(self) -> Usage:
        return self.remote_pants.run("package", self.example.target, pantsd=False)

    def build_on_worker(self) -> Usage:
        return self.world.worker_pants.run("package", self.example.target, pantsd=False)

    def cold_go(self) -> Usage:
        return self.world.build(self.fresh_go)

    def fresh_pants_disk(self) -> dict[str, int]:
        return self.fresh_pants.disk()

    def remote_disk(self) -> dict[str, int]:
        return self.remote_pants.disk()

    def remote_disk_and_cache(self) -> dict[str, int]:
        blobs = self.world.bench.server.blobs
        return {**self.remote_disk(), "remote cache": sum(blob.stat().st_size for blob in blobs)}

    def fresh_go_disk(self) -> dict[str, int]:
        return self.fresh_go.disk()

    def edit_comment(self) -> None:
        assert self.world.warm
        number = new_number()
        for tree in self.world.trees():
            edits.change_comment(tree / self.example.directory / self.example.edited, number)

    def edit_code(self) -> None:
        assert self.world.warm
        number = new_number()
        for tree in self.world.trees():
            edits.change_code(tree / self.example.directory / self.example.edited, number)

    def add_module(self) -> None:
        assert self.world.warm
        self.require_new_module(self.world.trees())

    def require_new_module(self, trees: Iterable[Path]) -> None:
        module = f"example.org/added{new_number()}"
        self.proxy.publish(module, "v1.0.0", _NEW_MODULE)
        sums = go_sum(module, "v1.0.0", _NEW_MODULE)
        for tree in trees:
            directory = tree / self.example.directory
            edits.require(directory, self.example.command, module, "v1.0.0", sums)
