"""Files that are made to be expensive, with the largest counts and sizes of the format."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.fixtures import SubRequest

from elf_static_testing.cost import cost_of_checker
from elf_static_testing.hand_made import BASE, build_information, function_table, go_note, program


def _many_libraries() -> bytes:
    """8000 libraries with names of 4 KB that cannot be printed."""
    entries = [struct.pack("<qQ", 1, 0)] * 8000
    entries += [struct.pack("<qQ", 5, BASE + 0x40000), struct.pack("<qQ", 10, 0x10000)]
    table = b"".join(entries) + bytes(16)
    size = 0x60000
    return program(
        [(1, 5, 0, size), (2, 6, 0x20000, len(table))],
        {0x20000: table, 0x40000: b"\x01" * 0x10000},
        size,
    )


def _many_segments_of_data() -> bytes:
    """1100 segments of the same 64 MB, in each of which build information may be."""
    size = 64 << 20
    return program([(1, 5, 0, 0x30000)] + [(1, 6, 0, size)] * 1100, {}, size)


def _many_segments_of_glibc() -> bytes:
    """1100 segments of 16 MB in which the names of libraries may be, of a program of glibc."""
    note = struct.pack("<III4s4I", 4, 16, 1, b"GNU\0", 0, 3, 2, 0)
    size = 16 << 20
    return program(
        [(1, 5, 0, 0x30000), (4, 4, 0x20000, len(note))] + [(1, 4, 0, size)] * 1100,
        {0x20000: note},
        size,
    )


def _many_sections() -> bytes:
    """As many sections as the header can say, with names of 256 characters."""
    count = 0xFEFF
    header = struct.pack("<IIQQQQIIQQ", 0, 3, 0, 0, 0x100, 0x10000, 0, 0, 0, 0)
    size = 0x30000 + count * 64
    return program(
        [(1, 5, 0, 0x30000)],
        {0x100: b"\x02" * 0xFF00, 0x30000: header * count},
        size,
        sections=(0x30000, count, 0),
    )


def _many_modules() -> bytes:
    """Build information of half a megabyte: modules, stamps, and one long line."""
    return _with_build_information(
        b"dep\ta\tv1\n" * 4000 + b"build\tvcs.x=" + b"\x01" * 400_000 + b"\n"
    )


def _added_strings() -> bytes:
    """A setting of half a megabyte that is an expression of Python."""
    return _with_build_information(b'build\t-tags="a"' + b'+"a"' * 130_000 + b"\n")


def _escapes() -> bytes:
    """A setting of as many escapes as there is room for."""
    return _with_build_information(b'build\t-tags="' + rb"\n" * 250_000 + b'"\n')


def _long_version() -> bytes:
    """A version of Go whose numbers have hundreds of thousands of digits."""
    return _with_build_information(b"build\tCGO_ENABLED=0\n", b"go1." + b"9" * 500_000)


def _with_build_information(lines: bytes, version: bytes = b"go1.26") -> bytes:
    blob = build_information(version, lines)
    size = 0x30000 + len(blob)
    return program([(1, 5, 0, 0x30000), (1, 6, 0x30000, len(blob))], {0x30000: blob}, size)


def _many_notes() -> bytes:
    """Sixteen segments full of empty notes."""
    size = 0x60000
    return program([(1, 5, 0, size)] + [(4, 4, 0x30000, 0x20000)] * 1000, {}, size)


def _many_symbols() -> bytes:
    """A table of undefined symbols over most of the file."""
    symbol = struct.pack("<IBBHQQ", 1, 0x10, 0, 0, 0, 0)
    table = b"".join(
        struct.pack("<qQ", tag, value)
        for tag, value in ((5, BASE + 0x28000), (6, BASE + 0x30000), (10, 0x8000), (0, 0))
    )
    size = 0x30000 + len(symbol) * 40_000
    return program(
        [(1, 5, 0, size), (2, 6, 0x20000, len(table))],
        {
            0x20000: table,
            0x28000: b"\0" + b"\x03" * 0x7000,
            0x30000: symbol * 40_000,
        },
        size,
    )


def _many_functions() -> bytes:
    """As many functions as are read, and as many names, each of another length."""
    count, header = 400_000, 72
    names = b"x.f\0" * (4 * count) + b"a/" * (16 << 20)
    words = [word for index in range(count) for word in (index, 8 * index)]
    table = struct.pack(f"<{2 * count + 1}I", *words, count)
    return _go_program(function_table(count, len(names), header) + names + table)


def _many_function_tables() -> bytes:
    """What looks like the start of a function table, over and over."""
    return _go_program(function_table(400_000, 1, 1 << 40) * 100_000)


def _functions_far_apart() -> bytes:
    """Records as far from each other as the format lets them be, in a file of 4 GB without data."""
    count = 1 << 16
    table = struct.pack(f"<{2 * count + 1}I", *range(0, (2 * count + 1) * 0x7FFF, 0x7FFF))
    return _go_program(function_table(count, 1, 72) + b"\0" + table)


def _go_program(content: bytes) -> bytes:
    """A program with a note of Go's, in which a function table is looked for."""
    note = go_note(b"id\0\0")
    size = 0x30000 + len(content)
    return program(
        [(1, 5, 0, 0x30000), (4, 4, 0x20000, len(note)), (1, 4, 0x30000, len(content))],
        {0x20000: note, 0x30000: content},
        size,
    )


HOSTILE = (
    _many_libraries,
    _many_segments_of_data,
    _many_segments_of_glibc,
    _many_sections,
    _many_modules,
    _added_strings,
    _escapes,
    _long_version,
    _many_notes,
    _many_symbols,
    _many_functions,
    _many_function_tables,
    _functions_far_apart,
)


@pytest.fixture(params=HOSTILE, ids=lambda make: make.__name__)
def hostile(request: SubRequest, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "hostile"
    path.write_bytes(request.param())
    yield path
    path.unlink()


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [("check", "--format=json"), ("inspect", "--format=text"), ("inspect", "--format=html")],
)
def test_a_file_with_large_claims_costs_little(hostile: Path, arguments: tuple[str, ...]) -> None:
    cost = cost_of_checker([*arguments, str(hostile)])

    assert cost.errors == ""
    assert cost.exit_code in (0, 1, 2)
    assert cost.least_seconds < 1
    assert cost.memory < 100_000


def test_files_next_to_a_hostile_one_are_judged_and_reported(
    tmp_path: Path, named: dict[str, Path]
) -> None:
    hostile, report = tmp_path / "hostile", tmp_path / "report.xml"
    hostile.write_bytes(_added_strings())
    done = cost_of_checker(
        [
            *("check", "--policy=default", f"--report=junit={report}"),
            *(str(hostile), str(named["linux-amd64"])),
        ]
    )
    assert (done.exit_code, done.errors) == (1, "")
    assert (
        "ES017 build-info: has damaged build information: in line 1, the "
        "quoted value of a setting is invalid\n"
    ) in done.output
    assert f"{named['linux-amd64']}: static, linux/amd64" in done.output
    assert len(ElementTree.parse(report).findall(".//testcase")) == 2
