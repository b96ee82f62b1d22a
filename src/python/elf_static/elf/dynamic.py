"""PT_DYNAMIC and PT_INTERP: the loader, and what it has to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    source: Source,
    structures: Structures,
    segments: Sequence[Segment],
    sections: Sequence[Section],
) -> Dynamic | None:
    """
    :raises DamagedError: PT_DYNAMIC is unreadable or ambiguous.
    """
    found = [segment for segment in segments if segment.type == "PT_DYNAMIC"]
    if not found:
        return None
    if len(found) > 1:
        raise DamagedError("is damaged: it has more than one PT_DYNAMIC")
    segment = found[0]
    entries = _read_entries(source, structures, segment)
    loaded = file_range(segments, segment.address)
    if entries and (loaded is None or loaded[0] != segment.offset):
        # A program that relocates itself finds it by address, tools find it by offset.
        raise DamagedError("is damaged: the address and the offset of PT_DYNAMIC differ")

    table = _Strings.find(source, segments, entries)
    needed = [value for tag, value in entries if tag == "DT_NEEDED"]
    flags = _value(entries, "DT_FLAGS") or 0
    flags_1 = _value(entries, "DT_FLAGS_1") or 0
    undefined = _undefined(source, structures, segments, sections, entries)
    return Dynamic(
        needed=tuple(table.read(offset) for offset in needed[:_MAX_NAMES]),
        soname=table.first(entries, "DT_SONAME"),
        rpath=table.first(entries, "DT_RPATH"),
        runpath=table.first(entries, "DT_RUNPATH"),
        pie=bool(flags_1 & _DF_1_PIE),
        bind_now=_value(entries, "DT_BIND_NOW") is not None
        or bool(flags & _DF_BIND_NOW or flags_1 & _DF_1_NOW),
        text_relocations=_value(entries, "DT_TEXTREL") is not None or bool(flags & _DF_TEXTREL),
        undefined=tuple(table.read(offset) for offset in undefined[:UNDEFINED_SHOWN]),
        undefined_count=len(undefined),
    )


_Entries = list[tuple[str, int]]


def _read_entries(source: Source, structures: Structures, segment: Segment) -> _Entries:
    if segment.file_size == 0:
        raise DamagedError("is damaged: PT_DYNAMIC has no contents")
    size = DYNAMIC_ENTRY_SIZES[structures.bits]
    length = min(segment.file_size, _MAX_ENTRIES * size)
    try:
        data = source.read(segment.offset, length)
    except OutOfFileError as e:
        raise DamagedError(f"is damaged: PT_DYNAMIC {e}") from None
    entries: _Entries = []
    for entry in structures.dynamic_entries(data):
        if entry.d_tag == "DT_NULL":
            return entries
        entries.append((str(entry.d_tag), int(entry.d_val)))
    raise DamagedError("is damaged: PT_DYNAMIC has no end (DT_NULL)")


def _value(entries: _Entries, tag: str) -> int | None:
    for key, value in entries:
        if key == tag:
            return value
    return None


@dataclass(frozen=True)
class _Strings:
    """The string table that PT_DYNAMIC names."""

    source: Source
    offset: int
    size: int

    @classmethod
    def find(cls, source: Source, segments: Sequence[Segment], entries: _Entries) -> _Strings:
        address = _value(entries, "DT_STRTAB")
        place = None if address is None else file_range(segments, address)
        if place is None:
            return cls(source, 0, 0)
        size = _value(entries, "DT_STRSZ")
        return cls(source, place[0], place[1] if size is None else min(size, place[1]))

    def read(self, offset: int) -> str:
        length = min(self.size - offset, _MAX_STRING)
        if length <= 0:
            return "(name not in the file)"
        return text(self.source.read_up_to(self.offset + offset, length).split(b"\0", 1)[0])

    def first(self, entries: _Entries, tag: str) -> str:
        value = _value(entries, tag)
        return "" if value is None else self.read(value)


def _undefined(
    source: Source,
    structures: Structures,
    segments: Sequence[Segment],
    sections: Sequence[Section],
    entries: _Entries,
) -> list[int]:
    """The names of undefined global symbols, as offsets in the string table."""
    address = _value(entries, "DT_SYMTAB")
    place = None if address is None else file_range(segments, address)
    if address is None or place is None:
        return []
    size = SYMBOL_SIZES[structures.bits]
    count = _symbol_count(source, structures, segments, sections, entries, address, size)
    data = source.read_up_to(place[0], min(count, _MAX_SYMBOLS, place[1] // size) * size)
    return [
        symbol.st_name
        for symbol in structures.symbols(data)
        if symbol.st_shndx == "SHN_UNDEF"
        and symbol.st_name
        and symbol.st_info.bind not in ("STB_LOCAL", "STB_WEAK")
    ]


def _symbol_count(
    source: Source,
    structures: Structures,
    segments: Sequence[Segment],
    sections: Sequence[Section],
    entries: _Entries,
    address: int,
    size: int,
) -> int:
    """The number of symbols, which PT_DYNAMIC does not contain. It follows from the hash table, the
    section, or the string table, which linkers put after the symbols. The last resort is the number
    of symbols that GNU's hash table omits, which are the undefined ones."""
    hashes = _value(entries, "DT_HASH")
    place = None if hashes is None else file_range(segments, hashes)
    if place:
        buckets, chains, *more = (*structures.words(source.read_up_to(place[0], 16)), 0, 0, 0, 0)
        if buckets and chains:
            return chains
        # s390x and Alpha have 64-bit words, one half of which is zero.
        return max(more[0], more[1])
    for section in sections:
        if section.type == "SHT_DYNSYM" and section.address == address:
            return section.size // size
    strings = _value(entries, "DT_STRTAB")
    if strings is not None and strings > address:
        return (strings - address) // size
    hashes = _value(entries, "DT_GNU_HASH")
    place = None if hashes is None else file_range(segments, hashes)
    if place:
        words = structures.words(source.read_up_to(place[0], 8))
        if len(words) == 2:
            return words[1]
    return 0
