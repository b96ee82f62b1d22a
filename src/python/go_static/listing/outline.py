"""The outline of a tree: the parts of its files that `go list` reads.

It is the cache key of listings. So an edit below the imports, or of an embedded file, lists nothing
again, neither here nor on another machine that shares a cache.
"""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Union

from pants.engine.fs import CreateDigest, Digest, FileContent, FileEntry, SymlinkEntry
from pants.engine.internals.native_engine import EMPTY_FILE_DIGEST, FileDigest
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.engine import repo_paths
from go_static.engine.compat import create_digest, get_digest_contents, get_digest_entries, rule
from go_static.go import sandbox
from go_static.go.source_header import GoSource, is_read_for_constraints, read_go_source

FileOrLink = Union[FileEntry, SymlinkEntry]

# The outlines of Go files by digest: this process reads the same content once, however often the
# tree around it changes. An outline has some 500 bytes.
_READ: dict[FileDigest, GoSource] = {}
_MOST_READ = 50_000

# How many files are in memory at a time.
_AT_A_TIME = 1_000

# Go reads these files whole.
_MODULE_FILES = ("go.mod", "go.sum", "go.work", "go.work.sum", "modules.txt")


@dataclass(frozen=True)
class Outline:
    """`digest` holds the outlines, `entries` the files themselves by path. The rest are the Go
    files with that property of `GoSource`."""

    digest: Digest
    entries: FrozenDict[str, FileOrLink]
    imports_c: frozenset[str]
    imports_symbols: frozenset[str]
    refuses: frozenset[str]
    generates: frozenset[str]


@rule(desc="Read the imports of Go files", level=LogLevel.DEBUG)
async def read_outline(tree: Digest) -> Outline:
    entries: dict[str, FileOrLink] = {
        entry.path: entry
        for entry in await get_digest_entries(tree)
        if isinstance(entry, (FileEntry, SymlinkEntry))
    }
    go_files = [e for e in entries.values() if isinstance(e, FileEntry) and e.path.endswith(".go")]
    read = {e.file_digest: _READ[e.file_digest] for e in go_files if e.file_digest in _READ}
    unread = {e.file_digest: e for e in go_files if e.file_digest not in read}
    for some in _in_pieces(list(unread.values())):
        contents = await get_digest_contents(await create_digest(CreateDigest(some)))
        digests = {entry.path: entry.file_digest for entry in some}
        for file in contents:
            read[digests[file.path]] = read_go_source(file.content)
    if len(_READ) + len(unread) > _MOST_READ:
        _READ.clear()
    _READ.update((digest, read[digest]) for digest in unread)
    return Outline(
        await create_digest(
            CreateDigest(
                [
                    FileContent(entry.path, read[entry.file_digest].outline, entry.is_executable)
                    if isinstance(entry, FileEntry) and entry.path.endswith(".go")
                    else without_content(entry)
                    for entry in entries.values()
                ]
            )
        ),
        FrozenDict(entries),
        frozenset(e.path for e in go_files if read[e.file_digest].imports_c),
        frozenset(e.path for e in go_files if read[e.file_digest].imports_symbols),
        frozenset(e.path for e in go_files if read[e.file_digest].refuses),
        frozenset(e.path for e in go_files if read[e.file_digest].generates),
    )


def without_content(entry: FileOrLink) -> FileOrLink:
    """A file other than a Go file: empty, unless Go reads it."""
    if (
        isinstance(entry, SymlinkEntry)
        or posixpath.basename(entry.path) in _MODULE_FILES
        or is_read_for_constraints(entry.path)
    ):
        return entry
    return FileEntry(entry.path, EMPTY_FILE_DIGEST, entry.is_executable)


def with_links(files: Iterable[str], entries: Mapping[str, FileOrLink]) -> frozenset[str]:
    """The existing files among these, and the symlinks on the way to them. Generated code may
    contain symlinks."""
    found: set[str] = set()
    pending = list(files)
    while pending:
        path = pending.pop()
        if path in found or repo_paths.is_outside(path):
            continue
        above = next((d for d in repo_paths.ancestors(path) if d in entries), None)
        if above is None:
            continue
        found.add(above)
        entry = entries[above]
        if isinstance(entry, SymlinkEntry):
            target = repo_paths.join(posixpath.dirname(above), entry.target)
            pending.append(repo_paths.join(target, repo_paths.relative_to(path, above)))
    return frozenset(found)


def in_tree(entry: FileOrLink) -> FileOrLink:
    """A file of the repository at its path in the sandbox."""
    return dataclasses.replace(entry, path=repo_paths.join(sandbox.TREE, entry.path))


def _in_pieces(entries: list[FileEntry]) -> Iterator[list[FileEntry]]:
    for start in range(0, len(entries), _AT_A_TIME):
        yield entries[start : start + _AT_A_TIME]
