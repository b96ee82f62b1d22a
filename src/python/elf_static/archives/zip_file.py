"""zip, including wheels and jars."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from elf_static.archives.blobs import FileBlob, Reader, read_fully
from elf_static.archives.entries import Content, Entry, Kind, clean_path, path_text
from elf_static.archives.limits import (
    MAX_PATH,
    MAX_ZIP_MEMBERS,
    ArchiveError,
    Budget,
    LimitError,
    other_errors_as,
)
from elf_static.elf.bounded_file import MAX_PIECE, Source
from elf_static.elf.structures import text

# In bytes, with MAX_ZIP_MEMBERS entries.
_MAX_DIRECTORY = 64 << 20
_DIRECTORY_ENTRY = b"PK\x01\x02"


def is_zip(start: bytes) -> bool:
    return start.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read_zip(source: Source, budget: Budget) -> Iterator[Entry]:
    """
    :raises ArchiveError: it is damaged.
    """
    # BadZipFile, struct.error, OverflowError, NotImplementedError, UnicodeDecodeError, …
    with other_errors_as(lambda e: f"is damaged: its zip directory cannot be read ({_reason(e)})"):
        archive = zipfile.ZipFile(_File(source))
        entries = archive.infolist()
    for info in entries:
        # A claim, by which bombs are recognized.
        info.compress_size = min(info.compress_size, source.size)
        # zipfile may decode names as CP437, which equals ASCII for ASCII names.
        name = os.fsencode(
            info.filename.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        )
        entry = _entry(archive, info, clean_path(name), budget)
        budget.member(entry.name_size)
        yield entry


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, budget: Budget) -> Entry:
    if info.is_dir():
        return Entry(path, Kind.DIRECTORY, "", None)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        target = read_fully(_Member(archive, info, budget).open(), MAX_PATH + 1)
        return Entry(path, Kind.SYMLINK, path_text(target), None)
    if kind in (0, stat.S_IFREG):
        return Entry(path, Kind.FILE, "", _content(archive, info, budget))
    return Entry(path, Kind.OTHER, "", None)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Content:
    blob = _Member(archive, info, budget)
    try:
        start, problem = read_fully(blob.open(), 4), ""
    except LimitError:
        raise
    except ArchiveError as e:
        start, problem = b"", str(e)
    return Content(blob, info.file_size, info.header_offset, start, problem)


@dataclass(frozen=True)
class _Member:
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo
    budget: Budget

    def open(self) -> Reader:
        with other_errors_as(self.unreadable):
            return _MemberReader(self, self.archive.open(self.info))

    def unreadable(self, e: Exception) -> str:
        if self.info.flag_bits & 0x1:
            return "is encrypted; decrypt it, and check the file"
        return f"cannot be read from its zip archive: {_reason(e)}"


class _MemberReader:
    def __init__(self, member: _Member, stream: Any) -> None:
        self._member = member
        self._stream = stream
        self._given = 0

    def read(self, size: int) -> bytes:
        member = self._member
        with other_errors_as(member.unreadable):
            data = bytes(self._stream.read(size))
        self._given += len(data)
        member.budget.expand(len(data), self._given, member.info.compress_size)
        return data


def _reason(e: Exception) -> str:
    return text(f"{type(e).__name__}: {e}".encode("utf-8", "replace")[:200])


class _File(io.RawIOBase):
    """A source as a file for zipfile."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_CUR: self._position, os.SEEK_END: self._source.size}.get(whence, 0)
        if start + offset < 0:
            raise OSError("a negative position")
        self._position = start + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            size = max(0, self._source.size - self._position)
        if size > _MAX_DIRECTORY:
            raise ArchiveError(f"has a zip directory of more than {_MAX_DIRECTORY >> 20} MiB")
        data = read_fully(FileBlob(self._source, self._position, size).open(), size)
        self._position += len(data)
        # Only the directory is read at once, and zipfile then makes an object for each entry.
        if size > MAX_PIECE and data.count(_DIRECTORY_ENTRY) > MAX_ZIP_MEMBERS:
            raise LimitError(f"has more than {MAX_ZIP_MEMBERS:,} entries")
        return data
