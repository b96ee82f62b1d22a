"""The search of `--recursive`: every ELF file below a directory, once."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

_ELF = b"\x7fELF"


@dataclass(frozen=True)
class Found:
    """`problem`, if set, says why the file could not be examined."""

    path: str
    problem: str = ""


@dataclass(frozen=True)
class Search:
    """`seen` has the device and inode numbers of all files found so far."""

    seen: set[tuple[int, int]] = field(default_factory=set)

    def below(self, directory: str) -> Iterator[Found]:
        """The ELF files below a directory. Links to directories are not followed. Links to files
        come last, so that files are found under their own names."""
        links: list[str] = []
        todo = [directory]
        while todo:
            path = todo.pop()
            try:
                with os.scandir(path) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as e:
                yield Found(path, f"cannot be searched: {e.strerror}")
                continue
            for entry in entries:
                if entry.is_symlink():
                    links.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    yield from self.file(entry.path)
            todo += [e.path for e in reversed(entries) if e.is_dir(follow_symlinks=False)]
        for link in links:
            if os.path.isfile(link):
                yield from self.file(link)

    def matching(self, pattern: str) -> Iterator[Found]:
        """The ELF files that a pattern matches, and those below matching directories."""
        import glob  # takes 1 ms

        for path in sorted(glob.iglob(pattern, recursive=True)):
            if os.path.isfile(path):
                yield from self.file(path)
            elif os.path.isdir(path):
                yield from self.below(path)

    def file(self, path: str) -> Iterator[Found]:
        """The file, if it is an ELF file that has not been found yet."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as e:
            yield Found(path, f"cannot be opened: {e.strerror}")
            return
        try:
            status = os.fstat(descriptor)
            identity = (status.st_dev, status.st_ino)
            if not stat.S_ISREG(status.st_mode) or identity in self.seen:
                return
            self.seen.add(identity)
            if os.pread(descriptor, len(_ELF), 0) == _ELF:
                yield Found(path)
        except OSError as e:
            yield Found(path, f"cannot be read: {e.strerror}")
        finally:
            os.close(descriptor)


def is_pattern(path: str) -> bool:
    return any(letter in path for letter in "*?[") and not os.path.lexists(path)
