"""Files that are made to cost much: as many and as long as the format lets them say."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.fixtures import SubRequest

from elf_static_testing.cost import cost_of_checker

BASE = 0x400000


def _file(
    segments: list[tuple[int, int, int, int]],
    contents: dict[int, bytes],
    size: int,
    sections: tuple[int, int] = (0, 0),
) -> bytes:
    """An x86-64 program: segments are type, flags, offset and size, loaded at BASE and on."""
    data = bytearray(size)
    data[:16] = b"\x7fELF\x02\x01\x01" + bytes(9)
    struct.pack_into(
        "<HHIQQQIHHHHHH",
        data,
        16,
        *(2, 62, 1, BASE + 0x20000, 64, sections[0], 0, 64, 56, len(segments), 64, sections[1], 0),
    )
    for index, (kind, flags, offset, length) in enumerate(segments):
        entry = (kind, flags, offset, BASE + offset, 0, length, length, 0x1000)
        struct.pack_into("<IIQQQQQQ", data, 64 + 56 * index, *entry)
    for offset, content in contents.items():
        data[offset : offset + len(content)] = content
    return bytes(data)


def _many_libraries() -> bytes:
    """8000 libraries with names of 4 KB that cannot be printed."""
    entries = [struct.pack("<qQ", 1, 0)] * 8000
    entries += [struct.pack("<qQ", 5, BASE + 0x40000), struct.pack("<qQ", 10, 0x10000)]
    table = b"".join(entries) + bytes(16)
    size = 0x60000
    return _file(
        [(1, 5, 0, size), (2, 6, 0x20000, len(table))],
        {0x20000: table, 0x40000: b"\x01" * 0x10000},
        size,
    )


def _many_segments_of_data() -> bytes:
    """1100 segments of the same 64 MB, in each of which build information may be."""
    size = 64 << 20
    return _file([(1, 5, 0, 0x30000)] + [(1, 6, 0, size)] * 1100, {}, size)


def _many_segments_of_glibc() -> bytes:
    """1100 segments of 16 MB in which the names of libraries may be, of a program of glibc."""
    note = struct.pack("<III4s4I", 4, 16, 1, b"GNU\0", 0, 3, 2, 0)
    size = 16 << 20
    return _file(
        [(1, 5, 0, 0x30000), (4, 4, 0x20000, len(note))] + [(1, 4, 0, size)] * 1100,
        {0x20000: note},
        size,
    )


def _many_sections() -> bytes:
    """As many sections as the header can say, with names of 256 characters."""
    count = 0xFEFF
    header = struct.pack("<IIQQQQIIQQ", 0, 3, 0, 0, 0x100, 0x10000, 0, 0, 0, 0)
    size = 0x30000 + count * 64
    return _file(
        [(1, 5, 0, 0x30000)],
        {0x100: b"\x02" * 0xFF00, 0x30000: header * count},
        size,
        sections=(0x30000, count),
    )


def _many_modules() -> bytes:
    """Build information of half a megabyte: modules, stamps, and one long line."""
    text = b"0" * 16 + b"dep\ta\tv1\n" * 4000 + b"build\tvcs.x=" + b"\x01" * 400_000 + b"\n"
    text += b"0" * 16
    length, varint = len(text), b""
    while length >= 0x80:
        varint += bytes([length & 0x7F | 0x80])
        length >>= 7
    varint += bytes([length])
    blob = b"\xff Go buildinf:\x08\x02" + bytes(16) + b"\x06go1.26" + varint + text
    size = 0x30000 + len(blob)
    return _file([(1, 5, 0, 0x30000), (1, 6, 0x30000, len(blob))], {0x30000: blob}, size)


def _many_notes() -> bytes:
    """Sixteen segments full of empty notes."""
    size = 0x60000
    return _file([(1, 5, 0, size)] + [(4, 4, 0x30000, 0x20000)] * 1000, {}, size)


def _many_symbols() -> bytes:
    """A table of undefined symbols over most of the file."""
    symbol = struct.pack("<IBBHQQ", 1, 0x10, 0, 0, 0, 0)
    table = b"".join(
        struct.pack("<qQ", tag, value)
        for tag, value in ((5, BASE + 0x28000), (6, BASE + 0x30000), (10, 0x8000), (0, 0))
    )
    size = 0x30000 + len(symbol) * 40_000
    return _file(
        [(1, 5, 0, size), (2, 6, 0x20000, len(table))],
        {
            0x20000: table,
            0x28000: b"\0" + b"\x03" * 0x7000,
            0x30000: symbol * 40_000,
        },
        size,
    )


def _function_table(count: int, names: int, offset: int) -> bytes:
    """The header of a function table (src/runtime/symtab.go, `pcHeader`)."""
    words = (count, 0, 0, offset, offset + names, 0, 0, offset + names)
    return struct.pack("<IHBB8Q", 0xFFFFFFF1, 0, 1, 8, *words)


def _many_functions() -> bytes:
    """As many functions as are read, and as many names, each of another length."""
    count, header = 400_000, 72
    names = b"x.f\0" * (4 * count) + b"a/" * (16 << 20)
    words = [word for index in range(count) for word in (index, 8 * index)]
    table = struct.pack(f"<{2 * count + 1}I", *words, count)
    return _go_program(_function_table(count, len(names), header) + names + table)


def _many_function_tables() -> bytes:
    """What looks like the start of a function table, over and over."""
    return _go_program(_function_table(400_000, 1, 1 << 40) * 100_000)


def _functions_far_apart() -> bytes:
    """Records as far from each other as the format lets them be, in a file of 4 GB without data."""
    count = 1 << 16
    table = struct.pack(f"<{2 * count + 1}I", *range(0, (2 * count + 1) * 0x7FFF, 0x7FFF))
    return _go_program(_function_table(count, 1, 72) + b"\0" + table)


def _go_program(content: bytes) -> bytes:
    """A program with a note of Go's, in which a function table is looked for."""
    note = struct.pack("<III4s4s", 4, 4, 4, b"Go\0\0", b"id\0\0")
    size = 0x30000 + len(content)
    return _file(
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


@pytest.mark.parametrize(
    "arguments",
    [("check", "--format=json"), ("inspect", "--format=text"), ("inspect", "--format=html")],
)
def test_a_file_that_claims_much_costs_little(hostile: Path, arguments: tuple[str, ...]) -> None:
    cost = cost_of_checker([*arguments, str(hostile)])

    assert cost.errors == ""
    assert cost.exit_code in (0, 1, 2)
    assert cost.least_seconds < 1
    assert cost.memory < 100_000
