"""ELF files that are laid out by hand, so that a test decides on every byte."""

from __future__ import annotations

import struct
from collections.abc import Mapping

BASE = 0x400000


def program(
    segments: list[tuple[int, int, int, int]],
    contents: Mapping[int, bytes],
    size: int,
    sections: tuple[int, int, int] = (0, 0, 0),
    kind: int = 2,
) -> bytes:
    """An x86-64 program: segments are type, flags, offset and size, loaded at BASE and on. Sections
    are where the headers are, how many, and which one has their names."""
    data = bytearray(size)
    data[:16] = b"\x7fELF\x02\x01\x01" + bytes(9)
    place, count, names = sections
    struct.pack_into(
        "<HHIQQQIHHHHHH",
        data,
        16,
        *(kind, 62, 1, BASE + 0x20000, 64, place, 0, 64, 56, len(segments), 64, count, names),
    )
    for index, (type_, flags, offset, length) in enumerate(segments):
        entry = (type_, flags, offset, BASE + offset, 0, length, length, 0x1000)
        struct.pack_into("<IIQQQQQQ", data, 64 + 56 * index, *entry)
    for offset, content in contents.items():
        data[offset : offset + len(content)] = content
    return bytes(data)


def varint(number: int) -> bytes:
    """As Go's `binary.PutUvarint` writes it."""
    data = b""
    while number >= 0x80:
        data += bytes([number & 0x7F | 0x80])
        number >>= 7
    return data + bytes([number])


def build_information(version: bytes, lines: bytes) -> bytes:
    """The blob that Go's linker writes since Go 1.18, with the lines of `go version -m`."""
    text = b"0" * 16 + lines + b"0" * 16
    header = b"\xff Go buildinf:\x08\x02" + bytes(16)
    return header + varint(len(version)) + version + varint(len(text)) + text


def function_table(count: int, names: int, offset: int) -> bytes:
    """The header of a function table (src/runtime/symtab.go, `pcHeader`)."""
    words = (count, 0, 0, offset, offset + names, 0, 0, offset + names)
    return struct.pack("<IHBB8Q", 0xFFFFFFF1, 0, 1, 8, *words)


def go_note(build_id: bytes) -> bytes:
    return (
        struct.pack("<III4s", 4, len(build_id), 4, b"Go\0\0") + build_id + bytes(-len(build_id) % 4)
    )
