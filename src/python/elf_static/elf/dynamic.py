"""PT_DYNAMIC and PT_INTERP: the loader and its work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from elf_static.elf.bounded_file import OutOfFileError, Source
from elf_static.elf.facts import UNDEFINED_SHOWN, Dynamic, Section, Segment
from elf_static.elf.headers import DamagedError, file_range
from elf_static.elf.structures import DYNAMIC_ENTRY_SIZES, SYMBOL_SIZES, Structures, text

# Real files have about 30 entries; reading one takes 5 µs.
_MAX_ENTRIES = 8192
# Reading a symbol takes 30 µs.
_MAX_SYMBOLS = 2048
# More libraries than a program has.
_MAX_NAMES = 256
# The longest path on Linux, with its NUL.
_MAX_STRING = 4096

_DF_TEXTREL = 0x4
_DF_BIND_NOW = 0x8
_DF_1_NOW = 0x1
_DF_1_PIE = 0x08000000


def read_interpreter(source: Source, segments: Sequence[Segment]) -> str | None:
    """The first PT_INTERP, which is the loader that the kernel starts."""
    for segment in segments:
        if segment.type == "PT_INTERP":
            data = source.read_up_to(segment.offset, min(segment.file_size, _MAX_STRING))
            return text(data.split(b"\0", 1)[0])
    return None


def read_dynamic(
    source: Source, structures: Structures, segments: Sequence[Segment], sections: Sequence[Section]
) -> Dynamic | None:
    """
    :raises DamagedError: PT_DYNAMIC is unreadable or ambiguous.
    """
    found = [segment for segment in segments if segment.type == "PT_DYNAMIC"]
    if not found:
        return None
    if len(found) > 1:
        raise DamagedError("is damaged: it has more than one PT_DYNAMIC")
    table = _Table(source, structures, segments, _read_entries(source, structures, found[0]))
    loaded = file_range(segments, found[0].address)
    if table.entries and (loaded is None or loaded[0] != found[0].offset):
        # A program that relocates itself finds it by address, tools find it by offset.
        raise DamagedError("is damaged: the address and the offset of PT_DYNAMIC differ")

    needed = [value for tag, value in table.entries if tag == "DT_NEEDED"]
    flags, flags_1 = table.value("DT_FLAGS") or 0, table.value("DT_FLAGS_1") or 0
    undefined = _undefined(table, sections)
    return Dynamic(
        needed=tuple(map(table.string, needed[:_MAX_NAMES])),
        soname=table.first_string("DT_SONAME"),
        rpath=table.first_string("DT_RPATH"),
        runpath=table.first_string("DT_RUNPATH"),
        pie=bool(flags_1 & _DF_1_PIE),
        bind_now=table.value("DT_BIND_NOW") is not None
        or bool(flags & _DF_BIND_NOW or flags_1 & _DF_1_NOW),
        text_relocations=table.value("DT_TEXTREL") is not None or bool(flags & _DF_TEXTREL),
        undefined=tuple(map(table.string, undefined[:UNDEFINED_SHOWN])),
        undefined_count=len(undefined),
    )


def _read_entries(
    source: Source, structures: Structures, segment: Segment
) -> list[tuple[str, int]]:
    if segment.file_size == 0:
        raise DamagedError("is damaged: PT_DYNAMIC has no contents")
    size = DYNAMIC_ENTRY_SIZES[structures.bits]
    length = min(segment.file_size, _MAX_ENTRIES * size)
    try:
        data = source.read(segment.offset, length)
    except OutOfFileError as e:
        raise DamagedError(f"is damaged: PT_DYNAMIC {e}") from None
    entries: list[tuple[str, int]] = []
    for entry in structures.dynamic_entries(data):
        if entry.d_tag == "DT_NULL":
            return entries
        entries.append((str(entry.d_tag), int(entry.d_val)))
    raise DamagedError("is damaged: PT_DYNAMIC has no end (DT_NULL)")


@dataclass(frozen=True)
class _Table:
    """The entries of PT_DYNAMIC, as tags and values, and the file for what they point to."""

    source: Source
    structures: Structures
    segments: Sequence[Segment]
    entries: list[tuple[str, int]]

    def value(self, tag: str) -> int | None:
        return next((value for key, value in self.entries if key == tag), None)

    def place(self, tag: str) -> tuple[int, int] | None:
        """The `file_range` of the address in an entry."""
        address = self.value(tag)
        return None if address is None else file_range(self.segments, address)

    def words(self, place: tuple[int, int], count: int) -> tuple[int, ...]:
        return self.structures.words(self.source.read_up_to(place[0], 4 * count))

    @cached_property
    def strings(self) -> tuple[int, int]:
        """The offset and the size of the string table."""
        start, size = self.place("DT_STRTAB") or (0, 0)
        declared = self.value("DT_STRSZ")
        return start, size if declared is None else min(declared, size)

    def string(self, offset: int) -> str:
        start, size = self.strings
        length = min(size - offset, _MAX_STRING)
        if length <= 0:
            return "(name not in the file)"
        return text(self.source.read_up_to(start + offset, length).split(b"\0", 1)[0])

    def first_string(self, tag: str) -> str:
        offset = self.value(tag)
        return "" if offset is None else self.string(offset)


def _undefined(table: _Table, sections: Sequence[Section]) -> list[int]:
    """The names of undefined global symbols, as offsets in the string table."""
    place = table.place("DT_SYMTAB")
    if place is None:
        return []
    size = SYMBOL_SIZES[table.structures.bits]
    count = min(_symbol_count(table, sections, size), _MAX_SYMBOLS, place[1] // size)
    return [
        symbol.st_name
        for symbol in table.structures.symbols(table.source.read_up_to(place[0], count * size))
        if symbol.st_shndx == "SHN_UNDEF"
        and symbol.st_name
        and symbol.st_info.bind not in ("STB_LOCAL", "STB_WEAK")
    ]


def _symbol_count(table: _Table, sections: Sequence[Section], size: int) -> int:
    """The number of symbols, which PT_DYNAMIC does not contain. It follows from the hash table, the
    section, or the string table, which linkers put after the symbols. The last resort is the number
    of symbols that GNU's hash table omits, which are the undefined ones."""
    place = table.place("DT_HASH")
    if place:
        buckets, chains, *more = (*table.words(place, 4), 0, 0, 0, 0)
        if buckets and chains:
            return chains
        # s390x and Alpha have 64-bit words, one half of which is zero.
        return max(more[0], more[1])
    address = table.value("DT_SYMTAB") or 0
    for section in sections:
        if section.type == "SHT_DYNSYM" and section.address == address:
            return section.size // size
    strings = table.value("DT_STRTAB")
    if strings is not None and strings > address:
        return (strings - address) // size
    place = table.place("DT_GNU_HASH")
    words = table.words(place, 2) if place else ()
    return words[1] if len(words) == 2 else 0
