"""Reading: a file becomes one frozen record of facts.

Nothing that a file holds makes this raise: what cannot be read is said in `Facts.damage`. The time
depends on the number of headers, which is limited, and not on the size of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from elf_static.elf.bounded_file import Source, UnreadableError, open_file, open_standard_input
from elf_static.elf.dynamic import read_dynamic, read_interpreter
from elf_static.elf.facts import Facts, Segment
from elf_static.elf.glibc_plugins import find_glibc_plugins
from elf_static.elf.go_build_info import NoBuildInfoError, read_build_info
from elf_static.elf.headers import (
    PROGRAM_TYPES,
    DamagedError,
    header_damage,
    holds_no_code,
    read_header,
    read_sections,
    read_segments,
    section_damage,
    segment_damage,
)
from elf_static.elf.notes import read_notes
from elf_static.elf.printable import printable
from elf_static.elf.structures import HEADER_SIZES, PROGRAM_HEADER_SIZES

STANDARD_INPUT = "-"


def read_facts(path: str) -> Facts:
    """The facts of the file at `path`, or of standard input (`-`)."""
    try:
        with open_path(path) as source:
            return read_source(source)
    except UnreadableError as e:
        return Facts(size=0, damage=(str(e),))


def open_path(path: str) -> AbstractContextManager[Source]:
    """The file at `path`, or standard input (`-`), to be read while the context lasts.

    :raises UnreadableError: in entering it.
    """
    return open_standard_input() if path == STANDARD_INPUT else open_file(path)


def read_source(source: Source) -> Facts:
    """
    :raises UnreadableError: the file cannot be read any more.
    """
    facts = Facts(size=source.size)
    try:
        return _read(source, facts)
    except UnreadableError:
        raise
    except Exception as e:
        # pyelftools raises more than its own errors on hostile input (construct's, OverflowError,
        # ValueError, MemoryError, …). Whatever it is, the file has not been judged.
        reason = printable(f"{type(e).__name__}: {e}")
        return replace(facts, damage=(f"is damaged: reading it failed ({reason})",))


def _read(source: Source, facts: Facts) -> Facts:
    damage: list[str] = []
    try:
        header, structures = read_header(source)
    except DamagedError as e:
        return replace(facts, damage=(str(e),))
    facts = replace(facts, header=header)
    reason = header_damage(source, header, structures)
    if reason:
        return replace(facts, damage=(reason,))

    segments: tuple[Segment, ...] = ()
    try:
        segments = read_segments(source, structures)
    except DamagedError as e:
        # A core may have more of them than a program, and is a core all the same.
        if header.type in PROGRAM_TYPES:
            damage.append(str(e))
    if header.type in PROGRAM_TYPES:
        damage += segment_damage(source, segments, header.bits)
    try:
        sections = read_sections(source, structures)
        reason = section_damage(source, sections)
        if reason:
            damage.append(reason)
    except DamagedError as e:
        sections = ()
        damage.append(str(e))
    notes = read_notes(source, structures, segments)
    if header.type in PROGRAM_TYPES and holds_no_code(sections):
        return replace(
            facts,
            damage=(
                "holds debug information only: of its code there are headers, but no contents "
                "(SHT_NOBITS)",
            ),
            segments=segments,
            sections=sections,
            notes=notes,
            debug_only=True,
        )
    try:
        dynamic = read_dynamic(source, structures, segments, sections)
    except DamagedError as e:
        dynamic = None
        damage.append(str(e))

    build_info, problem = None, ""
    try:
        build_info = read_build_info(source, segments, sections)
    except NoBuildInfoError as e:
        problem = str(e)
    return replace(
        facts,
        damage=tuple(dict.fromkeys(damage)),
        segments=segments,
        sections=sections,
        interpreter=read_interpreter(source, segments),
        dynamic=dynamic,
        notes=notes,
        glibc_plugins=find_glibc_plugins(source, segments) if notes.glibc else (),
        packer=_packer(source, header.bits, segments),
        is_go=build_info is not None
        or bool(notes.go_build_id)
        or any(section.name in (".gopclntab", ".go.buildinfo") for section in sections),
        build_info=build_info,
        build_info_problem=problem,
    )


def _packer(source: Source, bits: int, segments: Sequence[Segment]) -> str:
    """UPX puts its `l_info` (src/stub/src/include/linux.h of upx: a checksum, then the magic) right
    behind the program headers, and a pack header with the same magic at the end of the file."""
    headers_end = HEADER_SIZES[bits] + len(segments) * PROGRAM_HEADER_SIZES[bits]
    behind_headers = source.read_up_to(headers_end, 32)
    end = source.read_up_to(max(0, source.size - 64), 64)
    return "UPX" if segments and b"UPX!" in behind_headers or b"UPX!" in end else ""
