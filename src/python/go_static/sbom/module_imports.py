"""The import graph of the modules in a binary, from the imports of its packages. The graph of
requirements in go.mod files differs: it includes modules that are not in the binary, and is not
available with a vendor directory."""

from __future__ import annotations

from collections.abc import Mapping

from go_sbom.record import STANDARD_LIBRARY
from go_static.listing.import_graph import importers


def imports_between_modules(
    main: str, graph: Mapping[str, tuple[str, ...]], modules: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """The modules that each module imports from, in the binary of the package `main`. `graph` and
    `modules` are keyed by import path and omit the standard library."""
    # Every program contains Go's runtime, even without imports.
    found = {modules[main]: {STANDARD_LIBRARY}}
    for package in importers(main, graph):
        imports = found.setdefault(modules[package], set())
        imports.update(modules.get(i, STANDARD_LIBRARY) for i in graph.get(package, ()))
    return {module: tuple(sorted(others - {module})) for module, others in sorted(found.items())}
