"""`elf-static compare`, and programs that differ in a known way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elf_static_testing.corpus import Corpus

PROJECT = Path(__file__).resolve().parents[2]
STATIC = ("-tags=netgo,osusergo", "-trimpath", "-buildvcs=false")
MAIN = """\
package main

var when = "%s"
var version = "dev"

func main() { println(when, version) }
"""


def run(*arguments: object, stdin: Any = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "elf_static", "compare", *map(str, arguments)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT / "src" / "python")},
        stdin=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def differ(left: Path, right: Path) -> tuple[str, dict[str, Any]]:
    """The report as text and as JSON. Both must say that the files differ."""
    text = run(left, right)
    assert (text.returncode, text.stderr) == (1, ""), text
    done = run(left, right, "--format=json")
    assert (done.returncode, done.stderr) == (1, ""), done
    record = json.loads(done.stdout)
    assert (record["schema"], record["same"]) == (1, False)
    assert text.stdout.splitlines()[0] == f"{left} and {right} differ"
    assert text.stdout.splitlines()[-1] == record["hint"] != ""
    return text.stdout, record


def part(record: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [each for each in record["parts"] if each["name"] == name]
    return dict(found)


@dataclass(frozen=True)
class Build:
    corpus: Corpus

    def __call__(self, name: str, *flags: str, text: str = "one", **env: str) -> Path:
        return self.corpus.go.build(
            f"compare-{name}", *(flags or STATIC), main=MAIN % text, environment=env
        )


def changed(program: Path, path: Path, offset: int, data: bytes) -> Path:
    whole = bytearray(program.read_bytes())
    whole[offset : offset + len(data)] = data
    path.write_bytes(whole)
    return path


def sections(program: Path) -> dict[str, tuple[int, int]]:
    """The offset and size of each section, according to binutils."""
    output = subprocess.run(
        ["readelf", "-SW", str(program)], capture_output=True, text=True, check=True
    ).stdout
    found = {}
    for line in output.splitlines():
        _, bracket, rest = line.partition("] ")
        words = rest.split()
        if bracket and words and words[0].startswith("."):
            found[words[0]] = (int(words[3], 16), int(words[4], 16))
    return found
