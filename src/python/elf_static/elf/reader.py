"""Reads a file into one frozen record of facts.

No file contents raise an error: `Facts.damage` says what cannot be read. The time depends on the
number of headers, which is limited, and not on the file's size.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from elf_static.elf.bounded_file import Source, UnreadableError, open_file, open_standard_input
from elf_static.elf.dynamic import read_dynamic, read_interpreter
from elf_static.elf.facts import Dynamic, Facts, Hardening, Segment
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
    """Open the file at `path`, or standard input (`-`).

    :raises UnreadableError: on entering the context.
    """
    return open_standard_input() if path == STANDARD_INPUT else open_file(path)


def read_source(source: Source) -> Facts:
    """
    :raises UnreadableError: reading the open file fails.
    """
    facts = Facts(size=source.size)
    try:
        return _read(source, facts)
    except UnreadableError:
        raise
    except Exception as e:
        # On hostile input, pyelftools raises many kinds of errors (construct's, OverflowError,
        # ValueError, MemoryError, …). After any of them, the file cannot be judged.
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
        # A core dump may have more program headers than a program.
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
                "contains only debug information: its code sections have headers but no contents "
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
    interpreter = read_interpreter(source, segments)
    return replace(
        facts,
        damage=tuple(dict.fromkeys(damage)),
        segments=segments,
        sections=sections,
        interpreter=interpreter,
        dynamic=dynamic,
        notes=notes,
        glibc_plugins=find_glibc_plugins(source, segments) if notes.glibc else (),
        packer=_packer(source, header.bits, segments),
        is_go=build_info is not None
        or bool(notes.go_build_id)
        or any(section.name in (".gopclntab", ".go.buildinfo") for section in sections),
        build_info=build_info,
        build_info_problem=problem,
        hardening=Hardening(
            pie=header.type == "ET_DYN"
            and (interpreter is not None or bool(dynamic and dynamic.pie)),
            relro=_relro(segments, dynamic),
            fips140=(build_info.setting("GOFIPS140") if build_info else None) or "off",
        ),
    )


def _relro(segments: Sequence[Segment], dynamic: Dynamic | None) -> str:
    if not any(segment.type == "PT_GNU_RELRO" for segment in segments):
        return "none"
    return "full" if dynamic and dynamic.bind_now else "partial"


def _packer(source: Source, bits: int, segments: Sequence[Segment]) -> str:
    """The packer's name. UPX writes its `l_info` (src/stub/src/include/linux.h of upx: a checksum,
    then the magic) after the program headers, and the same magic near the end of the file."""
    headers_end = HEADER_SIZES[bits] + len(segments) * PROGRAM_HEADER_SIZES[bits]
    behind_headers = source.read_up_to(headers_end, 32)
    end = source.read_up_to(max(0, source.size - 64), 64)
    return "UPX" if segments and b"UPX!" in behind_headers or b"UPX!" in end else ""
