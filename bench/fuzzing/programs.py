"""Small programs that contain a target's input."""

from __future__ import annotations

import struct

_BASE = 0x400000
_FRAME = bytes(16)


def go_program(version: bytes, lines: bytes) -> bytes:
    """A static program for linux/amd64 with this build information, as text in Go's format."""
    framed = _FRAME + lines + b"\n" + _FRAME
    blob = b"\xff Go buildinf:\x08\x02".ljust(32, b"\0") + _string(version) + _string(framed)
    headers = (
        (1, 5, 0, 0x1000),  # PT_LOAD, readable and executable
        (1, 6, 0x1000, len(blob)),  # PT_LOAD, readable and writable
    )
    data = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    data += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, _BASE + 0x800, 64, 0, 0, 64, 56, 2, 64, 0, 0)
    for kind, flags, offset, size in headers:
        place = (offset, _BASE + offset, _BASE + offset)
        data += struct.pack("<IIQQQQQQ", kind, flags, *place, size, size, 0x1000)
    return data.ljust(0x1000, b"\0") + blob


def _string(content: bytes) -> bytes:
    """Prefixed with its length, encoded like `binary.PutUvarint`."""
    length, prefix = len(content), b""
    while length >= 0x80:
        prefix += bytes([length & 0x7F | 0x80])
        length >>= 7
    return prefix + bytes([length]) + content
