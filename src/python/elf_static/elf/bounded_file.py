"""Reading a file in pieces of bounded size.

Counts, sizes and offsets in an ELF file are untrusted. All reads go through `Source`, which checks
them against the file and never allocates more than `MAX_PIECE` bytes at once.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

MAX_PIECE = 1 << 20
"""The largest read, in bytes."""

MAX_COPIED = 4 << 30
"""The most bytes copied from standard input to disk if it is not a file."""


class UnreadableError(Exception):
    """The file cannot be opened or read, or is not a regular file. The text says why."""


class NotFoundError(UnreadableError):
    """The file does not exist."""


class OutOfFileError(Exception):
    """A range that is too large or outside the file. The text completes a sentence about its
    contents."""


@dataclass(frozen=True)
class Source:
    """An open file of `size` bytes."""

    descriptor: int
    size: int

    def read(self, offset: int, size: int) -> bytes:
        """Exactly the `size` bytes at `offset`.

        :raises OutOfFileError: they are not all in the file, or more than `MAX_PIECE`.
        """
        if size > MAX_PIECE:
            raise OutOfFileError(f"should have {size} bytes, more than any real file has")
        data = self.read_up_to(offset, size)
        if len(data) != size:
            raise OutOfFileError(
                f"should be at bytes {offset} to {offset + size}, but the file has only "
                f"{self.size} bytes"
            )
        return data

    def read_up_to(self, offset: int, size: int) -> bytes:
        """At most `size` bytes at `offset`: fewer at the end of the file or beyond `MAX_PIECE`."""
        size = min(size, MAX_PIECE, self.size - offset)
        if size <= 0:
            return b""
        try:
            return os.pread(self.descriptor, size, offset)
        except OSError as e:
            raise UnreadableError(f"cannot be read: {e.strerror}") from None

    def pieces(self, offset: int, size: int, overlap: int) -> Iterator[tuple[int, bytes]]:
        """The range in pieces, each with its offset. Neighbors share `overlap` bytes, so that any
        `overlap + 1` bytes are whole in one piece."""
        end = min(offset + size, self.size)
        while offset < end:
            data = self.read_up_to(offset, end - offset)
            yield offset, data
            if len(data) <= overlap or offset + len(data) >= end:
                return
            offset += len(data) - overlap


@contextmanager
def open_file(path: str) -> Iterator[Source]:
    """Open a regular file.

    :raises UnreadableError: it does not exist or cannot be opened, or is not a regular file.
    """
    try:
        # Opening a FIFO without O_NONBLOCK waits for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError:
        raise UnreadableError("cannot be opened: its name has a NUL byte") from None
    except FileNotFoundError:
        raise NotFoundError("does not exist") from None
    except OSError as e:
        raise UnreadableError(f"cannot be opened: {e.strerror}") from None
    try:
        yield _regular_file(descriptor)
    finally:
        os.close(descriptor)


def read_small_file(path: str, limit: int) -> bytes:
    """The contents of a regular file.

    :param limit: the largest allowed size, in bytes.
    :raises UnreadableError: it does not exist, cannot be read, or is larger.
    """
    data = b""
    with open_file(path) as source:
        # Files in /proc claim a size of 0.
        while len(data) <= limit:
            try:
                piece = os.pread(source.descriptor, limit + 1 - len(data), len(data))
            except OSError as e:
                raise UnreadableError(f"cannot be read: {e.strerror}") from None
            if not piece:
                return data
            data += piece
    raise UnreadableError(f"is larger than {limit} bytes")


@contextmanager
def open_standard_input() -> Iterator[Source]:
    """Open standard input, copied to a temporary file unless it is a file.

    :raises UnreadableError: it cannot be read or copied, or is larger than `MAX_COPIED`.
    """
    try:
        status = os.fstat(0)
    except OSError as e:
        raise UnreadableError(f"cannot be read: {e.strerror}") from None
    if stat.S_ISREG(status.st_mode):
        yield Source(0, status.st_size)
        return
    import tempfile  # Takes 8 ms, and is rarely needed.

    with ExitStack() as stack:
        try:
            copy = stack.enter_context(tempfile.TemporaryFile())
            _copy_standard_input(copy.fileno())
        except OSError as e:
            raise UnreadableError(
                f"cannot be copied to a temporary file: {e.strerror}; pass a file instead, or set "
                "TMPDIR to a directory with more space"
            ) from None
        yield _regular_file(copy.fileno())


def _copy_standard_input(copy: int) -> None:
    left = MAX_COPIED
    while True:
        try:
            data = os.read(0, MAX_PIECE)
        except OSError as e:
            raise UnreadableError(f"cannot be read: {e.strerror}") from None
        if not data:
            return
        left -= len(data)
        if left < 0:
            raise UnreadableError(
                f"is larger than {MAX_COPIED} bytes, the limit for standard input; pass a file "
                "instead"
            )
        while data:
            data = data[os.write(copy, data) :]


def _regular_file(descriptor: int) -> Source:
    status = os.fstat(descriptor)
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        raise UnreadableError(f"is {_KINDS.get(kind, 'not a file')}, not a regular file")
    return Source(descriptor, status.st_size)


_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
}
