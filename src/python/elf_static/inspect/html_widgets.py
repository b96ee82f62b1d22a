"""Pieces of HTML. All text from a file goes through `escaped`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from elf_static.inspect.file_parts import Kind

_LIGHT = frozenset({Kind.FUNCTIONS, Kind.DEBUG, Kind.REST, Kind.DATA})

# The width of a character, and of the picture on a phone and on a desktop, in pixels.
_CHARACTER, _NARROW, _WIDE = 7.5, 330, 850


def css_class(kind: Kind) -> str:
    return kind.name.lower().replace("_", "-")


def escaped(value: object) -> str:
    """Text as HTML, also for a quoted attribute."""
    return escape(str(value), quote=True)


def breakable(path: str) -> str:
    """A path as HTML, with optional line breaks after slashes."""
    return escaped(path).replace("/", "/<wbr>")


def percent(part: float, whole: float) -> str:
    """A share: `4.2 %`."""
    share = 100 * part / whole if whole else 0.0
    return f"{share:.1f} %" if share >= 0.05 or not part else "< 0.1 %"


def table(titles: Sequence[str], rows: Iterable[Sequence[object]], numbers: Sequence[str]) -> str:
    """A table that scrolls on its own. The columns in `numbers` are aligned right."""
    classes = ['class="number"' if title in numbers else "" for title in titles]
    head = "".join(f"<th {each}>{escaped(t)}</th>" for each, t in zip(classes, titles))
    body = "".join(
        "<tr>" + "".join(f"<td {each}>{escaped(c)}</td>" for each, c in zip(classes, row)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table class="mono"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


@dataclass(frozen=True)
class Block:
    """A rectangle in a `strip`, with `offset` and `size` in bytes. Segments have no kind."""

    label: str
    title: str
    kind: Kind | None
    offset: int
    size: int


def strip(blocks: Iterable[Block], whole: int, top: int, height: int) -> str:
    """Blocks side by side, to scale, in an SVG as wide as `whole` bytes."""
    return "".join(_block(block, whole, top, height) for block in blocks)


def _block(block: Block, whole: int, top: int, height: int) -> str:
    x, width = 100 * block.offset / whole, 100 * block.size / whole
    place = f'x="{x:.3f}%" y="{top}" width="{width:.3f}%" height="{height}"'
    css = css_class(block.kind) if block.kind else "segment"
    drawn = f'<rect {place} class="{css}"><title>{escaped(block.title)}</title></rect>'
    needed = _CHARACTER * len(block.label) + 12
    if not block.label or width / 100 * _WIDE < needed:
        return drawn
    names = ["inside"] if block.kind else []
    if block.kind in _LIGHT:
        names.append("on-light")
    if width / 100 * _NARROW < needed:
        names.append("wide")
    return (
        f'{drawn}<text x="{x + width / 2:.3f}%" y="{top + height / 2 + 4:g}" text-anchor="middle" '
        f'class="{" ".join(names)}">{escaped(block.label)}</text>'
    )
