"""What the bytes of a file are for: each is in one part, so that the parts add up to the file."""

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
    """A range of the file, in bytes: what of a section (or of a segment, where there are no section
    headers) no other one before it covers, or what lies between two."""

    name: str
    kind: str
    offset: int
    size: int


def read_parts(facts: Facts) -> tuple[Part, ...]:
    """In the order of the file, without a gap."""
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
    """The kinds that there are, the largest first."""
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
