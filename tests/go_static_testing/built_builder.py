"""The builder, compiled as a cached process of the backend does it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from go_static.builder import program
from go_static.go import sandbox
from go_static_testing.go_tool import GoTool


def lay_out_sources(directory: Path, sdk: Path, cache: Path | None = None) -> Path:
    """A sandbox to compile the builder in; `cache` is Go's build cache."""
    for name in (*sandbox.caches(isolated=False).directories, "cache"):
        (directory / name).mkdir(parents=True)
    (directory / sandbox.SDK).symlink_to(sdk)
    if cache is not None:
        (directory / sandbox.BUILD_CACHE).symlink_to(cache)
    for source in program.sources():
        path = directory / source.path
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(source.content)
    return directory


def compile_in(
    directory: Path, *before: str | Path, path: str = "/nonexistent"
) -> subprocess.CompletedProcess[str]:
    """`before` is what starts the shell; no program is at hand."""
    cores = program.Cores("2", at_most=2)
    return subprocess.run(
        [*before, *program.compile_command(cores)],
        cwd=directory,
        env={**program.compile_environment(), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def compiled_builder(go: GoTool, directory: Path) -> Path:
    """The directory with the builder, as it is in sandboxes."""
    done = compile_in(lay_out_sources(directory, go.root, go.cache))
    assert (done.returncode, done.stderr) == (0, "")
    output = directory / sandbox.OUTPUT
    assert os.listdir(output) == ["builder"]
    return output
