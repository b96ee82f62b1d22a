"""The parts of a file, which add up to its size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from elf_static.elf.facts import Facts, Section, Segment

CODE, FUNCTIONS, READ_ONLY, DATA, SYMBOLS, DEBUG, REST = (
    "machine code",
    "Go's function tables",
    "read-only data",
    "data",
    "symbol tables",
    "debug information",
    "headers and padding",
)
KINDS = (CODE, FUNCTIONS, READ_ONLY, DATA, SYMBOLS, DEBUG, REST)

_WRITABLE, _LOADED, _EXECUTABLE = 0x1, 0x2, 0x4


@dataclass(frozen=True)
class Part:
    """A range in bytes: a section, or a segment if there are no section headers, without what
    earlier ones cover; or the space between two."""

    name: str
    kind: str
    offset: int
    size: int


def read_parts(facts: Facts) -> tuple[Part, ...]:
    """The parts in the order of the file, without gaps."""
    parts: list[Part] = []
    end = 0
    for offset, size, name, kind in sorted(_ranges(facts)):
        stop = min(offset + size, facts.size)
        start = max(offset, end)
        if start >= stop:
            continue
        if start > end:
            parts.append(Part("", REST, end, start - end))
        parts.append(Part(name, kind, start, stop - start))
        end = stop
    if end < facts.size:
        parts.append(Part("", REST, end, facts.size - end))
    return tuple(parts)


def sizes_of_kinds(parts: tuple[Part, ...]) -> tuple[tuple[str, int], ...]:
    """The kinds of parts in the file, the largest first."""
    sizes = {kind: sum(part.size for part in parts if part.kind == kind) for kind in KINDS}
    present = ((kind, size) for kind, size in sizes.items() if size)
    return tuple(sorted(present, key=lambda item: -item[1]))


def _ranges(facts: Facts) -> Iterator[tuple[int, int, str, str]]:
    if facts.sections:
        for section in facts.sections:
            if section.type not in ("SHT_NULL", "SHT_NOBITS") and section.size:
                yield section.offset, section.size, section.name, kind_of_section(section)
        return
    for segment in facts.segments:
        if segment.is_load and segment.file_size:
            yield segment.offset, segment.file_size, segment.flags, kind_of_segment(segment)


def kind_of_section(section: Section) -> str:
    name, flags = section.name, section.flags
    if name.endswith(".gopclntab"):
        return FUNCTIONS
    if flags & _EXECUTABLE:
        return CODE
    if flags & _LOADED:
        return DATA if flags & _WRITABLE and not name.startswith(".data.rel.ro") else READ_ONLY
    if name.startswith((".debug", ".zdebug", ".gdb_index")):
        return DEBUG
    if section.type in ("SHT_SYMTAB", "SHT_STRTAB") and name != ".shstrtab":
        return SYMBOLS
    return REST


def kind_of_segment(segment: Segment) -> str:
    if "X" in segment.flags:
        return CODE
    return DATA if "W" in segment.flags else READ_ONLY
