"""`elf-static compare`: two builds that should be one, and what it says when they are not."""

from __future__ import annotations

import json
import os
import random
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from elf_static_testing.corpus import Corpus
from elf_static_testing.cost import cost_of_checker
from elf_static_testing.go_programs import without_sections

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
    """The report as text and as JSON, which must say that the files differ."""
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


@pytest.fixture(scope="module")
def build(corpus: Corpus) -> Build:
    return Build(corpus)


@pytest.fixture(scope="module")
def program(build: Build) -> Path:
    return build("program")


def changed(program: Path, path: Path, offset: int, data: bytes) -> Path:
    whole = bytearray(program.read_bytes())
    whole[offset : offset + len(data)] = data
    path.write_bytes(whole)
    return path


def sections(program: Path) -> dict[str, tuple[int, int]]:
    """Offset and size of each, as binutils reads them."""
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


def test_two_builds_of_the_same_are_one_line(program: Path, build: Build) -> None:
    again = build("again")
    done = run(program, again)
    checksum = subprocess.run(
        ["sha256sum", str(program)], capture_output=True, text=True, check=True
    ).stdout.split()[0]
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{program} and {again} are the same: 1.8 MB, SHA-256 {checksum}\n"

    record = json.loads(run(program, again, "--format=json").stdout)
    assert record["same"] is True
    assert record["left"] == {
        "path": str(program),
        "size": program.stat().st_size,
        "sha256": checksum,
        "problem": "",
    }
    assert record["parts"] == record["header"] == record["build_info"] == record["moved"] == []
    assert record["hint"] == ""


def test_a_changed_byte_is_found_where_it_is(program: Path, tmp_path: Path) -> None:
    offset, size = sections(program)[".rodata"]
    old = program.read_bytes()[offset + 100]
    other = changed(program, tmp_path / "other", offset + 100, bytes([old ^ 1]))

    text, record = differ(program, other)

    assert record["parts"] == [
        {
            "kind": "section",
            "name": ".rodata",
            "left": {"offset": offset, "size": size},
            "right": {"offset": offset, "size": size},
            "first": 100,
            "differing": 1,
        }
    ]
    assert (
        f"    .rodata: {size} bytes from {offset:#x} on; 1 byte differs, the first at 0x64 from "
        "its start\n" in text
    )
    assert record["hint"] == (
        "Go's build IDs say that the same was linked in the same way. Something changed a file "
        "after it was built (strip, objcopy, a packer)."
    )


def test_every_differing_byte_is_counted(program: Path, tmp_path: Path) -> None:
    """As a loop over all bytes counts them, also in the padding between what is loaded."""
    data = program.read_bytes()
    whole = bytearray(without_sections(data))
    (tmp_path / "a").write_bytes(whole)
    chosen = random.Random(1)
    for _ in range(5000):
        whole[chosen.randrange(0x1000, len(whole))] = chosen.randrange(256)
    (tmp_path / "b").write_bytes(whole)
    old = (tmp_path / "a").read_bytes()
    differing = [i for i, (a, b) in enumerate(zip(old, whole)) if a != b]

    _, record = differ(tmp_path / "a", tmp_path / "b")

    parts = record["parts"]
    assert {each["kind"] for each in parts} == {"segment", "outside"}
    assert sum(each["differing"] for each in parts) == len(differing)
    assert min(each["left"]["offset"] + each["first"] for each in parts) == differing[0]


def test_generated_code_that_is_new_each_time(program: Path, build: Build) -> None:
    text, record = differ(program, build("later", text="another time"))
    assert {".text", ".rodata"} <= {each["name"] for each in record["parts"]}
    assert record["build_info"] == []
    assert [value["name"] for value in record["identity"]][:1] == ["Go build ID"]
    assert "Look at code that is generated" in record["hint"]
    assert "  identity\n    Go build ID\n      A " in text


def test_a_value_that_the_linker_sets(program: Path, build: Build) -> None:
    other = build("linked", *STATIC, "-ldflags=-X=main.version=x")
    _, record = differ(program, other)
    assert "the linker's flags, such as a value that `-X` sets" in record["hint"]
    assert part(record, ".data")["differing"] > 0


def test_other_settings_are_named_with_both_values(program: Path, build: Build) -> None:
    other = build("tags", "-tags=netgo", *STATIC[1:], GOAMD64="v2")
    text, record = differ(program, other)
    assert record["build_info"] == [
        {"name": "-tags", "left": "netgo,osusergo", "right": "netgo"},
        {"name": "GOAMD64", "left": "v1", "right": "v2"},
    ]
    assert "    -tags\n      A netgo,osusergo\n      B netgo\n" in text
    assert record["hint"] == (
        "They were built with other settings (-tags, GOAMD64). Give both builds the same."
    )


def test_a_setting_that_one_lacks(program: Path, build: Build) -> None:
    text, record = differ(program, build("directories", STATIC[0], STATIC[2]))
    (value,) = [value for value in record["build_info"] if value["name"] == "-trimpath"]
    assert value == {"name": "-trimpath", "left": "true", "right": None}
    assert "    -trimpath\n      A true\n      B has none\n" in text
    assert "Build both with `-trimpath`" in record["hint"]


def test_the_state_of_the_repository(named: dict[str, Path], program: Path) -> None:
    _, record = differ(named["wrong machine"], named["with a stamp"])
    assert {"vcs", "vcs.revision"} <= {value["name"] for value in record["build_info"]}
    assert "Build with `-buildvcs=false`" in record["hint"]


def test_other_machines(named: dict[str, Path]) -> None:
    text, record = differ(named["linux-amd64"], named["linux-s390x"])
    values = {value["name"]: (value["left"], value["right"]) for value in record["header"]}
    assert values["machine"] == ("EM_X86_64", "EM_S390")
    assert values["byte_order"] == ("little", "big")
    assert "  header\n    byte_order\n      A little\n      B big\n" in text
    assert record["hint"].startswith("They are for different machines.")


def test_a_stripped_file(program: Path, build: Build) -> None:
    _, record = differ(program, build("stripped", *STATIC, "-ldflags=-s"))
    assert part(record, ".symtab")["right"] is None
    assert record["hint"].startswith("One of them was stripped of what debuggers read.")


def test_what_debuggers_read(program: Path, tmp_path: Path) -> None:
    offset, _ = sections(program)[".debug_line"]
    other = changed(program, tmp_path / "other", offset + 20, b"\x55\xaa")
    _, record = differ(program, other)
    assert [each["name"] for each in record["parts"]] == [".debug_line"]
    assert record["hint"].startswith("The program is the same; what debuggers read is not.")


def test_a_field_of_the_header(program: Path, tmp_path: Path) -> None:
    other = changed(program, tmp_path / "other", 24, struct.pack("<Q", 0x401001))
    text, record = differ(program, other)
    (value,) = record["header"]
    assert (value["name"], value["right"]) == ("entry", "0x401001")
    (found,) = record["parts"]
    assert (found["kind"], found["first"]) == ("outside", 24)
    assert "  bytes\n    (before .note.go.buildid): " in text
    assert "Something changed a file after it was built" in record["hint"]


def test_a_segment_that_may_be_written_to(program: Path, tmp_path: Path) -> None:
    headers = 64
    index = [h.split()[0] for h in _program_headers(program)].index("LOAD")
    other = changed(program, tmp_path / "other", headers + 56 * index + 4, struct.pack("<I", 7))
    _, record = differ(program, other)
    (value,) = record["header"]
    assert value["name"] == "segments"
    assert "PT_LOAD RX" in value["left"]
    assert "PT_LOAD RWX" in value["right"]


def _program_headers(program: Path) -> list[str]:
    output = subprocess.run(
        ["readelf", "-lW", str(program)], capture_output=True, text=True, check=True
    ).stdout
    return [line for line in output.splitlines() if " 0x" in line and line.startswith("  ")]


def test_something_appended_and_something_cut_off(program: Path, tmp_path: Path) -> None:
    longer = tmp_path / "longer"
    longer.write_bytes(program.read_bytes() + b"more")
    _, record = differ(program, longer)
    found = part(record, "(behind them)")
    assert (found["left"], found["right"]["size"]) == (None, 4)
    assert record["hint"].startswith("One of them is the beginning of the other")

    shorter = tmp_path / "shorter"
    shorter.write_bytes(program.read_bytes()[:100_000])
    text, record = differ(program, shorter)
    assert record["right"]["problem"].startswith("is damaged: ")
    assert "B" in text and "it is damaged: " in text
    assert record["hint"].startswith("One of them is not a whole program")


def test_a_file_without_sections_falls_back_to_segments(program: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.write_bytes(without_sections(program.read_bytes()))
    _, record = differ(program, bare)
    assert {each["kind"] for each in record["parts"]} <= {"segment", "outside"}


def test_files_that_are_not_elf_are_compared_by_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "b").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "empty").write_bytes(b"")
    text, record = differ(tmp_path / "a", tmp_path / "b")
    assert record["header"] == record["build_info"] == []
    assert "it is not an ELF file: it is a script" in text
    assert "    all of it: 17 bytes from 0x0 on; 1 byte differs, the first at 0xf" in text
    differ(tmp_path / "a", tmp_path / "empty")
    assert run(tmp_path / "empty", tmp_path / "empty").returncode == 0


def test_standard_input_is_one_of_them(program: Path) -> None:
    with program.open("rb") as file:
        done = run("-", program, stdin=file)
    assert done.returncode == 0
    assert done.stdout.startswith(f"standard input and {program} are the same: ")
    done = run("-", "-")
    assert (done.returncode, done.stdout) == (2, "")
    assert "standard input for one of the two files only" in done.stderr


def test_what_cannot_be_read_is_an_error(program: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    for arguments in ((program, missing), (missing, program)):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            f"elf-static: error: {missing} cannot be opened: there is no such file.\n"
        )
    done = run(program, tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"elf-static: error: {tmp_path} is a directory, not a regular file.\n"
    assert run(program).returncode == 2
    assert run(program, program, "--format=junit").returncode == 2


# Compares files that were damaged by chance, in one process; argv: a seed, a count, files.
_MUTATE = """
import random, sys, tempfile
from elf_static.compare import compare
from elf_static.compare_report import render_json, render_text
from elf_static.source import open_file

chosen = random.Random(int(sys.argv[1]))
files = sys.argv[3:]
for number in range(int(sys.argv[2])):
    path = files[number % len(files)]
    data = bytearray(open(path, "rb").read())
    for _ in range(chosen.randrange(1, 6)):
        # Mostly in the tables that say what the file consists of.
        end = chosen.choice((64, 2048, len(data)))
        data[chosen.randrange(min(end, len(data)))] = chosen.choice((0, 1, 0x7F, 0x80, 0xFF))
    if chosen.random() < 0.2:
        del data[chosen.randrange(len(data)):]
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        with open_file(path) as left, open_file(file.name) as right:
            comparison = compare(left, right)
            there_and_back = compare(right, left)
    same = open(path, "rb").read() == data
    assert comparison.same == there_and_back.same == same, number
    assert bool(comparison.parts) == bool(there_and_back.parts) == (not same), number
    render_json("a", "b", comparison)
    text = render_text("a", "b", comparison)
    assert len(text) < 200_000 and all(line.isprintable() for line in text.splitlines()), number
"""


@pytest.mark.parametrize("seed", [0, 1])
def test_damaged_files_are_compared_too(named: dict[str, Path], seed: int) -> None:
    files = ("linux-386", "linux-mips", "sectionless-amd64", "static-PIE", "object", "alone")
    done = subprocess.run(
        [sys.executable, "-c", _MUTATE, str(seed), "250", *(str(named[name]) for name in files)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT / "src" / "python")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_sections_that_claim_more_than_there_is_are_not_believed(tmp_path: Path) -> None:
    """8000 sections, each of which says to be the whole file of 64 MB."""
    size, count = 64 << 20, 8000
    names = []
    for index, name in enumerate(("a", "b")):
        header = bytearray(64)
        header[:16] = b"\x7fELF\x02\x01\x01" + bytes(9)
        struct.pack_into(
            *("<HHIQQQIHHHHHH", header, 16),
            *(2, 62, 1, 0x400078, 64, 0x1000, 0, 64, 56, 1, 64, count, 0),
        )
        load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0, size, size, 0x1000)
        section = struct.pack("<IIQQQQIIQQ", 0, 1, 0, 0, 0, size, 0, 0, 0, 0)
        with (tmp_path / name).open("wb") as file:
            file.write(header + load)
            file.seek(0x1000)
            file.write(section * count)
            file.seek(size - 1)
            file.write(bytes([index]))
        names.append(tmp_path / name)
    cost = cost_of_checker(["compare", *map(str, names)])

    assert cost.exit_code == 1, cost.output
    assert "PT_LOAD RX: 67108864 bytes from 0x0 on; 1 byte differs" in cost.output
    assert cost.least_seconds < 2
    assert cost.memory < 100_000
