"""The packages of a binary, and how they import each other.

A graph maps import paths to imports, without the standard library's packages.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

# All packages of the standard library, where builds say which ones they consist of.
_STANDARD = "std"


def importers(main: str, graph: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The packages of the binary of `main`, nearest first. Each is mapped to its importer on a
    shortest path from `main`; `main` itself to an empty string."""
    found = {main: ""}
    pending = deque([main])
    while pending:
        package = pending.popleft()
        for imported in graph.get(package, ()):
            if imported in graph and imported not in found:
                found[imported] = package
                pending.append(imported)
    return found


def packages_of(main: str, graph: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The packages of the binary of `main`, for builds that wait for each other."""
    return tuple(sorted((*importers(main, graph), _STANDARD)))


def import_chains(main: str, graph: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """For each package below `main`, a shortest chain of imports that leads to it."""
    chains: dict[str, tuple[str, ...]] = {"": ()}
    for package, importer in importers(main, graph).items():
        chains[package] = (*chains[importer], package)
    del chains[""]
    return chains
