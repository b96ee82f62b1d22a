"""An entry of an archive."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum

from elf_static.archives.blobs import Blob
from elf_static.archives.limits import MAX_PATH, ArchiveError
from elf_static.elf.structures import text


class Kind(Enum):
    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    HARD_LINK = "hard link"
    OTHER = "other"


@dataclass(frozen=True)
class Content:
    """The bytes of a file. `order` is their position in the archive: reading in this order is fast.
    `problem`, if not empty, says why they cannot be read."""

    # There may be half a million, and @dataclass(slots=True) needs Python 3.10.
    __slots__ = ("blob", "order", "problem", "size", "start")

    blob: Blob
    size: int
    order: int
    start: bytes
    problem: str

    @property
    def is_elf(self) -> bool:
        return self.start == b"\x7fELF"


@dataclass(frozen=True)
class Entry:
    """`path` is relative to the root of the archive, without `.` and `..`; empty for the root.
    `target` is a link's."""

    __slots__ = ("content", "kind", "path", "target")

    path: str
    kind: Kind
    target: str
    content: Content | None

    @property
    def parts(self) -> list[str]:
        return self.path.split("/") if self.path else []

    @property
    def name_size(self) -> int:
        return len(self.path) + len(self.target)


def clean_path(name: bytes) -> str:
    """
    :raises ArchiveError: the path leads out of the archive, or is invalid.
    """
    parts: list[str] = []
    for part in path_text(name).split("/"):
        if part == "..":
            if not parts:
                raise ArchiveError(
                    f"has an entry that leads out of it, {text(name)}, as an attack does"
                )
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def path_text(name: bytes) -> str:
    if len(name) > MAX_PATH:
        raise ArchiveError(f"has an entry with a path of more than {MAX_PATH} bytes")
    if b"\0" in name:
        raise ArchiveError(f"has an entry with a NUL byte in its path, {text(name)}")
    return os.fsdecode(name)
