"""Compares two files that should be the same program.

Comparing whole files says little, because one extra byte moves everything after it. So this
compares parts by name: sections or, in files without them, loaded segments. Headers are untrusted:
reads are bounded, and a file is read at most a few times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from elf_static.compare.extents import Extent, PartKind, gaps, layout
from elf_static.elf.bounded_file import MAX_PIECE, Source, UnreadableError
from elf_static.elf.facts import BuildInfo, Facts, Header, Module
from elf_static.elf.reader import read_source


@dataclass(frozen=True)
class File:
    """`size` is in bytes. `problem`, if set, says why only bytes were compared. It completes a
    sentence that starts with the file's name."""

    size: int
    sha256: str
    problem: str = ""


@dataclass(frozen=True)
class Value:
    """A named value that differs; None if a file does not have it."""

    name: str
    left: str | None
    right: str | None


@dataclass(frozen=True)
class Part:
    """A part with different bytes.

    `left` and `right` are its ranges, or None in a file without it. `first` is the offset of the
    first differing byte within the part, or the shorter size if one part is the start of the other.
    `differing` counts the differing bytes of the common length.
    """

    kind: PartKind
    name: str
    left: Extent | None
    right: Extent | None
    first: int
    differing: int


@dataclass(frozen=True)
class Comparison:
    """The differences of two files. `parts` has at least one unless the files are equal.
    `identity` has build IDs and the work of a loader, `build_info` the lines of `go version -m`;
    both are empty if a file is not ELF. `moved` names parts with the same bytes at another offset.
    With `same_build_id`, both files have the same Go build ID."""

    left: File
    right: File
    header: tuple[Value, ...] = ()
    identity: tuple[Value, ...] = ()
    build_info: tuple[Value, ...] = ()
    parts: tuple[Part, ...] = ()
    moved: tuple[str, ...] = ()
    same_build_id: bool = False

    @property
    def same(self) -> bool:
        return self.left.sha256 == self.right.sha256


def compare(left: Source, right: Source) -> Comparison:
    """Compare two open files.

    :raises UnreadableError: one cannot be read, or is truncated while it is read.
    """
    facts = read_source(left), read_source(right)
    files = File(left.size, _sha256(left)), File(right.size, _sha256(right))
    if files[0].sha256 == files[1].sha256:
        return Comparison(*files)
    files = tuple(  # type: ignore[assignment]
        File(file.size, file.sha256, fact.damage[0] if fact.damage else "")
        for file, fact in zip(files, facts)
    )
    kind, extents = layout(*facts)
    parts, moved = [], []
    for name in _in_order(*extents):
        here, there = extents[0].get(name), extents[1].get(name)
        part = _difference(left, right, kind, name, here, there)
        if part:
            parts.append(part)
        elif here != there:
            moved.append(name)
    if extents[0] == extents[1]:
        for name, extent in gaps(extents[0]):
            part = _difference(left, right, PartKind.OUTSIDE, name, extent, extent)
            if part:
                parts.append(part)
    if not parts:
        all_of_them = Extent(0, left.size), Extent(0, right.size)
        whole = kind if kind is PartKind.WHOLE else PartKind.OUTSIDE
        found = _difference(left, right, whole, "", *all_of_them)
        parts = [found] if found else []
    comparison = Comparison(*files, parts=tuple(parts), moved=tuple(moved))
    if not all(fact.header for fact in facts):
        return comparison
    build_ids = {fact.notes.go_build_id for fact in facts}
    return replace(
        comparison,
        header=_values(*map(_header, facts)),
        identity=_values(*map(_identity, facts)),
        build_info=_values(*map(_build_info, facts)),
        same_build_id=len(build_ids) == 1 and "" not in build_ids,
    )


def _sha256(source: Source) -> str:
    checksum = hashlib.sha256()
    for data in _pieces(source, Extent(0, source.size)):
        checksum.update(data)
    return checksum.hexdigest()


def _pieces(source: Source, extent: Extent) -> Iterator[bytes]:
    """The bytes of the range, up to the end of the file."""
    offset, end = extent.offset, min(extent.offset + extent.size, source.size)
    while offset < end:
        data = source.read_up_to(offset, min(MAX_PIECE, end - offset))
        if not data:
            raise UnreadableError("was truncated while it was read")
        yield data
        offset += len(data)


def _in_order(left: dict[str, Extent], right: dict[str, Extent]) -> Sequence[str]:
    """Each name once, in the order of the parts in the files."""
    together = {**right, **left}
    return sorted(together, key=lambda name: together[name].offset)


def _difference(
    left: Source,
    right: Source,
    kind: PartKind,
    name: str,
    here: Extent | None,
    there: Extent | None,
) -> Part | None:
    """The difference between two ranges; None if their bytes are the same."""
    if here is None or there is None:
        return Part(kind, name, here, there, first=0, differing=0)
    common = min(here.size, there.size)
    first, differing, done = common, 0, 0
    pairs = zip(
        _pieces(left, Extent(here.offset, common)), _pieces(right, Extent(there.offset, common))
    )
    for old, new in pairs:
        if old != new:
            length = min(len(old), len(new))
            changed = int.from_bytes(old[:length], "big") ^ int.from_bytes(new[:length], "big")
            mask = changed.to_bytes(length, "big")
            if not differing:
                first = done + length - len(mask.lstrip(b"\0"))
            differing += length - mask.count(0)
        done += len(old)
    if not differing and here.size == there.size:
        return None
    return Part(kind, name, here, there, first, differing)


def _header(facts: Facts) -> dict[str, str]:
    if facts.header is None:
        return {}
    found = {field.name: _shown(getattr(facts.header, field.name)) for field in fields(Header)}
    found["segments"] = ", ".join(f"{each.type} {each.flags}".strip() for each in facts.segments)
    return found


def _shown(value: int | str) -> str:
    return f"{value:#x}" if isinstance(value, int) and value > 64 else str(value)


def _identity(facts: Facts) -> dict[str, str]:
    found = {
        "interpreter": facts.interpreter or "",
        "needed libraries": ", ".join(facts.dynamic.needed) if facts.dynamic else "",
        "Go build ID": facts.notes.go_build_id,
        "GNU build ID": facts.notes.gnu_build_id,
        "packed with": facts.packer,
    }
    return {name: value for name, value in found.items() if value}


def _build_info(facts: Facts) -> dict[str, str]:
    """The lines of `go version -m` by key."""
    info: BuildInfo | None = facts.build_info
    if info is None:
        return {}
    found = {"go": info.go_version, "path": info.path}
    if info.main:
        found["mod"] = _module(info.main)
    found.update({f"dep {module.path}": _module(module) for module in info.modules})
    for setting in info.settings:
        # Damaged build information may repeat a key.
        earlier = found.get(setting.key)
        found[setting.key] = f"{earlier}, {setting.value}" if earlier else setting.value
    return found


def _module(module: Module) -> str:
    words = f"{module.path} {module.version} {module.sum}".strip()
    return f"{words} => {_module(module.replaced_by)}" if module.replaced_by else words


def _values(left: dict[str, str], right: dict[str, str]) -> tuple[Value, ...]:
    return tuple(
        Value(name, left.get(name), right.get(name))
        for name in dict.fromkeys((*left, *right))
        if left.get(name) != right.get(name)
    )
