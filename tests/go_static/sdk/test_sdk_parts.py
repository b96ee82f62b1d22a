"""The usual part of an SDK has all that builds for linux/amd64 and linux/arm64 read of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from go_static.go import sandbox
from go_static.go.platforms import GoPlatform
from go_static.sdk.commands import Part, capture_command, capture_environment
from go_static_testing.go_tool import GoTool

_READ = "{{.ImportPath}} {{.GoFiles}} {{.SFiles}} {{.HFiles}} {{.EmbedFiles}} {{.Imports}}"


@pytest.fixture(scope="module")
def parts(go: GoTool, tmp_path_factory: pytest.TempPathFactory) -> dict[Part, Path]:
    """A directory with each part."""
    directories = {part: tmp_path_factory.mktemp("part") for part in Part}
    for part, directory in directories.items():
        (directory / "goroot").write_text(f"{go.root}\n")
        subprocess.run(capture_command(part), cwd=directory, env=capture_environment(), check=True)
    return {part: directory / sandbox.OUTPUT for part, directory in directories.items()}


def files_in(root: Path) -> set[str]:
    return {str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()}


def read_by_go(go: GoTool, root: Path, platform: GoPlatform) -> list[str]:
    """What `go list std` reads, without the packages that have only tests."""
    environment = {"GOROOT": str(root), "CGO_ENABLED": "0", **platform.environment}
    said = go.run("list", "-e", "-tags=netgo,osusergo", "-f", _READ, "std", env=environment)
    return [line for line in said.stdout.splitlines() if not line.endswith(" [] [] [] [] []")]


@pytest.mark.parametrize("goarch", ["amd64", "arm64"])
def test_go_reads_the_same_files_of_the_usual_part_as_of_all(
    go: GoTool, parts: dict[Part, Path], goarch: str
) -> None:
    platform = GoPlatform.create("linux", goarch, None)
    assert platform.is_usual
    of_all = read_by_go(go, go.root, platform)
    assert len(of_all) > 200
    assert read_by_go(go, parts[Part.USUAL], platform) == of_all


@pytest.mark.parametrize("name", ["linux/386", "freebsd/amd64"])
def test_other_platforms_need_the_other_part_too(
    go: GoTool, parts: dict[Part, Path], tmp_path: Path, name: str
) -> None:
    platform = GoPlatform.of_machine(name)
    assert not platform.is_usual
    of_all = read_by_go(go, go.root, platform)
    assert read_by_go(go, parts[Part.USUAL], platform) != of_all
    for part in parts.values():
        subprocess.run(["cp", "-R", f"{part}/.", str(tmp_path)], check=True)
    assert read_by_go(go, tmp_path, platform) == of_all


def test_the_parts_share_no_file_and_a_third_of_all_is_for_other_platforms(
    parts: dict[Part, Path],
) -> None:
    usual, others = (files_in(parts[part]) for part in Part)
    assert not usual & others
    assert 0.25 < len(others) / len(usual | others) < 0.4
    assert {"bin/go", "src/syscall/syscall_linux_arm64.go", "src/runtime/time_windows.h"} <= usual
    assert {"src/syscall/syscall_windows.go", "src/runtime/asm_386.s"} <= others
