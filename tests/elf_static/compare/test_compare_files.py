"""`elf-static compare` on other files: truncated, damaged, without sections, not ELF."""

from __future__ import annotations

import os
import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from elf_static_testing.comparison import PROJECT, differ, part, run
from elf_static_testing.cost import cost_of_checker
from elf_static_testing.go_programs import without_sections

pytestmark = pytest.mark.slow


def test_every_differing_byte_is_counted(program: Path, tmp_path: Path) -> None:
    """Compared with a loop over all bytes, including the padding between segments."""
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


def test_appended_and_truncated_files(program: Path, tmp_path: Path) -> None:
    longer = tmp_path / "longer"
    longer.write_bytes(program.read_bytes() + b"more")
    _, record = differ(program, longer)
    found = part(record, "(trailing data)")
    assert (found["left"], found["right"]["size"]) == (None, 4)
    assert record["hint"].startswith("One of them is the start of the other")

    shorter = tmp_path / "shorter"
    shorter.write_bytes(program.read_bytes()[:100_000])
    text, record = differ(program, shorter)
    assert record["right"]["problem"].startswith("is damaged: ")
    assert "B" in text and "it is damaged: " in text
    assert record["hint"].startswith("One of them is not a complete program")


def test_a_file_without_sections_falls_back_to_segments(program: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.write_bytes(without_sections(program.read_bytes()))
    _, record = differ(program, bare)
    assert {each["kind"] for each in record["parts"]} <= {"segment", "outside"}


def test_files_that_are_not_elf_are_compared_by_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "b").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "empty").write_bytes(b"")
    text, record = differ(tmp_path / "a", tmp_path / "b")
    assert record["header"] == record["build_info"] == []
    assert "it is not an ELF file: it is a script" in text
    assert "    whole file: 17 bytes at 0x0; 1 byte differs, the first at offset 0xf" in text
    differ(tmp_path / "a", tmp_path / "empty")
    assert run(tmp_path / "empty", tmp_path / "empty").returncode == 0


def test_standard_input_can_be_one_of_the_files(program: Path) -> None:
    with program.open("rb") as file:
        done = run("-", program, stdin=file)
    assert done.returncode == 0
    assert done.stdout.startswith(f"standard input and {program} are the same: ")
    done = run("-", "-")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Only one of the two files can be standard input" in done.stderr


def test_an_unreadable_file_is_an_error(program: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    for arguments in ((program, missing), (missing, program)):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (f"elf-static: error: {missing} does not exist.\n")
    done = run(program, tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"elf-static: error: {tmp_path} is a directory, not a regular file.\n"
    assert run(program).returncode == 2
    assert run(program, program, "--format=junit").returncode == 2


# Compares randomly damaged files in one process. argv: a seed, a count, files.
_MUTATE = """
import random, sys, tempfile
from elf_static.compare.compare import compare
from elf_static.compare.report import render_json, render_text
from elf_static.elf.bounded_file import open_file

chosen = random.Random(int(sys.argv[1]))
files = sys.argv[3:]
for number in range(int(sys.argv[2])):
    path = files[number % len(files)]
    data = bytearray(open(path, "rb").read())
    for _ in range(chosen.randrange(1, 6)):
        # Mostly in the header tables.
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


def test_sections_larger_than_the_file_are_not_trusted(tmp_path: Path) -> None:
    """8000 sections, each of which claims to be the whole file of 64 MB."""
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
    assert "PT_LOAD RX: 67108864 bytes at 0x0; 1 byte differs" in cost.output
    assert cost.least_seconds < 2
    assert cost.memory < 100_000
