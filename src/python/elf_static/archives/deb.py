"""Debian packages: an ar archive, whose data.tar has the files (deb(5))."""

from __future__ import annotations

from elf_static.archives.blobs import Blob, Cursor
from elf_static.archives.limits import ArchiveError

_MAGIC = b"!<arch>\n"
_FIRST = b"debian-binary"
_HEADER = 60
# A package has three members; dpkg ignores those whose names start with an underscore.
_MAX_MEMBERS = 64


def is_deb(start: bytes) -> bool:
    return start.startswith(_MAGIC + _FIRST)


def data_of(blob: Blob) -> Blob:
    """The package's files: a tar, usually compressed.

    :raises ArchiveError: it has none.
    """
    cursor = Cursor(blob)
    offset = len(_MAGIC)
    for _ in range(_MAX_MEMBERS):
        header = cursor.read_up_to(offset, _HEADER)
        size = header[48:58].strip()
        if len(header) < _HEADER or header[58:] != b"`\n" or not size.isdigit():
            break
        if header[:16].startswith(b"data.tar"):
            return cursor.part(offset + _HEADER, int(size))
        offset += _HEADER + int(size) + int(size) % 2
    raise ArchiveError("is damaged: it is a Debian package without data.tar")
