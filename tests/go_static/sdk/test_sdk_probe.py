"""The probe of a machine's Go detects every change of the files that are copied."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from go_static.sdk.choice import parse_probe
from go_static.sdk.commands import probe_command, probe_environment
from go_static_testing.go_tool import GoTool


@pytest.mark.parametrize("find", ["the machine's", "one without -printf"])
def test_an_edit_deep_in_an_sdk_that_keeps_size_and_time_changes_the_identity(
    go: GoTool, tmp_path: Path, find: str
) -> None:
    root = tmp_path / "go"
    deep = root / "src" / "runtime" / "internal"
    (root / "bin").mkdir(parents=True)
    deep.mkdir(parents=True)
    (root / "bin" / "go").write_bytes(go.command.read_bytes())
    (root / "bin" / "go").chmod(0o755)
    for name in ("VERSION", "pkg"):
        (root / name).symlink_to(go.root / name)
    source = deep / "x.go"
    source.write_text("package internal // a\n")
    programs = tmp_path / "programs"
    programs.mkdir()
    if find != "the machine's":
        (programs / "find").write_text("#!/bin/sh\nexit 1\n")
        (programs / "find").chmod(0o755)

    def identity() -> str:
        said = subprocess.run(
            probe_command((str(root / "bin"),)),
            env=probe_environment(str(programs)),
            capture_output=True,
            check=True,
        )
        (found,) = parse_probe(said.stdout)
        return found.identity

    before = identity()
    assert identity() == before
    times = source.stat().st_mtime_ns
    source.write_text("package internal // b\n")
    os.utime(source, ns=(times, times))
    assert identity() != before
