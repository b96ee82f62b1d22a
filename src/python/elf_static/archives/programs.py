"""The ELF files of an archive or an image, each with its path."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

from elf_static.archives.blobs import Blob, Cursor, FileBlob, as_source, read_all
from elf_static.archives.compression import CompressedBlob, compression_of
from elf_static.archives.deb import data_of, is_deb
from elf_static.archives.entries import Content, Entry
from elf_static.archives.image import Image, is_image, read_images
from elf_static.archives.limits import (
    MAX_JSON,
    MAX_NESTED,
    ArchiveError,
    Budget,
    LimitError,
    UnsupportedError,
    other_errors_as,
)
from elf_static.archives.tar import is_tar, read_tar
from elf_static.archives.tree import Tree
from elf_static.archives.zip_file import is_zip, read_zip
from elf_static.elf.bounded_file import NotFoundError, Source, UnreadableError, open_file
from elf_static.elf.printable import printable

_START = 512
_SUFFIXES = (
    *(".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst", ".tzst"),
    *(".zip", ".whl", ".deb"),
)


@dataclass(frozen=True)
class Program:
    """`path` starts with `!/` and is appended to the archive's name. `problem` says why there is no
    `source`."""

    path: str
    source: Source | None
    problem: str = ""


def is_archive(source: Source) -> bool:
    """Whether the file is one of the archives that `programs_in` opens."""
    try:
        return _Archive.of(FileBlob.whole(source), Budget()) is not None
    except ArchiveError:
        # An unreadable archive is still an archive.
        return True


def programs_in(source: Source) -> Iterator[Program]:
    """
    :raises ArchiveError: the rest of the archive cannot be read.
    """
    with other_errors_as(_reading_failed):
        archive = _Archive.of(FileBlob.whole(source), Budget())
        assert archive is not None
        yield from archive.programs(depth=1)


def _reading_failed(e: Exception) -> str:
    reason = printable(f"{type(e).__name__}: {e}"[:200])
    return f"is damaged: reading it failed ({reason})"


def is_layout(directory: str) -> bool:
    """Whether the directory is an OCI image layout."""
    return os.path.isfile(os.path.join(directory, "oci-layout"))


def programs_in_layout(directory: str) -> Iterator[Program]:
    """
    :raises ArchiveError: the rest of the image cannot be read.
    """
    with other_errors_as(_reading_failed), ExitStack() as layers:

        def opened(path: str, stack: ExitStack) -> Blob | None:
            try:
                return FileBlob.whole(stack.enter_context(open_file(os.path.join(directory, path))))
            except NotFoundError:
                return None
            except UnreadableError as e:
                raise ArchiveError(f"is damaged: its {path} {e}") from None

        def lookup(path: str) -> bytes | None:
            with ExitStack() as only:
                blob = opened(path, only)
                return read_all(blob, MAX_JSON, printable(path)) if blob else None

        budget = Budget()
        images = read_images(lookup, budget)
        blobs: dict[str, Blob] = {}
        for name in {layer for image in images for layer in image.layers}:
            blob = opened(name, layers)
            if blob is not None:
                blobs[name] = blob
        yield from _image_programs(images, blobs, budget)


@dataclass(frozen=True)
class _Archive:
    """`blob` is a tar, decompressed, or a zip."""

    blob: Blob
    zip: bool
    budget: Budget

    @classmethod
    def of(
        cls, blob: Blob, budget: Budget, size: int = 0, layer: bool = False, named: bool = False
    ) -> _Archive | None:
        """
        :param size: of the blob, if it is not in a file.
        :param named: whether its name is one of an archive.
        :raises ArchiveError: it is compressed in a way that this Python cannot read.
        """
        start = Cursor(blob).read_up_to(0, _START)
        if is_zip(start):
            # Its directory is at the end.
            if not isinstance(blob, FileBlob):
                blob = FileBlob.whole(as_source(blob, size, budget))
            return cls(blob, True, budget)
        if is_deb(start):
            blob = data_of(blob)
            start = Cursor(blob).read_up_to(0, _START)
        method = compression_of(start)
        if method:
            blob = CompressedBlob(blob, method, budget)
            try:
                start = Cursor(blob).read_up_to(0, _START)
            except UnsupportedError:
                raise
            except ArchiveError:
                if named:
                    raise
                return None
        # A layer without files is empty or all zeros.
        empty = layer and not start.strip(b"\0")
        return cls(blob, False, budget) if empty or is_tar(start) else None

    def entries(self) -> Iterator[Entry]:
        if self.zip:
            assert isinstance(self.blob, FileBlob)
            return read_zip(as_source(self.blob, self.blob.size, self.budget), self.budget)
        return read_tar(Cursor(self.blob), self.budget)

    def programs(self, depth: int) -> Iterator[Program]:
        tree = Tree(self.budget)
        tree.add(self.entries())

        def lookup(path: str) -> bytes | None:
            content = tree.file(path)
            if content is None or content.problem:
                return None
            return read_all(content.blob, MAX_JSON, printable(path))

        if not self.zip and is_image(lookup, self.budget):
            images = read_images(lookup, self.budget)
            wanted = {layer for image in images for layer in image.layers}
            found = {name: tree.file(name) for name in wanted}
            ordered = sorted((c.order, name) for name, c in found.items() if c)
            blobs = {name: content.blob for _, name in ordered if (content := found[name])}
            yield from _image_programs(images, blobs, self.budget)
            return
        nested = []
        for path, content in sorted(tree.files(), key=lambda file: file[1].order):
            if content.is_elf or content.problem:
                yield _program(path, content, self.budget)
            elif path.endswith(_SUFFIXES):
                nested.append((path, content))
        for path, content in nested:
            yield from self._nested(path, content, depth)

    def _nested(self, path: str, content: Content, depth: int) -> Iterator[Program]:
        kept = self.budget.kept
        try:
            inner = _Archive.of(content.blob, self.budget, content.size, named=True)
            if inner is None:
                return
            if depth == MAX_NESTED:
                raise ArchiveError(f"is an archive nested more than {MAX_NESTED} deep")
            for program in inner.programs(depth + 1):
                yield Program(f"!{path}{program.path}", program.source, program.problem)
        except LimitError:
            raise
        except ArchiveError as e:
            yield Program(f"!{path}", None, str(e))
        finally:
            self.budget.kept = kept


def _program(path: str, content: Content, budget: Budget) -> Program:
    budget.program()
    if content.problem:
        return Program(f"!{path}", None, content.problem)
    kept = budget.kept
    try:
        return Program(f"!{path}", as_source(content.blob, content.size, budget))
    except LimitError:
        raise
    except ArchiveError as e:
        return Program(f"!{path}", None, str(e))
    finally:
        # One program is in memory at a time.
        budget.kept = kept


def _without_other_data(entry: Entry) -> Entry:
    """Of files that are not programs, only the path is needed; there may be half a million."""
    if entry.content is None or entry.content.is_elf:
        return entry
    return replace(entry, content=None)


def _image_programs(
    images: list[Image], blobs: dict[str, Blob], budget: Budget
) -> Iterator[Program]:
    """
    :param blobs: the layers by name, in an order that is fast to read.
    """
    layers: dict[str, list[Entry]] = {}
    order: dict[int, int] = {}
    for number, (name, blob) in enumerate(blobs.items()):
        layer = _Archive.of(blob, budget, layer=True)
        if layer is None or layer.zip:
            raise ArchiveError(f"is damaged: its layer {printable(name)} is not a tar")
        layers[name] = [_without_other_data(entry) for entry in layer.entries()]
        for entry in layers[name]:
            if entry.content:
                order[id(entry.content)] = number
    for image in images:
        tree = Tree(budget)
        for name in image.layers:
            if name not in blobs:
                raise ArchiveError(f"is damaged: its layer {printable(name)} is missing")
            tree.add_layer(layers[name])
        prefix = f"!{image.name}" if len(images) > 1 else ""
        files = [(path, content) for path, content in tree.files() if content.is_elf]
        for path, content in sorted(files, key=lambda f: (order[id(f[1])], f[1].order)):
            program = _program(path, content, budget)
            yield Program(f"{prefix}{program.path}", program.source, program.problem)
