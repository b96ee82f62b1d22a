"""Sizes as people write them: `64 MiB`, `200KB`, `1.5 MB`, or a number of bytes."""

from __future__ import annotations

import re

_UNITS = {
    "": 1,
    "B": 1,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KiB": 1 << 10,
    "MiB": 1 << 20,
    "GiB": 1 << 30,
}
_SIZE = r"([0-9]{1,19})(?:\.([0-9]{1,18}))? ?([KMG]i?B|B|)"
LARGEST = (1 << 63) - 1
"""The largest possible size of a file."""


def parse_size(text: str) -> int | None:
    """The size in bytes; None if the text is no size or a larger one than a file can have."""
    match = re.fullmatch(_SIZE, text)
    if not match:
        return None
    digits = match[2] or ""
    size = int(match[1] + digits) * _UNITS[match[3]] // 10 ** len(digits)
    return size if size <= LARGEST else None
