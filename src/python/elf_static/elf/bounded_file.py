"""The bytes of one file, read in pieces of bounded size.

Everything in an ELF file that says how much there is to read (counts, sizes, offsets) is a claim.
All reads of this package go through `Source`, which checks the claim against the file and never
allocates more than `MAX_PIECE` bytes for it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

MAX_PIECE = 1 << 20
"""Bytes that one read returns at most."""

MAX_COPIED = 4 << 30
"""Bytes of standard input that are copied to disk at most, where it is no file."""


class UnreadableError(Exception):
    """The file cannot be opened or read, or is no regular file; the text says why."""


class NotFoundError(UnreadableError):
    """There is no such file."""


class OutOfFileError(Exception):
    """A range that is not in the file, or more than anything real needs. `what` it was meant to be
    is said by who asked for it."""


@dataclass(frozen=True)
class Source:
    """An open file of `size` bytes."""

    descriptor: int
    size: int

    def read(self, offset: int, size: int) -> bytes:
        """Exactly the `size` bytes at `offset`.

        :raises OutOfFileError: they are not all in the file, or are more than `MAX_PIECE`.
        """
        if size > MAX_PIECE:
            raise OutOfFileError(f"{size} bytes, more than anything of this kind has")
        data = self.read_up_to(offset, size)
        if len(data) != size:
            raise OutOfFileError(
                f"bytes {offset} to {offset + size}, and the file has {self.size} bytes"
            )
        return data

    def read_up_to(self, offset: int, size: int) -> bytes:
        """The bytes at `offset`: `size` of them, or what is left of the file or of `MAX_PIECE`."""
        size = min(size, MAX_PIECE, self.size - offset)
        if size <= 0:
            return b""
        try:
            return os.pread(self.descriptor, size, offset)
        except OSError as e:
            raise UnreadableError(f"cannot be read: {e.strerror}") from None

    def pieces(self, offset: int, size: int, overlap: int) -> Iterator[tuple[int, bytes]]:
        """The range in pieces, each with its offset. Neighbours share `overlap` bytes, so that what
        is at most that long and a byte is whole in one of them."""
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

    :raises UnreadableError: there is none, or it may not be read.
    """
    try:
        # Opening a FIFO without O_NONBLOCK waits for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError:
        raise UnreadableError("cannot be opened: its name has a NUL byte") from None
    except FileNotFoundError:
        raise NotFoundError("cannot be opened: there is no such file") from None
    except OSError as e:
        raise UnreadableError(f"cannot be opened: {e.strerror}") from None
    try:
        yield _regular_file(descriptor)
    finally:
        os.close(descriptor)


def read_small_file(path: str, limit: int) -> bytes:
    """All of a regular file.

    :param limit: how many bytes it may have at most.
    :raises UnreadableError: there is none, it may not be read, or it is larger.
    """
    data = b""
    with open_file(path) as source:
        # What files in /proc say of their size is 0.
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
    """Standard input: in place when it is a file, else by way of a temporary one, on disk because
    binaries are large.

    :raises UnreadableError: it may not be read, is larger than `MAX_COPIED`, or cannot be copied.
    """
    try:
        status = os.fstat(0)
    except OSError as e:
        raise UnreadableError(f"cannot be read: {e.strerror}") from None
    if stat.S_ISREG(status.st_mode):
        yield Source(0, status.st_size)
        return
    import tempfile  # 8 ms, which the other files need not wait for

    with ExitStack() as stack:
        try:
            copy = stack.enter_context(tempfile.TemporaryFile())
            _copy_standard_input(copy.fileno())
        except OSError as e:
            raise UnreadableError(
                f"cannot be copied to a temporary file: {e.strerror}; write it to a file, and "
                "judge that, or set TMPDIR to a directory with more room"
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
                f"is larger than {MAX_COPIED} bytes, and no more is copied to disk; write it to a "
                "file, and judge that"
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
