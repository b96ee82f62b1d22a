"""A comparison as text or JSON: `elf-static compare`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from elf_static.compare.compare import Comparison, File, Part, Value
from elf_static.compare.extents import Extent, PartKind
from elf_static.compare.hint import hint
from elf_static.report.model import to_json
from elf_static.report.text import size_words

# Hostile files have thousands of each.
_SHOWN = 40


def render_text(left: str, right: str, comparison: Comparison) -> str:
    """One line for equal files, otherwise a block with all differences. `left` and `right` are the
    files' names."""
    if comparison.same:
        size = size_words(comparison.left.size)
        return f"{left} and {right} are the same: {size}, SHA-256 {comparison.left.sha256}\n"
    lines = [f"{left} and {right} differ"]
    lines += _block(
        "files",
        (
            f"{side} {name}: {file.size} bytes, SHA-256 {file.sha256}{_problem(file)}"
            for side, name, file in (("A", left, comparison.left), ("B", right, comparison.right))
        ),
    )
    for title, values in (
        ("header", comparison.header),
        ("identity", comparison.identity),
        ("build information", comparison.build_info),
    ):
        if values:
            lines += _block(title, _values(values))
    kinds = {part.kind for part in comparison.parts}
    title = (
        "sections"
        if PartKind.SECTION in kinds
        else "segments"
        if PartKind.SEGMENT in kinds
        else "bytes"
    )
    parts = [_part(part) for part in comparison.parts]
    if comparison.moved:
        parts.append(f"moved, but the same: {', '.join(_some(comparison.moved))}")
    lines += _block(title, _some(parts))
    lines += ["", hint(comparison)]
    return "".join(f"{line}\n" for line in lines)


def render_json(left: str, right: str, comparison: Comparison) -> str:
    """One object: the fields of `Comparison`, and `same` and `hint`."""
    record = asdict(comparison)
    for side, path in (("left", left), ("right", right)):
        record[side] = {"path": path, **record[side]}
    return to_json({"same": comparison.same, **record, "hint": hint(comparison)})


def _block(title: str, lines: Iterable[str]) -> list[str]:
    return [f"  {title}", *(f"    {line}" for line in lines)]


def _problem(file: File) -> str:
    return f"; it {file.problem}" if file.problem else ""


def _values(values: tuple[Value, ...]) -> Iterator[str]:
    for value in values[:_SHOWN]:
        yield value.name
        for side, shown in (("A", value.left), ("B", value.right)):
            yield f"  {side} {'has none' if shown is None else shown}"
    if len(values) > _SHOWN:
        yield f"and {len(values) - _SHOWN} more"


def _some(words: Iterable[str]) -> list[str]:
    words = list(words)
    rest = [f"and {len(words) - _SHOWN} more"] if len(words) > _SHOWN else []
    return words[:_SHOWN] + rest


def _part(part: Part) -> str:
    where = part.name or ("outside all parts" if part.kind is PartKind.OUTSIDE else "whole file")
    if part.left is None or part.right is None:
        side, extent = ("A", part.left) if part.left else ("B", part.right)
        assert extent is not None
        return f"{where}: only in {side}, {_extent(extent)}"
    if part.left.size != part.right.size:
        sizes = f"{_extent(part.left)} in A and {_extent(part.right)} in B"
    elif part.left.offset != part.right.offset:
        sizes = f"{_extent(part.left)} in A, at {part.right.offset:#x} in B"
    else:
        sizes = _extent(part.left)
    if not part.differing:
        return f"{where}: {sizes}; one is the start of the other"
    differ = "1 byte differs" if part.differing == 1 else f"{part.differing} bytes differ"
    return f"{where}: {sizes}; {differ}, the first at offset {part.first:#x}"


def _extent(extent: Extent) -> str:
    return f"{extent.size} bytes at {extent.offset:#x}"
