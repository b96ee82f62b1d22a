"""The named ranges of bytes by which files are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from elf_static.elf.facts import Facts
from elf_static.elf.headers import MAX_SECTIONS


class PartKind(str, Enum):
    """What a part of a file is. `OUTSIDE`: in no section or segment. JSON has the values."""

    SECTION = "section"
    SEGMENT = "segment"
    OUTSIDE = "outside"
    WHOLE = "file"


TRAILING = "(trailing data)"
"""The part after the last section or segment."""


@dataclass(frozen=True)
class Extent:
    """A range of a file, in bytes."""

    offset: int
    size: int


def layout(
    left: Facts, right: Facts
) -> tuple[PartKind, tuple[dict[str, Extent], dict[str, Extent]]]:
    """The parts of both files by name, of the first kind that is credible in both."""
    for kind, parts in ((PartKind.SECTION, _sections), (PartKind.SEGMENT, _segments)):
        found = parts(left), parts(right)
        if all(_credible(extents, facts) for extents, facts in zip(found, (left, right))):
            return kind, found
    return PartKind.WHOLE, ({}, {})


def _credible(extents: dict[str, Extent], facts: Facts) -> bool:
    """Whether the file can consist of these parts. This limits the bytes to read."""
    return bool(extents) and sum(extent.size for extent in extents.values()) <= 2 * facts.size


def _sections(facts: Facts) -> dict[str, Extent]:
    if len(facts.sections) >= MAX_SECTIONS:
        return {}
    return _named(
        (
            (section.name or "(unnamed)", Extent(section.offset, section.size))
            for section in facts.sections
            if section.type not in ("SHT_NULL", "SHT_NOBITS")
        ),
        facts.size,
    )


def _segments(facts: Facts) -> dict[str, Extent]:
    return _named(
        (
            (f"{segment.type} {segment.flags}", Extent(segment.offset, segment.file_size))
            for segment in facts.segments
            if segment.is_load
        ),
        facts.size,
    )


def _named(parts: Iterator[tuple[str, Extent]], file_size: int) -> dict[str, Extent]:
    """The parts within the file, and the trailing data. The second part of a name gets the suffix
    ` (2)`."""
    found: dict[str, Extent] = {}
    counts: dict[str, int] = {}
    end = 0
    for name, claimed in parts:
        size = min(claimed.size, file_size - claimed.offset)
        if size > 0:
            counts[name] = counts.get(name, 0) + 1
            number = f" ({counts[name]})" if counts[name] > 1 else ""
            found[f"{name}{number}"] = Extent(claimed.offset, size)
            end = max(end, claimed.offset + size)
    if found and end < file_size:
        found[TRAILING] = Extent(end, file_size - end)
    return found


def gaps(extents: dict[str, Extent]) -> Iterator[tuple[str, Extent]]:
    """The ranges between the parts: headers and padding."""
    end = 0
    for name, extent in sorted(extents.items(), key=lambda item: item[1].offset):
        if extent.offset > end:
            yield f"(before {name})", Extent(end, extent.offset - end)
        end = max(end, extent.offset + extent.size)
