"""The go.mod and go.sum of an empty main module that requires what a chunk consists of.

With those of the repository, each change of go.mod would change all chunks of modules.
"""

from __future__ import annotations

from collections.abc import Iterable

from elf_static.elf.go_version import GoVersion
from go_static.go.list_output import ListedModule

# Since this `go` line, Go reads no go.mod files but those of the modules that go.mod lists.
_GRAPH_PRUNING = "1.17"


def go_mod(modules: Iterable[ListedModule], go: str) -> str:
    """`go` is the `go` line of the repository's module, or empty. It may not be older than those of
    the modules."""
    old = not go or GoVersion.parse(go) < GoVersion.parse(_GRAPH_PRUNING)
    lines = ["module go_static_compiled", f"go {_GRAPH_PRUNING if old else go}"]
    for module in modules:
        lines.append(f"require {module.path} {module.version}")
        if (module.path, module.version) != (module.source, module.source_version):
            lines.append(f"replace {module.path} => {module.source} {module.source_version}")
    return "".join(f"{line}\n" for line in lines)


def go_sum(modules: Iterable[ListedModule], sums: str) -> str:
    """The lines of go.sum files that are about these modules."""
    wanted = {
        (module.source, version)
        for module in modules
        for version in (module.source_version, f"{module.source_version}/go.mod")
    }
    lines = {line for line in sums.splitlines() if tuple(line.split()[:2]) in wanted}
    return "".join(f"{line}\n" for line in sorted(lines))
