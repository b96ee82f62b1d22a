"""Builds that start at once with the same cache do not do the same work twice."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from pathlib import Path

from go_static import go_command
from go_static.flags import BuildFlags
from go_static.platforms import GoPlatform
from go_static_testing.go_tool import GoTool

PACKAGES = 30
MODULE = "example.com/one-compiles"

# Notes the package that is compiled, and takes a while, as real packages do.
COMPILER = """\
#!/bin/sh
previous=
for argument do
  [ "$previous" != -p ] || {{ echo "$argument" >> '{record}'; PATH=/usr/bin:/bin sleep 0.02; }}
  previous=$argument
done
exec '{real}' "$@"
"""


def recording_sdk(go: GoTool, root: Path, record: Path) -> Path:
    (tools,) = (go.root / "pkg" / "tool").iterdir()
    copied = root / "pkg" / "tool" / tools.name
    copied.mkdir(parents=True)
    for path in tools.iterdir():
        (copied / path.name).symlink_to(path)
    (copied / "compile").unlink()
    (copied / "compile").write_text(COMPILER.format(record=record, real=tools / "compile"))
    (copied / "compile").chmod(0o755)
    (root / "bin").mkdir()
    (root / "bin" / "go").symlink_to(go.root / "bin" / "go")
    for name in ("VERSION", "go.env", "src"):
        (root / name).symlink_to(go.root / name)
    (root / "pkg" / "include").symlink_to(go.root / "pkg" / "include")
    return root


def sandbox(root: Path, sdk: Path, cache: Path, toolexec: bool) -> Path:
    """As Pants lays it out for a build of the program in `cmd`."""
    for name in ("tree/cmd", "output", "tmp", "downloads", "cache/mod"):
        (root / name).mkdir(parents=True)
    (root / "sdk").symlink_to(sdk)
    (root / "cache" / "build").symlink_to(cache)
    (root / "flags").write_text(go_command.build_flags(BuildFlags.create().arguments, "./cmd"))
    if toolexec:
        (root / "toolexec").write_text(go_command.TOOLEXEC_SCRIPT)
        (root / "toolexec").chmod(0o755)
    tree = root / "tree"
    (tree / "go.mod").write_text(f"module {MODULE}\n\ngo 1.21\n")
    imports = "".join(f'import _ "{MODULE}/p{n}"\n' for n in range(PACKAGES))
    (tree / "cmd" / "main.go").write_text(f"package main\n\n{imports}\nfunc main() {{}}\n")
    for n in range(PACKAGES):
        (tree / f"p{n}").mkdir()
        (tree / f"p{n}" / "p.go").write_text(f"package p{n}\n\nvar V = {n}\n")
    return root


def build(root: Path) -> subprocess.Popen[str]:
    environment = go_command.offline_environment(GoPlatform.create("linux", "amd64", None))
    command = [
        part.replace(go_command.SHARE_OF_CORES, "1")
        for part in go_command.build_command("", "it", workers=False)
    ]
    return subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.PIPE, text=True)


def test_builds_that_start_at_once_compile_each_package_once(go: GoTool, tmp_path: Path) -> None:
    record = tmp_path / "record"
    sdk = recording_sdk(go, tmp_path / "a sdk", record)
    roots = [sandbox(tmp_path / f"it {n}", sdk, go.cache, toolexec=True) for n in range(4)]

    for process in [build(root) for root in roots]:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said

    compiled = Counter(p for p in record.read_text().split() if p.startswith(MODULE))
    assert len(compiled) == PACKAGES
    # What a build has begun with when it has to wait, it does: as many packages as there are cores.
    assert sum(compiled.values()) <= PACKAGES + 3 * (os.cpu_count() or 1)
    # Each links for itself, and gets what it would have got alone, without a lock.
    alone = [
        sandbox(tmp_path / "alone", sdk, go.cache, toolexec=False),
        sandbox(tmp_path / "it's", sdk, go.cache, toolexec=True),
    ]
    assert [build(root).wait(timeout=120) for root in alone] == [0, 0]
    assert len({(root / "output" / "it").read_bytes() for root in (*roots, *alone)}) == 1
