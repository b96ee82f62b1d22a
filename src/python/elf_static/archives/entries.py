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
    `problem`, if set, says why they cannot be read."""

    blob: Blob
    size: int
    order: int
    start: bytes = b""
    problem: str = ""

    @property
    def is_elf(self) -> bool:
        return self.start == b"\x7fELF"


@dataclass(frozen=True)
class Entry:
    """`parts` is the path from the root of the archive; `target` is a link's."""

    parts: tuple[str, ...]
    kind: Kind
    target: str = ""
    content: Content | None = None


def path_parts(name: bytes) -> tuple[str, ...]:
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
    return tuple(parts)


def path_text(name: bytes) -> str:
    if len(name) > MAX_PATH:
        raise ArchiveError(f"has an entry with a path of more than {MAX_PATH} bytes")
    if b"\0" in name:
        raise ArchiveError(f"has an entry with a NUL byte in its path, {text(name)}")
    return os.fsdecode(name)
