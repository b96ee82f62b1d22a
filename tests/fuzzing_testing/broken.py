"""A target with every kind of failure, each triggered by its own word."""

from __future__ import annotations

import ctypes
import time

WORDS = (b"raise", b"crash", b"slow", b"large", b"exit")


def check(data: bytes) -> None:
    if b"raise" in data:
        raise KeyError("of the target")
    if b"crash" in data:
        ctypes.string_at(0)
    if b"slow" in data:
        started = time.process_time()
        while time.process_time() - started < 1.2:
            pass
    if b"large" in data:
        bytearray(90 << 20)
    if b"exit" in data:
        raise SystemExit(0)
