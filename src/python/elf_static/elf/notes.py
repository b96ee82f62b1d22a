"""The notes of a file (PT_NOTE), which identify the build and the system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from elf_static.elf.bounded_file import Source
from elf_static.elf.facts import Notes, Segment
from elf_static.elf.structures import Structures, text

# Real files have less than 1 KB of notes in one or two segments.
_MAX_SEGMENTS = 16
_MAX_BYTES = 1 << 16

_NT_GNU_ABI_TAG = 1
_NT_GNU_BUILD_ID = 3
# src/cmd/internal/buildid/note.go of Go.
_NT_GO_BUILD_ID = 4

# Systems that mark their programs by a note with this name and type 1.
_SYSTEMS = {
    b"DragonFly": "dragonfly",
    b"FreeBSD": "freebsd",
    b"NetBSD": "netbsd",
    b"OpenBSD": "openbsd",
}


def read_notes(source: Source, structures: Structures, segments: Sequence[Segment]) -> Notes:
    """The readable notes. Damaged ones do not matter: no loader or kernel needs them."""
    glibc = os = go_build_id = gnu_build_id = ""
    for name, kind, value in _notes(source, structures, segments):
        if name == b"GNU" and kind == _NT_GNU_ABI_TAG and len(value) >= 16:
            system, *version = structures.words(value[:16])
            # 0 is Linux; 1 to 3 are the Hurd, Solaris and FreeBSD with GNU's C library.
            glibc = ".".join(map(str, version)) if system == 0 else f"system {system}"
        elif name == b"GNU" and kind == _NT_GNU_BUILD_ID:
            gnu_build_id = value[:64].hex()
        elif name == b"Go" and kind == _NT_GO_BUILD_ID:
            go_build_id = text(value[:256])
        elif name in _SYSTEMS and kind == 1:
            os = _SYSTEMS[name]
    return Notes(glibc=glibc, os=os, go_build_id=go_build_id, gnu_build_id=gnu_build_id)


def _notes(
    source: Source, structures: Structures, segments: Sequence[Segment]
) -> Iterator[tuple[bytes, int, bytes]]:
    """The name, the type and the value of each note."""
    for segment in [s for s in segments if s.type == "PT_NOTE"][:_MAX_SEGMENTS]:
        data = source.read_up_to(segment.offset, min(segment.file_size, _MAX_BYTES))
        # 8 bytes for GNU properties; 4 bytes otherwise, in both classes (gABI).
        align = 8 if segment.align == 8 else 4
        start = 0
        while start + 12 <= len(data):
            name_size, value_size, kind = structures.words(data[start : start + 12])
            value_start = _aligned(start + 12 + name_size, align)
            value_end = value_start + value_size
            if value_end > len(data):
                break
            yield (
                data[start + 12 : start + 12 + name_size].rstrip(b"\0"),
                kind,
                data[value_start:value_end],
            )
            start = _aligned(value_end, align)


def _aligned(offset: int, align: int) -> int:
    return (offset + align - 1) // align * align
