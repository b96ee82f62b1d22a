"""The record that the process under fuzzing writes before and after each input, to a shared file
that survives a crash.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass

MAX_SIZE = 1 << 19

# Exit codes of the process.
FAILED = 71
SLOW_OR_LARGE = 72

MAX_SECONDS = 1.0
"""Of processor time, for one input."""

MAX_KILOBYTES = 75_000
"""That one input may take: with Python and the checker's modules, less than 100 MB."""

_HEADER = struct.Struct("<QdQQ")
SIZE = _HEADER.size + MAX_SIZE


@dataclass
class State:
    """The number of inputs checked, the most CPU time (in seconds) and memory (in kilobytes) used
    by one of them, and the last input."""

    executions: int = 0
    slowest: float = 0.0
    largest: int = 0
    data: bytes = b""

    def write(self, file: mmap.mmap, data: bytes) -> None:
        header = _HEADER.pack(self.executions, self.slowest, self.largest, len(data))
        file[: _HEADER.size + len(data)] = header + data

    @classmethod
    def read(cls, content: bytes) -> State:
        executions, slowest, largest, size = _HEADER.unpack_from(content)
        return cls(executions, slowest, largest, content[_HEADER.size : _HEADER.size + size])
