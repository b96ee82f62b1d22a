"""Traces of GNU's C library in a static program: what it would still load at run time."""

from __future__ import annotations

from collections.abc import Sequence

from elf_static.elf.bounded_file import Source
from elf_static.elf.facts import Segment

# glibc asks for these by name when it looks up users, groups and hosts (nss/nss_module.c).
_PLUGINS = {b"libnss_": "libnss_*.so (users, groups, hosts)"}

# In bytes. A statically linked C program has its strings in the first megabytes.
_MAX_SEARCHED = 16 << 20


def find_glibc_plugins(source: Source, segments: Sequence[Segment]) -> tuple[str, ...]:
    """The kinds of libraries that the C library in the program loads by itself when it needs them.
    For programs that glibc has marked: in others the same text would mean nothing."""
    found = []
    for pattern, description in _PLUGINS.items():
        left = _MAX_SEARCHED
        for segment in (segment for segment in segments if segment.is_load):
            size = min(segment.file_size, left)
            if any(
                pattern in data
                for _, data in source.pieces(segment.offset, size, overlap=len(pattern))
            ):
                found.append(description)
                break
            left -= size
    return tuple(found)
