"""Concurrent builds with the same cache do no work twice."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from go_static.listing.import_graph import packages_of
from go_static_testing.build_sandbox import BuildSandbox
from go_static_testing.go_tool import GoTool

# Minutes without a sign of life: `stalledAfter` in builder/_go/tickets.go.
STALLED = 5
SHARED = 20
OWN = 10
PROGRAMS = 4
MODULE = "example.com/side-by-side"

# The directories of an SDK and of the builder.
Toolchain = tuple[Path, Path]

# Notes the package that it compiles, and takes a while, as real packages do.
COMPILER = """\
#!/bin/sh
previous=
for argument do
  [ "$previous" != -p ] || package=$argument
  previous=$argument
done
[ -z "${{package-}}" ] || {{ echo "$package" >> '{record}'; PATH=/usr/bin:/bin sleep 0.02; }}
exec '{real}' "$@"
"""


@pytest.fixture
def toolchain(go: GoTool, builder: Path) -> Toolchain:
    return go.root, builder


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


def graph(number: int) -> dict[str, tuple[str, ...]]:
    """The packages of a program: some that all programs have, and some of its own."""
    shared = [f"{MODULE}/shared{n}" for n in range(SHARED)]
    own = [f"{MODULE}/own{number}x{n}" for n in range(OWN)]
    return {
        f"{MODULE}/cmd": ("fmt", *shared, *own),
        **dict.fromkeys(shared, ("strings",)),
        **dict.fromkeys(own, (shared[0], "strings")),
    }


def program(number: int) -> dict[str, str]:
    files = {"go.mod": f"module {MODULE}\n\ngo 1.21\n"}
    for package, imports in graph(number).items():
        name = package.rpartition("/")[2]
        text = "".join(f'import _ "{imported}"\n' for imported in imports)
        if name == "cmd":
            files["cmd/main.go"] = f"package main\n\n{text}\nfunc main() {{}}\n"
        else:
            files[f"{name}/{name}.go"] = f'package {name}\n\n{text}\nvar V = "{package}"\n'
    return files


def packages(number: int) -> tuple[str, ...]:
    return packages_of(f"{MODULE}/cmd", graph(number))


def ticket(number: int, name: str = "it") -> str:
    """The content of a build's ticket, without its signs of life."""
    return "\n".join((f"# some/where:{name}", *packages(number)))


def test_the_packages_of_a_binary_are_those_that_it_imports() -> None:
    imports = {"m/cmd": ("m/a", "fmt"), "m/a": ("m/b",), "m/b": ("unsafe",), "m/other": ("m/a",)}
    assert packages_of("m/cmd", imports) == ("m/a", "m/b", "m/cmd", "std")


def test_builds_that_start_at_once_compile_each_package_once(
    go: GoTool, builder: Path, tmp_path: Path
) -> None:
    record = tmp_path / "record"
    toolchain = (recording_sdk(go, tmp_path / "a sdk", record), builder)
    at_once = [
        BuildSandbox.lay_out(tmp_path / f"it {n}", program(n), toolchain, go.cache, packages(n))
        for n in range(PROGRAMS)
    ]

    for process in [sandbox.start() for sandbox in at_once]:
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")

    compiled = Counter(p for p in record.read_text().split() if p.startswith(MODULE))
    assert len(compiled) == SHARED + PROGRAMS * OWN
    # What a build has begun with when it has to wait, it does: as many packages as there are cores.
    waits = PROGRAMS * (PROGRAMS - 1) // 2
    twice = waits * (os.cpu_count() or 1)
    assert sum(compiled.values()) <= SHARED + PROGRAMS * OWN + twice
    # Each gets what it would have got alone, without a ticket.
    for n, sandbox in enumerate(at_once):
        alone = BuildSandbox.lay_out(tmp_path / f"alone {n}", program(n), toolchain, go.cache)
        assert alone.build() == sandbox.output.read_bytes()
    quoted = BuildSandbox.lay_out(tmp_path / "it's", program(0), toolchain, go.cache, packages(0))
    assert quoted.build() == at_once[0].output.read_bytes()


@pytest.mark.parametrize("content", ["", "std\n"])
def test_the_leftovers_of_a_killed_build_do_not_block_others(
    go: GoTool, toolchain: Toolchain, tmp_path: Path, content: str
) -> None:
    tickets = go.cache / "compiling" / "linux-amd64"
    tickets.mkdir(parents=True, exist_ok=True)
    for number in ("1", "7"):
        (tickets / number).write_text(content)
    sandbox = BuildSandbox.lay_out(tmp_path / "it", program(0), toolchain, go.cache, packages(0))

    sandbox.build()

    assert {path.name for path in tickets.iterdir()} == {"lock", "1"}
    assert (tickets / "1").read_text().rstrip() == ticket(0)


def hold(path: Path) -> subprocess.Popen[str]:
    """A process that has the lock of a file until it reads a line."""
    holder = subprocess.Popen(
        ["/bin/sh", "-c", 'exec 9>> "$0"; flock 9; echo held; read end', path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    return holder


def age(path: Path) -> None:
    long_ago = time.time() - 60 * (STALLED + 1.5)
    os.utime(path, (long_ago, long_ago))


@pytest.mark.parametrize("name", ["3", "lock"])
def test_a_stopped_build_is_waited_for_once_and_not_forever(
    go: GoTool, toolchain: Toolchain, tmp_path: Path, name: str
) -> None:
    tickets = go.cache / "compiling" / "linux-amd64"
    tickets.mkdir(parents=True, exist_ok=True)
    (tickets / name).write_text(ticket(8, "other"))
    holder = hold(tickets / name)
    try:
        holder.send_signal(signal.SIGSTOP)
        age(tickets / name)
        sandbox = BuildSandbox.lay_out(
            tmp_path / "it", program(8), toolchain, go.cache, packages(8)
        )
        _, said = sandbox.start().communicate(timeout=60)
        assert sandbox.output.exists()
        assert said == (
            ""
            if name == "lock"
            else "Not waiting for the build of some/where:other, which compiles the same packages: "
            f"it has been idle for {STALLED} minutes. It keeps {tickets / name} open.\n"
        )
    finally:
        holder.kill()
        holder.wait()


def test_a_build_that_waits_gives_a_sign_of_life(
    go: GoTool, toolchain: Toolchain, tmp_path: Path
) -> None:
    """Otherwise, builds that wait for it would treat it as stopped."""
    tickets = go.cache / "compiling" / "linux-amd64"
    tickets.mkdir(parents=True, exist_ok=True)
    (tickets / "3").write_text(ticket(7, "other"))
    holder = hold(tickets / "3")
    try:
        sandbox = BuildSandbox.lay_out(
            tmp_path / "it", program(7), toolchain, go.cache, packages(7)
        )
        process = sandbox.start()
        while not (tickets / "4").exists():
            time.sleep(0.1)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=2)
        age(tickets / "4")
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=6)
        assert time.time() - (tickets / "4").stat().st_mtime < 60 * STALLED
        holder.communicate("end\n")
        assert process.wait(timeout=120) == 0
    finally:
        holder.kill()
        holder.wait()


def test_a_build_waits_for_those_before_it_and_for_no_other(
    go: GoTool, toolchain: Toolchain, tmp_path: Path
) -> None:
    """Of two others, the one that came first compiles what it needs too."""
    tickets = go.cache / "compiling" / "linux-amd64"
    tickets.mkdir(parents=True, exist_ok=True)
    (tickets / "3").write_text(f"{MODULE}/own9x3\n")
    (tickets / "4").write_text(f"{MODULE}/elsewhere\n")
    holders = [hold(tickets / number) for number in ("3", "4")]
    try:
        sandbox = BuildSandbox.lay_out(
            tmp_path / "it", program(9), toolchain, go.cache, packages(9)
        )
        process = sandbox.start()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=3)
        assert (tickets / "5").read_text().rstrip() == ticket(9)

        holders[0].communicate("end\n")

        assert process.wait(timeout=120) == 0
    finally:
        for holder in holders:
            holder.kill()
            holder.wait()
