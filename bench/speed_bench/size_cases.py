"""Binaries of several sizes: the duration of the ELF test, and of a build after an edit."""

from __future__ import annotations

import random
from functools import cached_property, partial
from pathlib import Path

from speed_bench import edits
from speed_bench.bench import Bench, World
from speed_bench.elf import check, python
from speed_bench.experiment import Case, Experiment, Rounds, Side, new_number, progress
from speed_bench.measure import Usage

# The size of the program without its asset.
_PROGRAM = 3_400_000
_MAIN = """\
// Command sized has an asset, and uses the packages for which the tags count.
package main

import (
	"fmt"
	"net"
	"os/user"

	"example.com/sized/asset"
)

func main() {
	fmt.Println(user.Current())
	fmt.Println(net.LookupHost("localhost"))
	fmt.Println(len(asset.Data))
}
"""
_ASSET = """\
// Package asset holds data.
package asset

import _ "embed"

// Data is large.
//
//go:embed data
var Data string
"""


class SizedWorld(World):
    """One module per size, so that no listing contains the asset of another."""

    def lay_out(self, tree: Path) -> None:
        files = {
            "BUILD": 'go_module(name="mod")\n\ngo_static_binary()\n',
            "go.mod": "module example.com/sized\n\ngo 1.21\n",
            "main.go": _MAIN,
            "asset/asset.go": _ASSET,
        }
        for megabytes in self.bench.sizes.megabytes:
            module = tree / f"sized{megabytes}"
            (module / "asset").mkdir(parents=True)
            for name, content in files.items():
                (module / name).write_text(content)
            write_noise(module / "asset" / "data", megabytes * 1_000_000 - _PROGRAM)

    @cached_property
    def built(self) -> bool:
        """Plain `go build` has built everything."""
        progress(f"{self.root.name}: building, so that caches are warm")
        for megabytes in self.bench.sizes.megabytes:
            self.build(megabytes)
        return True

    @cached_property
    def warm(self) -> bool:
        """Both sides have built everything."""
        assert self.built
        self.pants.run("package", "::")
        return True

    def check(self, megabytes: int) -> Usage:
        return check(self.go.output / str(megabytes))

    def build(self, megabytes: int) -> Usage:
        self.go.output.mkdir(exist_ok=True)
        output = f"{self.go.output}/{megabytes}"
        return self.go.build(f"sized{megabytes}", "-o", output, ".")

    def edit(self, megabytes: int) -> None:
        assert self.warm
        number = new_number()
        for tree in self.trees():
            edits.change_code(tree / f"sized{megabytes}" / "main.go", number)


def write_noise(path: Path, size: int) -> None:
    """An incompressible file, the same each time."""
    block = random.Random(size).randbytes(1 << 20)
    with path.open("wb") as file:
        for _ in range(size >> 20):
            file.write(block)
        file.write(block[: size % (1 << 20)])


class Sized:
    def __init__(self, bench: Bench) -> None:
        self.sizes = bench.sizes.megabytes
        self.world = SizedWorld(bench, bench.work / "sized")
        self.worlds = [self.world]

    def experiments(self) -> list[Experiment]:
        elf = [f"elf-{size}" for size in self.sizes]
        return [
            Experiment(
                "elf",
                [
                    *(
                        Case(name, f"ELF test of {size} MB", ours=name, peer="")
                        for name, size in zip(elf, self.sizes)
                    ),
                    Case("elf-nothing", "an empty Python program", ours="nothing", peer=""),
                ],
                {
                    **{
                        name: Side(partial(self.world.check, size))
                        for name, size in zip(elf, self.sizes)
                    },
                    "nothing": Side(lambda: python("-c", "pass")),
                },
                before=self.build,
            ),
            *(self._edit(size) for size in self.sizes),
        ]

    def build(self) -> None:
        assert self.world.built

    def _edit(self, size: int) -> Experiment:
        name = f"megabytes-{size}"
        return Experiment(
            name,
            [Case(name, f"code edit, binary of {size} MB")],
            {
                "pants": Side(
                    lambda: self.world.pants.run("package", f"sized{size}::"),
                    lambda: self.world.pants.disk(),
                ),
                "go": Side(lambda: self.world.build(size), lambda: self.world.go.disk()),
            },
            before=lambda: self.world.edit(size),
            rounds=Rounds.HALF,
        )
