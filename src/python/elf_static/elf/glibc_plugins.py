"""The libraries that GNU's C library in a static program loads at run time."""

from __future__ import annotations

from collections.abc import Sequence

from elf_static.elf.bounded_file import Source
from elf_static.elf.facts import Segment

# The prefix of modules that glibc loads to look up users, groups and hosts (nss/nss_module.c).
_PREFIX = b"libnss_"

# In bytes. The strings of a statically linked C program are in its first megabytes.
_MAX_SEARCHED = 16 << 20


def find_glibc_plugins(source: Source, segments: Sequence[Segment]) -> tuple[str, ...]:
    """The kinds of libraries. Only for programs with glibc's mark: elsewhere, the same text means
    nothing."""
    left = _MAX_SEARCHED
    for segment in segments:
        if segment.is_load:
            size = min(segment.file_size, left)
            pieces = source.pieces(segment.offset, size, overlap=len(_PREFIX))
            if any(_PREFIX in data for _, data in pieces):
                return ("libnss_*.so (users, groups, hosts)",)
            left -= size
    return ()
