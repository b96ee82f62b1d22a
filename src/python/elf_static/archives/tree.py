"""The result of unpacking archives on top of each other, like the layers of an image.

Links are followed as in a chroot: `..` stops at the root, and an absolute target starts there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Union

from elf_static.archives.entries import Content, Entry, Kind
from elf_static.archives.limits import ArchiveError, Budget
from elf_static.elf.printable import printable

# As in Linux (MAXSYMLINKS).
_MAX_LINKS = 40
# image-spec, "Layer Filesystem Changeset", Whiteouts.
_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
# Other files of AUFS, which container engines skip.
_AUFS = ".wh..wh."


class Directory:
    __slots__ = ("children",)

    def __init__(self) -> None:
        self.children: dict[str, Node] = {}


class Symlink:
    __slots__ = ("target",)

    def __init__(self, target: str) -> None:
        self.target = target


class File:
    """`content` is None for devices and other special files. Hard links share one object."""

    __slots__ = ("content",)

    def __init__(self, content: Content | None) -> None:
        self.content = content


Node = Union[Directory, Symlink, File]
_OTHER = File(None)


class Tree:
    def __init__(self, budget: Budget) -> None:
        self._root = Directory()
        self._budget = budget

    def add_layer(self, entries: Iterable[Entry]) -> None:
        """Add a layer. Its whiteouts remove only files of lower layers, whatever their position."""
        own = []
        for entry in entries:
            name = entry.path.rpartition("/")[2]
            if not name.startswith(_WHITEOUT):
                own.append(entry)
                continue
            directory = self._walk(entry.parts[:-1])
            if directory is None:
                continue
            if name == _OPAQUE:
                directory.children.clear()
            elif not name.startswith(_AUFS):
                directory.children.pop(name[len(_WHITEOUT) :], None)
        self.add(own)

    def add(self, entries: Iterable[Entry]) -> None:
        """
        :raises ArchiveError: a link points nowhere or to itself.
        """
        for entry in entries:
            if not entry.path:
                continue
            *parents, name = entry.parts
            directory = self._walk(parents, create=True)
            assert directory is not None
            there = directory.children.get(name)
            if entry.kind is Kind.DIRECTORY:
                # It replaces a link to a directory, as container engines and GNU tar do.
                if not isinstance(there, Directory):
                    directory.children[name] = Directory()
            elif entry.kind is Kind.SYMLINK:
                directory.children[name] = Symlink(entry.target)
            elif entry.kind is Kind.HARD_LINK:
                directory.children[name] = self._linked(entry)
            else:
                directory.children[name] = File(entry.content) if entry.content else _OTHER

    def _linked(self, entry: Entry) -> Node:
        parts = [part for part in entry.target.split("/") if part not in ("", ".")]
        directory = self._walk(tuple(parts[:-1])) if parts else None
        node = directory.children.get(parts[-1]) if directory else None
        if node is None or isinstance(node, Directory):
            raise ArchiveError(
                f"is damaged: {printable(entry.path)} is a hard link to "
                f"{printable(entry.target)}, which is not a file in it"
            )
        return node

    def file(self, path: str) -> Content | None:
        """The file at a path after following all links; None if there is none."""
        parts = tuple(path.split("/"))
        for _ in range(_MAX_LINKS):
            directory = self._walk(parts[:-1])
            node = directory.children.get(parts[-1]) if directory else None
            if not isinstance(node, Symlink):
                return node.content if isinstance(node, File) else None
            base = () if node.target.startswith("/") else parts[:-1]
            parts = (*base, *node.target.split("/"))
        return None

    def files(self) -> Iterator[tuple[str, Content]]:
        """Each file once, by the first of its paths."""
        seen: set[int] = set()
        todo: list[tuple[str, Node]] = [("", self._root)]
        while todo:
            path, node = todo.pop()
            if isinstance(node, Directory):
                children = sorted(node.children.items(), reverse=True)
                todo += [(f"{path}/{name}", child) for name, child in children]
            elif isinstance(node, File) and node.content and id(node) not in seen:
                seen.add(id(node))
                yield path, node.content

    def _walk(self, parts: Iterable[str], create: bool = False) -> Directory | None:
        """The directory at a path after following links.

        :param create: create missing directories, as unpacking does.
        """
        stack = [self._root]
        todo = deque(parts)
        links = 0
        steps = len(todo) + 1
        while todo:
            part = todo.popleft()
            if part in ("", "."):
                continue
            if part == "..":
                del stack[max(1, len(stack) - 1) :]
                continue
            child = stack[-1].children.get(part)
            if isinstance(child, Symlink):
                links += 1
                if links > _MAX_LINKS:
                    raise ArchiveError(
                        f"is damaged: {printable(part)} leads through more than {_MAX_LINKS} "
                        "symbolic links"
                    )
                target = child.target.split("/")
                steps += len(target)
                if child.target.startswith("/"):
                    del stack[1:]
                todo.extendleft(reversed(target))
                continue
            if not isinstance(child, Directory):
                if not create:
                    self._budget.step(steps)
                    return None
                self._budget.member(name_size=len(part))
                child = stack[-1].children[part] = Directory()
            stack.append(child)
        self._budget.step(steps)
        return stack[-1]
