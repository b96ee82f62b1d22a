"""How packages are put together into chunks, each compiled by one process.

Most edits and new modules must leave most chunks as they are, as one that changes is compiled as a
whole by a machine that has nothing. So packages are in the order in which a walk along the imports
leaves them, which keeps those together that are used together; and where a chunk begins depends
only on the names of the packages near its first one: it begins with the least hash among these. So
its size varies less than if each package had the same chance to begin a chunk.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

# How many packages on either side a chunk's first one is compared with: a chunk has at least that
# many, and twice as many on average. With fewer, a build on a fresh machine spends more time on
# looking up chunks; with more, an edit compiles more packages again.
NEAR = 12

# Every program has it, even without imports.
_RUNTIME = "runtime"
# These are not packages of files.
_NO_FILES = ("C", "unsafe")


class Origin(Enum):
    """Where packages come from: it decides what they are compiled from."""

    STANDARD = "the standard library"
    MODULES = "modules"
    REPOSITORY = "the repository"


@dataclass(frozen=True)
class Chunk:
    """`below` are the numbers of the chunks that its packages import from, all smaller than its
    own. The chunk of the standard library has only those packages that others import."""

    origin: Origin
    packages: tuple[str, ...]
    below: tuple[int, ...] = ()


def make_chunks(
    mains: Iterable[str], graph: Mapping[str, tuple[str, ...]], local: Collection[str]
) -> tuple[Chunk, ...]:
    """The chunks of all that main packages import, but not of these themselves. `graph` is as in
    import_graph.py, `local` are the packages in the repository."""
    mains = sorted(set(mains))
    ordered = list(_imports_first(mains, graph))
    used = {imported for package in ordered for imported in graph[package]}
    standard = (used - graph.keys() - set(_NO_FILES)) | {_RUNTIME}
    chunks = [Chunk(Origin.STANDARD, tuple(sorted(standard)))]
    own: set[str] = set()
    for package in ordered:
        # A module may import from the repository, such as a plug-in that requires it.
        if package in local or not own.isdisjoint(graph[package]):
            own.add(package)
    imported_packages = [package for package in ordered if package not in mains]
    numbers: dict[str, int] = {}
    for origin, packages in (
        (Origin.MODULES, [p for p in imported_packages if p not in own]),
        (Origin.REPOSITORY, [p for p in imported_packages if p in own]),
    ):
        for together in _cut(packages):
            number = len(chunks)
            numbers.update(dict.fromkeys(together, number))
            below = {numbers[i] for package in together for i in graph[package] if i in numbers}
            chunks.append(Chunk(origin, together, tuple(sorted({0, *below} - {number}))))
    return tuple(chunks)


def in_waves(numbers: Iterable[int], chunks: tuple[Chunk, ...]) -> Iterator[tuple[int, ...]]:
    """These chunks, in groups that can be compiled at once, each after all that it imports from."""
    waves: dict[int, list[int]] = {}
    height: dict[int, int] = {}
    wanted = set(numbers)
    # The numbers of those below are smaller.
    for number, chunk in enumerate(chunks):
        own = 1 if number in wanted else 0
        height[number] = own + max((height[below] for below in chunk.below), default=0)
        if own:
            waves.setdefault(height[number], []).append(number)
    for _, together in sorted(waves.items()):
        yield tuple(together)


def _imports_first(mains: Iterable[str], graph: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """All packages below `mains`, each after those that it imports."""
    seen: set[str] = set()
    for main in mains:
        stack = [(main, iter(sorted(graph.get(main, ()))))] if main not in seen else []
        seen.add(main)
        while stack:
            package, imports = stack[-1]
            entered = next((i for i in imports if i in graph and i not in seen), None)
            if entered is None:
                stack.pop()
                yield package
            else:
                seen.add(entered)
                stack.append((entered, iter(sorted(graph[entered]))))


def _cut(packages: Sequence[str]) -> Iterator[tuple[str, ...]]:
    hashes = [zlib.crc32(package.encode()) for package in packages]
    begin = 0
    for here in range(NEAR, len(packages) - NEAR):
        if hashes[here] == min(hashes[here - NEAR : here + NEAR + 1]) and here - begin >= NEAR:
            yield tuple(packages[begin:here])
            begin = here
    if begin < len(packages):
        yield tuple(packages[begin:])
