"""ELF files laid out by hand, so that a test controls every byte."""

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
    """An x86-64 program. Segments are (type, flags, offset, size), loaded from BASE on. Sections
    are the offset of their headers, their number, and the index of the one with their names."""
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
    """Encoded like Go's `binary.PutUvarint`."""
    data = b""
    while number >= 0x80:
        data += bytes([number & 0x7F | 0x80])
        number >>= 7
    return data + bytes([number])


def build_information(version: bytes, lines: bytes) -> bytes:
    """The blob that Go's linker has written since Go 1.18, with the lines of `go version -m`."""
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


def talkative(text: bytes, kind: int = 2) -> bytes:
    """A program with `text`, which contains no NUL, in every place of a file that can hold text.

    :param kind: 2 (ET_EXEC), or 3 (ET_DYN), a library with a name.
    """
    blob: dict[str, bytes] = {}
    strings = b"\0" + text + b"\0"
    blob["interpreter"] = text + b"\0"
    blob["strings"] = strings
    blob["symbols"] = bytes(24) + struct.pack("<IBBHQQ", 1, 0x10, 0, 0, 0, 0)
    blob["note"] = go_note(text)
    line = text.translate(None, b"\n")
    column = line.translate(None, b"\t")
    # Go quotes what starts so (`quoteValue` of src/runtime/debug/mod.go).
    setting = b"_" + line if line.startswith((b'"', b"`")) else line
    quoted = "".join(f"\\U{ord(c):08x}" for c in text.decode("utf-8", "replace")).encode()
    blob["build"] = build_information(
        text,
        b"path\t%s\nmod\t%s\t%s\t%s\n" % (line, column, column, column)
        + b"dep\texample.com/%s\t%s\t%s\n=>\t%s\t%s\t%s\n" % ((column,) * 6)
        + b"dep\tgithub.com/mattn/go-sqlite3\tv1\n"
        + b'build\tCGO_ENABLED="%s"\nbuild\t-tags=%s\nbuild\tvcs.%s=%s\n'
        % (quoted, setting, column.replace(b"=", b""), setting)
        + b'build\t"%s"="%s"\nbuild\tGOOS=%s\n' % (quoted, quoted, setting),
    )
    # A dot ends the name of a package.
    function = b"example.com/" + text.replace(b".", b"") + b".f\0"
    blob["functions"] = (
        function_table(1, len(function), 72) + function + struct.pack("<IIIII", 0, 12, 64, 0, 0)
    )
    names = b"\0" + text + b"\0.gopclntab\0.go.buildinfo\0"
    blob["names"] = names

    places, offset = {}, 0x1000
    for name, data in blob.items():
        places[name] = offset
        offset += -(-len(data) // 16) * 16 + 16
    dynamic = [(1, 1), (14, 1), (15, 1), (29, 1)]
    dynamic += [(5, BASE + places["strings"]), (10, len(strings))]
    dynamic += [(6, BASE + places["symbols"]), (0, 0)]
    # From the position alone, a reader would count as many symbols as fit before the strings.
    dynamic.insert(0, (4, BASE + offset))
    hashes = struct.pack("<IIII", 1, 2, 0, 0)
    table = b"".join(struct.pack("<qQ", *entry) for entry in dynamic)
    dynamic_at = offset + 16
    sections_at = dynamic_at + -(-len(table) // 16) * 16
    section_names = (b"", text, b".gopclntab", b".go.buildinfo", b"")
    section_blobs = ("", "strings", "functions", "build", "names")
    headers = b""
    for index, (section, where) in enumerate(zip(section_names, section_blobs)):
        start, size = (places[where], len(blob[where])) if where else (0, 0)
        at = names.index(b"\0" + section + b"\0") + 1 if section else 0
        type_ = (0, 1, 1, 1, 3)[index]
        headers += struct.pack(
            "<IIQQQQIIQQ", at, type_, 2, BASE + start if start else 0, start, size, 0, 0, 1, 0
        )
    size = max(0x21000, sections_at + len(headers))
    return program(
        [
            (1, 7, 0, size),
            (3, 4, places["interpreter"], len(blob["interpreter"])),
            (2, 6, dynamic_at, len(table)),
            (4, 4, places["note"], len(blob["note"])),
        ],
        {
            **{places[name]: data for name, data in blob.items()},
            offset: hashes,
            dynamic_at: table,
            sections_at: headers,
        },
        size,
        (sections_at, len(section_names), 4),
        kind,
    )
