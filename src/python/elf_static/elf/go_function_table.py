"""The size of each Go package's machine code, from the function table of Go's runtime.

Every Go program has the table (`pclntab`), even if stripped. This reads the format of Go 1.18 and
later, like src/debug/gosym/pclntab.go: a header, the names of functions, and `nfunc` pairs of
offsets, of a function's code and of its record, sorted by both. A function's size includes the
padding before the next function. Inlined code counts as part of the function that contains it.
"""

from __future__ import annotations

import io
import re
import struct
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from operator import gt, sub

from elf_static.elf.bounded_file import Source
from elf_static.elf.facts import Section, Segment
from elf_static.elf.machines import LITTLE
from elf_static.elf.structures import text

# Go120PCLnTabMagic and Go118PCLnTabMagic of src/internal/abi/symtab.go. Both have the same layout.
_MAGICS = (0xFFFFFFF1, 0xFFFFFFF0)
_HEADER_WORDS = 8

# A program of 75 MB has 72,000 functions; one takes 0.6 µs.
_MAX_FUNCTIONS = 400_000
# In bytes; that program has 5.6 MB of names.
_MAX_NAMES = 48 << 20
_MAX_NAME = 4096
# In pieces of 256 kB: the records of 256 MB.
_RECORD_PIECE = 256 << 10
_MAX_RECORD_PIECES = 1024
# Without section headers, in bytes of all segments.
_MAX_SEARCHED = 256 << 20
# Places that look like the start of a table. A few occur by chance in code and data.
_MAX_CANDIDATES = 1000
# A large program has 3,000.
_MAX_PACKAGES = 16384
_MAX_PACKAGE_NAME = 512


class NoFunctionTableError(Exception):
    """No readable function table. The text completes a sentence that starts with the file's
    name."""


@dataclass(frozen=True)
class PackageCode:
    """A package's machine code in bytes, and its number of functions. `path` is `main` for the main
    package, and empty for functions that the compiler generated for no package."""

    path: str
    size: int
    functions: int


def read_packages(
    source: Source, segments: Sequence[Segment], sections: Sequence[Section], byte_order: str
) -> tuple[PackageCode, ...]:
    """The packages with code, the largest first.

    :raises NoFunctionTableError: see there.
    """
    table = _find(source, segments, sections, byte_order)
    if table is None:
        raise NoFunctionTableError("has no readable function table (.gopclntab)")
    # By prefix, because there are far fewer prefixes than functions to test for a package path.
    sizes: dict[bytes, int] = {}
    counts: dict[bytes, int] = {}
    starts, names = table.functions(source)
    for prefix, first, end in _runs(table.names(source), names):
        if prefix not in sizes:
            if len(sizes) >= _MAX_PACKAGES or len(prefix) > _MAX_PACKAGE_NAME:
                raise _damaged("it names more packages than any program has")
            sizes[prefix] = counts[prefix] = 0
        sizes[prefix] += starts[end] - starts[first]
        counts[prefix] += end - first
    return _largest_first(sizes, counts)


def _runs(names: bytes, offsets: Iterable[tuple[int]]) -> Iterator[tuple[bytes, int, int]]:
    """The prefixes of names, each with the range of neighbors that have it."""
    prefix, first, index = b"", 0, 0
    # What names start with that have the last one's prefix, if they have no more slashes.
    same, length, slash = b"\0", 1, ord("/")
    for index, (offset,) in enumerate(offsets):
        end = names.find(0, offset, offset + _MAX_NAME)
        name = names[offset:end] if end >= 0 else b""
        if name[:length] == same and slash not in name[length:]:
            continue
        if index:
            yield prefix, first, index
        prefix, first = _prefix(name), index
        same = b"\0" if prefix.startswith(b"type") else prefix + b"."
        length = len(same)
    yield prefix, first, index + 1


def _largest_first(sizes: dict[bytes, int], counts: dict[bytes, int]) -> tuple[PackageCode, ...]:
    size_of: dict[str, int] = {}
    count_of: dict[str, int] = {}
    for prefix, size in sizes.items():
        path = text(_unescaped(_if_package(prefix)))
        size_of[path] = size_of.get(path, 0) + size
        count_of[path] = count_of.get(path, 0) + counts[prefix]
    found = (PackageCode(path, size, count_of[path]) for path, size in size_of.items())
    return tuple(sorted(found, key=lambda package: (-package.size, package.path)))


def package_of(function: bytes) -> bytes:
    """The package in a function's name, still escaped: up to the first dot after the last slash
    (`PackageName` of src/debug/gosym/symtab.go). Empty if there is none, as in functions that the
    compiler generates for unnamed types (`type:.eq.[2]string`)."""
    return _if_package(_prefix(function))


# The equality and hash functions of a type belong to the type's package.
_OF_A_TYPE = re.compile(rb"\Atype(?::|\.)\.(?:eq|hash)\.")
_PACKAGE = re.compile(rb"[^\s*{}()\[\]:,;]+")


def _prefix(function: bytes) -> bytes:
    if function.startswith(b"type"):
        function = _OF_A_TYPE.sub(b"", function, count=1)
    # Type arguments name packages too.
    name = function.partition(b"[")[0]
    dot = name.find(b".", name.rfind(b"/") + 1)
    return name[:dot] if dot > 0 else b""


def _if_package(prefix: bytes) -> bytes:
    return prefix if _PACKAGE.fullmatch(prefix) else b""


def _unescaped(package: bytes) -> bytes:
    """The inverse of `PathToPrefix` in src/cmd/internal/objabi/path.go."""
    return re.sub(
        rb"%([0-9a-f]{2})", lambda match: bytes([int(match[1], 16)]), package, flags=re.IGNORECASE
    )


def _damaged(how: str) -> NoFunctionTableError:
    return NoFunctionTableError(f"has a damaged function table: {how}")


@dataclass(frozen=True)
class _Table:
    """Offsets are in bytes from the start of the file."""

    order: str
    functions_count: int
    names_start: int
    names_end: int
    functions_start: int

    def names(self, source: Source) -> bytes:
        size = self.names_end - self.names_start
        if size > _MAX_NAMES:
            raise _damaged(f"names of {size} bytes")
        return _read(source, self.names_start, size)

    def functions(self, source: Source) -> tuple[Sequence[int], Iterator[tuple[int]]]:
        """Where each function starts and the last ends, and the offset of each one's name in
        `names`."""
        data = array("I", _read(source, self.functions_start, 4 * (2 * self.functions_count + 1)))
        if self.order != sys.byteorder:
            data.byteswap()
        starts, records = data[0::2], data[1::2]
        if any(map(gt, starts, starts[1:])) or any(map(gt, records, records[1:])):
            raise _damaged("its functions are not in order")
        return starts, chain.from_iterable(self._name_offsets(source, records))

    def _name_offsets(self, source: Source, records: array[int]) -> Iterator[Iterable[tuple[int]]]:
        field = struct.Struct("<I" if self.order == LITTLE else ">I")
        done = 0
        for _ in range(_MAX_RECORD_PIECES):
            # A record starts with the offsets of its code and of its name.
            base = records[done] + 4
            piece = source.read_up_to(self.functions_start + base, _RECORD_PIECE)
            if len(piece) < 4:
                raise _damaged("it points outside the file")
            end = bisect_right(records, base + len(piece) - 8)
            yield map(
                field.unpack_from, repeat(piece), map(sub, records[done:end], repeat(base - 4))
            )
            done = end
            if done == len(records):
                return
        raise _damaged("its records are larger than any program's")


def _read(source: Source, offset: int, size: int) -> bytes:
    data = io.BytesIO()
    while data.tell() < size:
        piece = source.read_up_to(offset + data.tell(), size - data.tell())
        if not piece:
            raise _damaged("it points outside the file")
        data.write(piece)
    return data.getvalue()


def _find(
    source: Source, segments: Sequence[Segment], sections: Sequence[Section], byte_order: str
) -> _Table | None:
    for section in sections:
        # In position-independent programs of some linkers: .data.rel.ro.gopclntab.
        if section.name.endswith(".gopclntab"):
            return _table_at(source, section.offset, section.size, byte_order)
    return _search(source, segments, byte_order)


def _search(source: Source, segments: Sequence[Segment], byte_order: str) -> _Table | None:
    """Search the segments of a file without section headers, those without code first."""
    magics = tuple(
        struct.pack("<IH" if byte_order == LITTLE else ">IH", magic, 0) for magic in _MAGICS
    )
    left, candidates = _MAX_SEARCHED, 0
    for segment in sorted(segments, key=lambda segment: "X" in segment.flags):
        if not segment.is_load:
            continue
        end = segment.offset + min(segment.file_size, left)
        left -= end - segment.offset
        for piece_offset, data in source.pieces(segment.offset, end - segment.offset, overlap=8):
            for magic in magics:
                found = data.find(magic)
                while found >= 0:
                    candidates += 1
                    if candidates > _MAX_CANDIDATES:
                        return None
                    place = piece_offset + found
                    table = _table_at(source, place, end - place, byte_order)
                    if table:
                        return table
                    found = data.find(magic, found + 1)
    return None


def _table_at(source: Source, offset: int, size: int, byte_order: str) -> _Table | None:
    """The table with its header at `offset`; None if that is not a header."""
    order = "<" if byte_order == LITTLE else ">"
    start = source.read_up_to(offset, min(size, 8))
    if len(start) < 8:
        return None
    magic, pads, quantum, pointer = struct.unpack(f"{order}IHBB", start)
    if magic not in _MAGICS or pads or quantum not in (1, 2, 4) or pointer not in (4, 8):
        return None
    words = source.read_up_to(offset + 8, _HEADER_WORDS * pointer)
    if len(words) < _HEADER_WORDS * pointer:
        return None
    count, _, _, names, after_names, _, _, functions = struct.unpack(
        f"{order}{_HEADER_WORDS}{'I' if pointer == 4 else 'Q'}", words
    )
    if not (0 < count <= _MAX_FUNCTIONS and names <= after_names <= size and functions <= size):
        return None
    return _Table(byte_order, count, offset + names, offset + after_names, offset + functions)
