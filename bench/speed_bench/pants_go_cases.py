"""The smallest generated module, built by this backend, by Pants's own Go backend and by `go`."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from end_to_end.cache_server import CacheServer
from end_to_end.go_sdks import OLDEST, go_sdk
from end_to_end.pants_go import OURS, PANTSS
from end_to_end.remote_worker import RemoteWorker
from speed_bench.bench import Bench
from speed_bench.experiment import Case, Experiment, Rounds
from speed_bench.generate import Many
from speed_bench.many_cases import ALL, DIRECTORY, ManyWorld, write_files
from speed_bench.sides import Pants, PlainGo


class PantsGoWorld(ManyWorld):
    """The module for one of the two backends. Pants 2.17's own builds with no Go newer than 1.21,
    because it passes the assembler a flag that later releases lack."""

    def __init__(self, bench: Bench, name: str, backend: str) -> None:
        super().__init__(bench, bench.work / name, bench.sizes.fewer[0])
        self.backend = backend

    @cached_property
    def sdk(self) -> Path:
        return go_sdk(OLDEST)

    def lay_out(self, tree: Path) -> None:
        super().lay_out(tree)
        if self.backend != OURS:
            write_files(pantss_targets(self.module), tree / DIRECTORY)

    def _pants(
        self,
        name: str,
        *,
        server: CacheServer | RemoteWorker | None = None,
        caches: Path | None = None,
    ) -> Pants:
        made = super()._pants(name, server=server, caches=caches)
        made.repository.environment.update(
            PANTS_BACKEND_PACKAGES=f'["{self.backend}"]',
            PANTS_GO_SDK_SEARCH_PATHS=f'["{self.sdk}"]',
            PANTS_GOLANG_CGO_ENABLED="false",
            PANTS_GOLANG_GO_SEARCH_PATHS=f'["{self.sdk}"]',
        )
        return made

    def _go(self, name: str, caches: Path | None = None) -> PlainGo:
        made = super()._go(name, caches)
        made.go = self.sdk / "go"
        return made


def pantss_targets(module: Many) -> dict[str, str]:
    """The BUILD files for Pants's own Go backend."""
    return {
        "BUILD": "go_mod()\n",
        **{f"{package}/BUILD": "go_package()\n" for package in module.imports},
        **{
            f"{command}/BUILD": 'go_binary(name="bin")\n\ngo_package()\n'
            for command in module.binaries
        },
    }


class BesidePantsGo:
    def __init__(self, bench: Bench) -> None:
        self.ours = PantsGoWorld(bench, "beside-pants-go", OURS)
        self.pantss = PantsGoWorld(bench, "pants-go", PANTSS[0])
        self.worlds = [self.ours, self.pantss]

    def experiments(self) -> list[Experiment]:
        module = self.ours.module
        size = f"{len(module.imports)} packages, {len(module.binaries)} binaries, Go {OLDEST}"
        ours, pantss = self.ours, self.pantss
        return [
            Experiment(
                "pants-go",
                [
                    Case(
                        "pants-go-cold",
                        f"{size}: cold everything, without pantsd",
                        pants_go="Pants's own",
                    ),
                    Case(
                        "pants-go-remote",
                        f"{size}: the same, warm remote cache",
                        ours="remote",
                        pants_go="Pants's own, remote",
                    ),
                    Case(
                        "pants-go-leaf",
                        f"{size}: the same, and an API edit in a leaf",
                        ours="remote, leaf",
                        pants_go="Pants's own, remote, leaf",
                    ),
                ],
                {
                    "pants": ours.fresh_side(ours.fresh_pants),
                    "remote": ours.fresh_side(ours.remote_pants, unchanged=True),
                    "remote, leaf": ours.fresh_side(ours.remote_pants_after_an_edit),
                    "go": ours.go_side(ALL, cold=True),
                    "Pants's own": pantss.fresh_side(pantss.fresh_pants),
                    "Pants's own, remote": pantss.fresh_side(pantss.remote_pants),
                    "Pants's own, remote, leaf": pantss.fresh_side(
                        pantss.remote_pants_after_an_edit
                    ),
                },
                rounds=Rounds.ONE,
            )
        ]
