"""A machine with empty caches and a warm remote cache, compared with a cold plain `go build`.

Started by `bench/remote-cache`. The server is BuildGrid on this machine, so network time is not
included.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from end_to_end.cache_server import cache_server
from end_to_end.machines import RecordingGo, machine
from end_to_end.repository import PROJECT, Repository, Toolbox

EXAMPLE = "src/go/agent"
TARGET = f"{EXAMPLE}/cmd/agent:agent"
MOST = 0.2


def plain_go(go: Path, work: Path) -> tuple[float, float]:
    """Seconds of a cold `go build`: with all modules to download, and with modules present."""
    source = work / "source"
    shutil.copytree(PROJECT / EXAMPLE, source)
    environment = {
        "CGO_ENABLED": "0",
        "GOENV": "off",
        "GOMODCACHE": str(work / "modules"),
        "GOFLAGS": "-modcacherw",
        "GOTOOLCHAIN": "local",
        "HOME": str(work),
        "PATH": "/usr/bin:/bin",
    }
    command = [str(go), "build", "-trimpath", "-buildvcs=false", "-tags=netgo,osusergo"]

    def build(cache: str) -> float:
        return seconds(
            [*command, "-o", str(work / "agent"), "./cmd/agent"],
            source,
            {**environment, "GOCACHE": str(work / cache)},
        )

    return build("first"), build("second")


def seconds(command: Sequence[str], directory: Path, environment: Mapping[str, str]) -> float:
    start = time.monotonic()
    subprocess.run(command, cwd=directory, env=dict(environment), check=True)
    return time.monotonic() - start


def package_and_test(repository: Repository) -> float:
    repository.copy(PROJECT / EXAMPLE, EXAMPLE)
    start = time.monotonic()
    result = repository.pants("package", "test", TARGET)
    took = time.monotonic() - start
    if result.exit_code != 0 or "elf_static_test succeeded" not in result.log:
        sys.exit(result.all_text)
    return took


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/remote-cache", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of the second machine (default: 3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        toolbox = Toolbox.find(work / "unused")
        downloading, compiling = plain_go(toolbox.go, work)
        go = RecordingGo(toolbox.go.parent.parent, work / "record")
        with cache_server(work / "server") as server:
            with machine(work / "a", toolbox, server, go=go) as a:
                first = package_and_test(a)
            rounds = []
            for number in range(options.rounds):
                go.forget()
                with machine(work / f"b{number}", toolbox, server, go=go, user=4321) as b:
                    rounds.append(package_and_test(b))
                if set(go.asked_for) != {"env"}:
                    sys.exit(f"the second machine ran go: {go.asked_for}")
    ratio = min(rounds) / compiling
    rows = (
        ("go build, downloading all modules", downloading),
        ("go build, modules downloaded", compiling),
        ("first machine: package and test, and fill the cache", first),
        (f"second machine, least of {len(rounds)}", min(rounds)),
        ("second machine, median", sorted(rounds)[len(rounds) // 2]),
    )
    for name, took in rows:
        print(f"{took:8.1f} s {took / compiling:6.2f} x  {name}")
    print(f"{'met' if ratio <= MOST else 'not met'}: at most {MOST} x")
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
