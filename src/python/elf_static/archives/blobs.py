"""Bytes in a file or a compressed stream.

A `Blob` can be opened any number of times and is then read from its start. `Cursor` reads a blob at
offsets, which is fast in ascending order.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Protocol

from elf_static.archives.limits import MAX_UNPACKED, TOO_LARGE, ArchiveError, Budget
from elf_static.elf.bounded_file import MAX_PIECE, Source

# Compressing a larger file takes time, and keeps a bomb small.
_NOT_COMPRESSED = 64 << 20


class Reader(Protocol):
    def read(self, size: int) -> bytes:
        """At most `size` bytes, and none only at the end."""


class Blob(Protocol):
    def open(self) -> Reader: ...


def read_fully(reader: Reader, size: int) -> bytes:
    """`size` bytes; fewer only at the end."""
    data = bytearray()
    while len(data) < size:
        piece = reader.read(min(MAX_PIECE, size - len(data)))
        if not piece:
            break
        data += piece
    return bytes(data)


@dataclass(frozen=True)
class FileBlob:
    """A range of an open file."""

    source: Source
    offset: int
    size: int

    @classmethod
    def whole(cls, source: Source) -> FileBlob:
        return cls(source, 0, source.size)

    def open(self) -> Reader:
        return _RangeReader(self.source, self.offset, self.size)


class _RangeReader:
    """Reads a range of a file or of a stream."""

    def __init__(self, whole: Source | Cursor, offset: int, size: int) -> None:
        self._whole = whole
        self._position = offset
        self._end = offset + size

    def read(self, size: int) -> bytes:
        size = min(size, self._end - self._position)
        data = self._whole.read_up_to(self._position, size) if size > 0 else b""
        self._position += len(data)
        return data


class Cursor:
    """Reads a blob at offsets."""

    def __init__(self, blob: Blob) -> None:
        self.blob = blob
        self._reader: Reader | None = None
        self._position = 0

    def read_up_to(self, offset: int, size: int) -> bytes:
        """At most `size` bytes at `offset`; fewer at the end.

        :raises ArchiveError: the blob ends before `offset`.
        """
        blob = self.blob
        if isinstance(blob, FileBlob) and offset <= blob.size:
            self._reader = FileBlob(blob.source, blob.offset + offset, blob.size - offset).open()
            self._position = offset
        elif self._reader is None or offset < self._position:
            self._reader, self._position = blob.open(), 0
        while self._position < offset:
            skipped = self._reader.read(min(MAX_PIECE, offset - self._position))
            if not skipped:
                raise ArchiveError("is damaged: it ends in the middle of an entry")
            self._position += len(skipped)
        data = bytearray()
        while len(data) < size:
            piece = self._reader.read(min(MAX_PIECE, size - len(data)))
            if not piece:
                break
            data += piece
            self._position += len(piece)
        return bytes(data)

    def read_to_end(self) -> None:
        """Read the rest of a stream, whose checksum is at its end.

        :raises ArchiveError: it is damaged.
        """
        while self._reader and not isinstance(self.blob, FileBlob):
            if not self._reader.read(MAX_PIECE):
                self._reader = None

    def part(self, offset: int, size: int) -> Blob:
        if isinstance(self.blob, FileBlob):
            return FileBlob(self.blob.source, self.blob.offset + offset, size)
        return _Part(self, offset, size)


@dataclass(frozen=True)
class _Part:
    """A range of a stream. Its readers share the stream's cursor."""

    __slots__ = ("cursor", "offset", "size")

    cursor: Cursor
    offset: int
    size: int

    def open(self) -> Reader:
        return _RangeReader(self.cursor, self.offset, self.size)


@dataclass(frozen=True)
class _RangeSource(Source):
    """A range of another source."""

    whole: Source
    start: int

    def read_up_to(self, offset: int, size: int) -> bytes:
        size = min(size, self.size - offset)
        return self.whole.read_up_to(self.start + offset, size) if size > 0 else b""


@dataclass(frozen=True)
class _PackedSource(Source):
    """A file in memory, in pieces of `MAX_PIECE` bytes, each a stream of zlib."""

    packed: tuple[bytes, ...]
    recent: dict[int, bytes] = field(default_factory=dict, compare=False)

    def read_up_to(self, offset: int, size: int) -> bytes:
        size = min(size, MAX_PIECE, self.size - offset)
        if size <= 0:
            return b""
        index, start = divmod(offset, MAX_PIECE)
        data = self._piece(index)[start : start + size]
        return data if len(data) == size else data + self._piece(index + 1)[: size - len(data)]

    def _piece(self, index: int) -> bytes:
        if index not in self.recent:
            if len(self.recent) == 4:
                self.recent.clear()
            self.recent[index] = zlib.decompress(self.packed[index])
        return self.recent[index]


def as_source(blob: Blob, size: int, budget: Budget) -> Source:
    """The blob with random access: in place if it is in a file, otherwise in memory.

    :raises ArchiveError: it is compressed and too large, or shorter than `size`.
    """
    if isinstance(blob, FileBlob):
        if blob.offset + blob.size > blob.source.size:
            raise ArchiveError("is damaged: it ends in the middle of an entry")
        return _RangeSource(-1, blob.size, blob.source, blob.offset)
    if size > MAX_UNPACKED:
        raise ArchiveError(TOO_LARGE)
    cursor = Cursor(blob)
    packed = []
    level = 0 if size <= _NOT_COMPRESSED else 1
    for offset in range(0, size, MAX_PIECE):
        data = cursor.read_up_to(offset, min(MAX_PIECE, size - offset))
        if len(data) != min(MAX_PIECE, size - offset):
            raise ArchiveError("is damaged: it ends in the middle of an entry")
        packed.append(zlib.compress(data, level))
        budget.keep(len(packed[-1]))
    return _PackedSource(-1, size, tuple(packed))


def read_all(blob: Blob, limit: int, what: str) -> bytes:
    """
    :raises ArchiveError: it is larger than `limit`.
    """
    data = Cursor(blob).read_up_to(0, limit + 1)
    if len(data) > limit:
        raise ArchiveError(f"is damaged: {what} is larger than {limit >> 20} MiB")
    return data
