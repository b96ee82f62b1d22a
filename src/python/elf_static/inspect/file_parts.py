"""The parts of a file, which add up to its size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from elf_static.elf.facts import Facts, Section, Segment


class Kind(Enum):
    CODE = "machine code"
    FUNCTIONS = "Go's function tables"
    READ_ONLY = "read-only data"
    DATA = "data"
    SYMBOLS = "symbol tables"
    DEBUG = "debug information"
    REST = "headers and padding"


_WRITABLE, _LOADED, _EXECUTABLE = 0x1, 0x2, 0x4


@dataclass(frozen=True)
class Part:
    """A range in bytes: a section, or a segment if there are no section headers, without what
    earlier ones cover; or the space between two."""

    name: str
    kind: Kind
    offset: int
    size: int


def read_parts(facts: Facts) -> tuple[Part, ...]:
    """The parts in the order of the file, without gaps."""
    parts: list[Part] = []
    end = 0
    for offset, size, name, kind in sorted(_ranges(facts), key=lambda found: found[:3]):
        stop = min(offset + size, facts.size)
        start = max(offset, end)
        if start >= stop:
            continue
        if start > end:
            parts.append(Part("", Kind.REST, end, start - end))
        parts.append(Part(name, kind, start, stop - start))
        end = stop
    if end < facts.size:
        parts.append(Part("", Kind.REST, end, facts.size - end))
    return tuple(parts)


def sizes_of_kinds(parts: tuple[Part, ...]) -> tuple[tuple[Kind, int], ...]:
    """The kinds of parts in the file, the largest first."""
    sizes = {kind: sum(part.size for part in parts if part.kind == kind) for kind in Kind}
    present = ((kind, size) for kind, size in sizes.items() if size)
    return tuple(sorted(present, key=lambda item: -item[1]))


def _ranges(facts: Facts) -> Iterator[tuple[int, int, str, Kind]]:
    if facts.sections:
        for section in facts.sections:
            if section.type not in ("SHT_NULL", "SHT_NOBITS") and section.size:
                yield section.offset, section.size, section.name, kind_of_section(section)
        return
    for segment in facts.segments:
        if segment.is_load and segment.file_size:
            yield segment.offset, segment.file_size, segment.flags, kind_of_segment(segment)


def kind_of_section(section: Section) -> Kind:
    name, flags = section.name, section.flags
    if name.endswith(".gopclntab"):
        return Kind.FUNCTIONS
    if flags & _EXECUTABLE:
        return Kind.CODE
    if flags & _LOADED:
        is_data = flags & _WRITABLE and not name.startswith(".data.rel.ro")
        return Kind.DATA if is_data else Kind.READ_ONLY
    if name.startswith((".debug", ".zdebug", ".gdb_index")):
        return Kind.DEBUG
    if section.type in ("SHT_SYMTAB", "SHT_STRTAB") and name != ".shstrtab":
        return Kind.SYMBOLS
    return Kind.REST


def kind_of_segment(segment: Segment) -> Kind:
    if "X" in segment.flags:
        return Kind.CODE
    return Kind.DATA if "W" in segment.flags else Kind.READ_ONLY
