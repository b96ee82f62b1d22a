"""The clang that ./pants brings for code generation, which is a script in its environment."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from launcher.project import SOURCE

PROBE = '__attribute__((section("socket"), used)) int probe(void *context) { return 0; }\n'


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment that has only the real ziglang."""
    packages = Path("lib", "python3.9", "site-packages")
    made = tmp_path / "made" / "environment"
    made.joinpath(packages).mkdir(parents=True)
    brought = Path(os.environ["GO_STATIC_TEST_TOOLS"]).parent / packages / "ziglang"
    made.joinpath(packages, "ziglang").symlink_to(brought)
    return made


def tools_of(environment: Path) -> Path:
    """What ./pants adds to PATH."""
    script = SOURCE / "3rdparty" / "python" / "environment.sh"
    command = 'project=/nonexistent; . "$1"; tools_of "$2"'
    done = subprocess.run(
        ["sh", "-euc", command, "sh", script, environment],
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(done.stdout.strip())


def compiles(clang: Path) -> bool:
    source = clang.parent / "probe.c"
    source.write_text(PROBE)
    done = subprocess.run(
        [clang, "-target", "bpfel", "-O2", "-g", "-c", source, "-o", source.with_suffix(".o")],
        env={"PATH": "/nonexistent"},
        check=False,
    )
    return done.returncode == 0


def test_it_works_after_the_checkout_that_made_it_is_gone(
    environment: Path, tmp_path: Path
) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "environment").symlink_to(environment)
    assert compiles(tools_of(checkout / "environment") / "clang")

    shutil.rmtree(checkout)

    assert compiles(environment / "tools" / "clang")


def test_it_works_in_a_project_that_moved_and_by_a_link(environment: Path, tmp_path: Path) -> None:
    tools_of(environment)
    moved = environment.parent.rename(tmp_path / "moved elsewhere") / "environment"
    sandbox = tmp_path / "sandbox"
    sandbox.mkdir()
    (sandbox / "clang").symlink_to(moved / "tools" / "clang")

    assert compiles(sandbox / "clang")


def test_one_with_paths_that_are_gone_is_replaced(environment: Path) -> None:
    clang = environment / "tools" / "clang"
    clang.parent.mkdir()
    clang.write_text("#!/bin/sh\nexec '/gone/zig' clang \"$@\"\n")
    clang.chmod(0o755)

    assert compiles(tools_of(environment) / "clang")
