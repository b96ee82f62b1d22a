"""The previous binary saves a link, but is always checked."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from go_static_testing.build_sandbox import BuildSandbox
from go_static_testing.go_tool import GoTool

MODULE = "example.com/linked-last"


def program(text: str = "hello", comment: str = "") -> dict[str, str]:
    return {
        "go.mod": f"module {MODULE}\n\ngo 1.21\n",
        "lib/lib.go": f'package lib\n\n{comment}\nfunc Text() string {{ return "{text}" }}\n',
        "cmd/main.go": (
            f'package main\n\nimport "{MODULE}/lib"\n\nfunc main() {{ println(lib.Text()) }}\n'
        ),
    }


class Builds:
    """Consecutive builds with the same caches, each in its own sandbox."""

    def __init__(self, go: GoTool, builder: Path, root: Path) -> None:
        self.go = go
        self.builder = builder
        self.root = root
        self.linked = root / "linked"
        self.linked.mkdir()
        self.number = 0

    def sandbox(self, files: dict[str, str]) -> BuildSandbox:
        self.number += 1
        return BuildSandbox.lay_out(
            self.root / str(self.number), files, (self.go.root, self.builder), self.go.cache
        )

    def build(self, files: dict[str, str]) -> bytes:
        return self.sandbox(files).with_linked(self.linked).build()

    def alone(self, files: dict[str, str]) -> bytes:
        return self.sandbox(files).build()

    @property
    def kept(self) -> Path:
        """The one file that is kept."""
        (path,) = self.linked.iterdir()
        return path


@pytest.fixture
def builds(go: GoTool, builder: Path, tmp_path: Path) -> Builds:
    return Builds(go, builder, tmp_path)


def test_a_program_that_compiles_to_the_same_packages_is_not_linked_again(builds: Builds) -> None:
    first = builds.build(program())
    kept = builds.kept
    inode, size = kept.stat().st_ino, kept.stat().st_size
    assert kept.name.endswith(f"-{size}")

    again = builds.build(program(comment="// Text is what it says."))

    assert again == first == builds.alone(program())
    # Go puts another file at the place of what it links.
    assert builds.kept.stat().st_ino == inode


def test_a_program_that_compiles_differently_is_linked_and_replaces_the_kept_one(
    builds: Builds,
) -> None:
    first = builds.build(program())
    before = builds.kept

    other = builds.build(program(text="other"))

    assert other == builds.alone(program(text="other")) != first
    assert builds.kept != before
    assert builds.kept.read_bytes() == other


@pytest.mark.parametrize("damage", ["a bit", "cut off", "empty"])
def test_a_damaged_file_is_not_reused(builds: Builds, damage: str) -> None:
    """Go itself would reuse it: it reads only the build ID, at the beginning."""
    right = builds.build(program())
    content = bytearray(right)
    if damage == "a bit":
        content[-1] ^= 1
    else:
        del content[len(content) // 2 if damage == "cut off" else 0 :]
    builds.kept.write_bytes(content)

    assert builds.build(program(comment="// Text.")) == right
    assert builds.kept.read_bytes() == right


def test_an_unusable_cache_costs_only_a_link(builds: Builds) -> None:
    right = builds.build(program())
    missing = builds.sandbox(program()).with_linked(builds.root / "missing" / "directory")
    (builds.root / "missing").write_text("not a directory")

    assert missing.build() == right


def test_binaries_that_are_no_longer_built_are_deleted(builds: Builds) -> None:
    old, young = builds.linked / "old-1-2", builds.linked / "young-1-2"
    for path, days in ((old, 7), (young, 3)):
        path.touch()
        os.utime(path, (time.time() - days * 86_400,) * 2)

    builds.build(program())

    assert not old.exists()
    assert young.exists()
    assert len(list(builds.linked.iterdir())) == 2


def test_a_failed_build_keeps_nothing(builds: Builds) -> None:
    right = builds.build(program())
    process = builds.sandbox(program(text='"')).with_linked(builds.linked).start()
    _, said = process.communicate(timeout=120)

    assert process.returncode == 1
    assert "lib/lib.go" in said
    assert builds.kept.read_bytes() == right
