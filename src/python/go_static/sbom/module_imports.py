"""Which modules are in a binary, by the packages that are: who imports from whom. What go.mod files
require is another graph: it has modules of which nothing is in the binary, and cannot be had where
there is a vendor directory."""

from __future__ import annotations

from collections.abc import Mapping

from go_sbom.record import STANDARD_LIBRARY
from go_static.listing.import_graph import importers


def imports_between_modules(
    main: str, graph: Mapping[str, tuple[str, ...]], modules: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """The modules that each module imports from, in the binary of the package `main`. `graph` and
    `modules` have the packages by import path, without those of the standard library."""
    # Go's runtime is in every program, whether something is imported or not.
    found = {modules[main]: {STANDARD_LIBRARY}}
    for package in importers(main, graph):
        imports = found.setdefault(modules[package], set())
        imports.update(modules.get(i, STANDARD_LIBRARY) for i in graph.get(package, ()))
    return {module: tuple(sorted(others - {module})) for module, others in sorted(found.items())}
