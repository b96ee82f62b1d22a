"""Compressed streams: gzip, xz, bzip2 and, with Python 3.14 or backports.zstd, zstd."""

from __future__ import annotations

import sys
import zlib
from dataclasses import dataclass
from typing import Any

from elf_static.archives.blobs import Blob, Reader
from elf_static.archives.limits import ArchiveError, Budget, UnsupportedError, other_errors_as

_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ\0": "xz",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    # Skippable frames (RFC 8878, 3.1.2), which may stand before, between and after others.
    **{bytes([kind]) + b"\x2a\x4d\x18": "zstd" for kind in range(0x50, 0x60)},
}
_PIECE = 1 << 16
# A stream may require a dictionary of 4 GiB. xz -9 uses 65 MiB.
_MAX_XZ_MEMORY = 256 << 20


def compression_of(start: bytes) -> str:
    """The compression of a stream that starts with these bytes; empty if it has none."""
    for magic, name in _MAGIC.items():
        if start.startswith(magic):
            return name
    return ""


@dataclass(frozen=True)
class CompressedBlob:
    inner: Blob
    method: str
    budget: Budget

    def open(self) -> Reader:
        return _Decompressor(self)


class _Decompressor:
    """Reads concatenated streams as one, like gzip and xz."""

    def __init__(self, blob: CompressedBlob) -> None:
        self._method = blob.method
        self._budget = blob.budget
        self._reader = blob.inner.open()
        self._stream = _stream(blob.method)
        self._fed = self._given = 0
        self._waiting = b""
        self._done = False

    def read(self, size: int) -> bytes:
        while not self._done:
            data = self._piece(min(size, 1 << 20))
            if data:
                self._given += len(data)
                self._budget.expand(len(data), self._given, self._fed)
                return data
        return b""

    def _piece(self, size: int) -> bytes:
        stream = self._stream
        if stream.eof:
            rest = stream.unused_data or self._next()
            # Streams may be padded with zeros. gzip also ignores other garbage.
            if not rest.startswith(tuple(m for m, n in _MAGIC.items() if n == self._method)):
                self._done = True
                return b""
            self._stream = stream = _stream(self._method)
            self._waiting = rest
        # zlib.error, lzma.LZMAError, OSError of bz2, ZstdError, EOFError, MemoryError.
        with other_errors_as(self._unreadable):
            # zlib returns unread input; the others keep it.
            waiting = getattr(stream, "unconsumed_tail", b"") or self._waiting
            self._waiting = b""
            ended = False
            if not waiting and getattr(stream, "needs_input", True):
                waiting = self._next()
                ended = not waiting
            data = bytes(stream.decompress(waiting, size))
        if ended and not data and not stream.eof:
            raise ArchiveError(f"is damaged: its {self._method} stream ends early")
        return data

    def _unreadable(self, e: Exception) -> str:
        return f"is damaged: its {self._method} stream cannot be read ({type(e).__name__}: {e})"

    def _next(self) -> bytes:
        data = self._reader.read(_PIECE)
        self._fed += len(data)
        return data


def _stream(method: str) -> Any:
    if method == "gzip":
        return zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        if method == "xz":
            import lzma

            return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MAX_XZ_MEMORY)
        if method == "bzip2":
            import bz2

            return bz2.BZ2Decompressor()
        try:
            from compression import zstd  # type: ignore[import-not-found]
        except ImportError:
            from backports import zstd

        return zstd.ZstdDecompressor()
    except ImportError:
        raise UnsupportedError(
            f"is compressed with {method}, which this Python "
            f"({sys.version_info[0]}.{sys.version_info[1]}) cannot read; use "
            f"{'Python 3.14, install backports.zstd' if method == 'zstd' else 'another Python'}, "
            "or decompress it first"
        ) from None
