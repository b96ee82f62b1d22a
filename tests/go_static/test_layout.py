"""The layout of the code within packages; import-linter checks the layers."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src/python"
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts): path for path in SOURCE.rglob("*.py")
}


def imports_of(path: Path) -> set[str]:
    """The modules of this project that a file imports, wherever in it."""
    names = {
        f"{node.module}{end}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        for end in ("", *(f".{alias.name}" for alias in node.names))
    }
    return names & set(MODULES)


def test_no_module_imports_what_imports_it() -> None:
    graph = {module: imports_of(path) for module, path in MODULES.items()}
    assert sum(map(len, graph.values())) > len(graph)
    # Raises CycleError, with the circle.
    assert set(TopologicalSorter(graph).static_order()) == set(MODULES)


def test_a_file_and_a_folder_can_be_taken_in_at_a_glance() -> None:
    long = {m: n for m, path in MODULES.items() if (n := len(path.read_text().splitlines())) > 300}
    assert long == {}
    folders = {path.parent for path in MODULES.values()}
    full = {f: n for f in folders if (n := len(set(f.glob("*.py")) - {f / "__init__.py"})) > 15}
    assert full == {}
