"""The kinds of a file's bytes, and its segments and sections to scale, as HTML."""

from __future__ import annotations

from collections.abc import Iterator

from elf_static.elf.facts import Facts, Section, Segment
from elf_static.inspect.file_parts import Kind, Part, read_parts, sizes_of_kinds
from elf_static.inspect.html_widgets import Block, css_class, escaped, percent, strip, table
from elf_static.report.text import size_words

# More than anybody reads. The smallest ones are left out.
_DRAWN = 300
_LISTED = 500

# HTML, not from a file.
_MEANINGS = {
    Kind.CODE: "the instructions that the processor runs",
    Kind.FUNCTIONS: "names and lines of functions, which Go's runtime needs for stack traces and "
    "garbage collection",
    Kind.READ_ONLY: "constants, strings, embedded files, and types for reflection",
    Kind.DATA: "variables with an initial value",
    Kind.SYMBOLS: "for tools such as nm; the program runs without them (<code>-ldflags=-s</code>)",
    Kind.DEBUG: "for debuggers; the program runs without it (<code>-ldflags=-w</code>)",
    Kind.REST: "the space between the other parts",
}


def render_composition(facts: Facts) -> Iterator[str]:
    parts = read_parts(facts)
    kinds = sizes_of_kinds(parts)
    if not kinds:
        return
    yield "<section><h2>File contents</h2>"
    blocks, offset = [], 0
    for kind, size in kinds:
        blocks.append(Block("", f"{kind.value}: {size_words(size)}", kind, offset, size))
        offset += size
    yield f'<svg height="34" role="img" aria-label="{escaped(_in_words(kinds, facts.size))}">'
    yield strip(blocks, facts.size, 0, 34)
    yield '</svg><ul class="legend">'
    for kind, size in kinds:
        yield (
            f'<li><i class="{css_class(kind)}"></i>{escaped(kind.value)} '
            f'<b class="number">{size_words(size)}</b> '
            f'<span class="faint number">{escaped(percent(size, facts.size))}</span>'
            f"<small>{_MEANINGS[kind]}</small></li>"
        )
    yield "</ul>"
    zeroed = sum(s.memory_size - s.file_size for s in facts.segments if s.is_load)
    if zeroed > 0:
        yield (
            '<p class="faint" style="margin:1rem 0 0">At run time, it has '
            f"{size_words(zeroed)} more of memory, which starts as zeros and takes no space in the "
            "file.</p>"
        )
    yield "</section>"


def _in_words(kinds: tuple[tuple[Kind, int], ...], whole: int) -> str:
    return ", ".join(f"{kind.value} {percent(size, whole)}" for kind, size in kinds)


def render_map(facts: Facts) -> Iterator[str]:
    if not facts.segments and not facts.sections:
        return
    yield (
        "<section><h2>File layout</h2>"
        "<p>The file from its first byte to its last. Above are the segments that the kernel loads "
        "as readable (R), writable (W) or executable (X) memory, below are the sections.</p>"
        '<svg height="110" role="img" aria-label="segments and sections to scale; the tables below '
        'have the numbers">'
    )
    yield strip(_segments(facts), facts.size, 1, 30)
    yield strip(_sections(read_parts(facts), facts.size), facts.size, 38, 40)
    yield from _axis(facts.size)
    yield "</svg>"
    if facts.segments:
        yield f"<details><summary>{len(facts.segments)} segments</summary>"
        yield _segment_table(facts.segments)
        yield "</details>"
    if facts.sections:
        yield f"<details><summary>{len(facts.sections)} sections</summary>"
        yield _section_table(facts.sections)
        yield "</details>"
    yield "</section>"


def _segments(facts: Facts) -> Iterator[Block]:
    loaded = [s for s in facts.segments if s.is_load and s.file_size and s.offset < facts.size]
    for segment in sorted(loaded, key=lambda s: -s.file_size)[:_DRAWN]:
        size = min(segment.file_size, facts.size - segment.offset)
        title = f"PT_LOAD {segment.flags}: {size_words(size)}"
        yield Block(segment.flags, title, None, segment.offset, size)


def _sections(parts: tuple[Part, ...], whole: int) -> Iterator[Block]:
    named = [part for part in parts if part.name]
    for part in sorted(named, key=lambda part: -part.size)[:_DRAWN]:
        title = f"{part.name}: {size_words(part.size)}, {percent(part.size, whole)}"
        yield Block(part.name, title, part.kind, part.offset, part.size)


def _axis(whole: int) -> Iterator[str]:
    for quarter, anchor in enumerate(("start", "middle", "middle", "middle", "end")):
        label = size_words(whole * quarter // 4) if quarter else "0"
        css = "wide" if quarter in (1, 3) else ""
        place = f'x="{25 * quarter}%" y="98" text-anchor="{anchor}"'
        yield f'<text {place} class="{css}">{label}</text>'


def _segment_table(segments: tuple[Segment, ...]) -> str:
    return table(
        ("type", "flags", "offset", "address", "in the file", "in memory", "align"),
        (
            (
                s.type,
                s.flags,
                f"{s.offset:#x}",
                f"{s.address:#x}",
                size_words(s.file_size),
                size_words(s.memory_size),
                f"{s.align:#x}",
            )
            for s in segments[:_LISTED]
        ),
        numbers=("offset", "address", "in the file", "in memory", "align"),
    )


def _section_table(sections: tuple[Section, ...]) -> str:
    return table(
        ("name", "type", "offset", "address", "size"),
        (
            (s.name or "-", s.type, f"{s.offset:#x}", f"{s.address:#x}", size_words(s.size))
            for s in sections[:_LISTED]
        ),
        numbers=("offset", "address", "size"),
    )
