"""Limits for archives, far above any real archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from elf_static.elf.bounded_file import UnreadableError

_GIB = 1 << 30

MAX_EXPANDED = 32 * _GIB
"""Decompressed bytes of all streams. A compressed image is read twice."""
MAX_RATIO = 250
"""Decompressed bytes for each byte of a stream, once it has given `RATIO_FROM` bytes."""
RATIO_FROM = 256 << 20
MAX_MEMBERS = 500_000
MAX_ZIP_MEMBERS = 200_000
"""Python's zipfile keeps 500 bytes for each, and as many again."""
MAX_PROGRAMS = 50_000
MAX_UNPACKED = _GIB
"""Bytes of one ELF file, or of one nested archive, in a compressed archive."""
_MAX_IN_MEMORY = 192 << 20
MAX_JSON = 4 << 20
"""Bytes of a JSON file of an image. Registries need not accept larger ones (distribution-spec)."""
_MAX_JSON_IN_TOTAL = 64 << 20
_MAX_NAMES = 64 << 20
MAX_NESTED = 4
MAX_IMAGES = 500
MAX_LAYERS = 1024
MAX_PATH = 4096
"""The longest path or link target on Linux, in bytes."""
TOO_LARGE = "is too large to be read in a compressed archive; unpack the archive and check the file"
# Path elements that are looked up in total. A hostile path has 2048.
_MAX_STEPS = 10_000_000


class ArchiveError(Exception):
    """The archive cannot be read or exceeds a limit. The text completes a sentence that starts with
    its name."""


@contextmanager
def other_errors_as(describe: Callable[[Exception], str]) -> Iterator[None]:
    """Turn any error of a library into an `ArchiveError`."""
    try:
        yield
    except (ArchiveError, UnreadableError):
        raise
    except Exception as e:
        raise ArchiveError(describe(e)) from None


class LimitError(ArchiveError):
    """A limit is exceeded: the rest of the file on the command line is not read."""


class UnsupportedError(ArchiveError):
    """This Python cannot read the archive's compression."""


@dataclass
class Budget:
    """The amount read of one file on the command line, including nested archives."""

    expanded: int = 0
    members: int = 0
    programs: int = 0
    names: int = 0
    steps: int = 0
    json: int = 0
    kept: int = 0

    def expand(self, size: int, given: int, read: int) -> None:
        """
        :param size: of the next piece of a stream.
        :param given: the expanded size of the stream so far, including the piece.
        :param read: the compressed bytes read so far.
        """
        self.expanded += size
        if self.expanded > MAX_EXPANDED:
            raise LimitError(f"expands to more than {MAX_EXPANDED // _GIB} GiB")
        if given > RATIO_FROM and given > MAX_RATIO * read:
            raise LimitError(
                f"expands to more than {MAX_RATIO} times its size, as a decompression bomb does"
            )

    def member(self, name_size: int) -> None:
        """
        :param name_size: of its path and a link's target.
        """
        self.members += 1
        if self.members > MAX_MEMBERS:
            raise LimitError(f"has more than {MAX_MEMBERS:,} entries")
        self.names += name_size
        if self.names > _MAX_NAMES:
            raise LimitError(f"has more than {_MAX_NAMES >> 20} MiB of paths")

    def document(self, size: int) -> None:
        self.json += size
        if self.json > _MAX_JSON_IN_TOTAL:
            raise LimitError(f"has more than {_MAX_JSON_IN_TOTAL >> 20} MiB of JSON")

    def program(self) -> None:
        self.programs += 1
        if self.programs > MAX_PROGRAMS:
            raise LimitError(f"contains more than {MAX_PROGRAMS:,} ELF files")

    def keep(self, size: int) -> None:
        """Keep part of a file in memory. The caller resets `kept` when the file is done with."""
        self.kept += size
        if self.kept > _MAX_IN_MEMORY:
            raise ArchiveError(TOO_LARGE)

    def step(self, count: int) -> None:
        self.steps += count
        if self.steps > _MAX_STEPS:
            raise LimitError("has paths that are too deep to look up")
