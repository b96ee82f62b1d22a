"""A Go module with many packages and binaries; the same numbers always give the same module.

Its layers are like those in large repositories: `core`, which every package imports; middle
packages, a tenth of all, which import each other; and leaves, which import some middle packages.
Each leaf is used by one binary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from speed_bench.bodies import BODIES

MODULE = "example.com/many"
CORE = "core"
_PARTS = tuple(BODIES)


@dataclass(frozen=True)
class Many:
    """`imports` maps each package directory in the module to the packages that it imports, and
    `binaries` maps each command to its leaves."""

    imports: Mapping[str, tuple[str, ...]]
    binaries: Mapping[str, tuple[str, ...]]

    @property
    def leaf(self) -> str:
        """A package that one binary uses."""
        return next(iter(self.binaries.values()))[0]

    @property
    def middle(self) -> str:
        """A middle package that no other middle package imports."""
        return [package for package in self.imports if package.startswith("middle/")][-1]

    def user_of(self, package: str) -> str:
        """A directory that imports a package: a leaf if there is one, otherwise a command."""
        for other in reversed(list(self.imports)):
            if package in self.imports[other]:
                return other
        return next(name for name, leaves in self.binaries.items() if package in leaves)

    def using(self, package: str) -> tuple[str, ...]:
        """The binaries that contain a package."""
        return tuple(
            name
            for name, leaves in self.binaries.items()
            if package == CORE or any(package in self._closure(leaf) for leaf in leaves)
        )

    def _closure(self, package: str) -> set[str]:
        found: set[str] = set()
        left = [package]
        while left:
            current = left.pop()
            if current not in found:
                found.add(current)
                left.extend(self.imports[current])
        return found

    def files(self) -> dict[str, str]:
        """The files of the module, including BUILD files, by path."""
        files = {
            "go.mod": f"module {MODULE}\n\ngo 1.21\n",
            "README.md": "This module is generated.\n",
            "BUILD": 'go_module(name="mod")\n',
        }
        for number, (package, imported) in enumerate(self.imports.items()):
            files.update(_package(package, imported, number))
        for command, leaves in self.binaries.items():
            files[f"{command}/main.go"] = _main(command, leaves)
            files[f"{command}/BUILD"] = "go_static_binary()\n"
        return files


def source_of(directory: str) -> str:
    """The file of a package or command to edit."""
    name = directory.rpartition("/")[2]
    return f"{directory}/main.go" if directory.startswith("cmd/") else f"{directory}/{name}.go"


def many(packages: int, binaries: int) -> Many:
    """A module with this number of packages, and with this number of commands in addition."""
    middle = max(1, packages // 10)
    leaves = packages - middle - 1
    if binaries < 1 or leaves < binaries:
        raise ValueError(f"{packages} packages are too few for {binaries} binaries")
    imports: dict[str, tuple[str, ...]] = {CORE: ()}
    for m in range(middle):
        # A tree: a few middle packages are below nearly all others, most only below a few.
        below = sorted({m // 2, m // 3} - {m})
        imports[f"middle/m{m}"] = (CORE, *(f"middle/m{b}" for b in below))
    for leaf in range(leaves):
        below = sorted({leaf % middle, (leaf * 7 + 3) % middle})
        imports[f"leaf/l{leaf}"] = (CORE, *(f"middle/m{b}" for b in below))
    used = {
        f"cmd/c{c}": tuple(
            f"leaf/l{n}" for n in range(c * leaves // binaries, (c + 1) * leaves // binaries)
        )
        for c in range(binaries)
    }
    return Many(imports, used)


def _package(directory: str, imported: tuple[str, ...], seed: int) -> dict[str, str]:
    name = directory.rpartition("/")[2]
    parts = [_PARTS[(seed + offset) % len(_PARTS)] for offset in range(3)]
    others = "".join(f'\t"{MODULE}/{path}"\n' for path in imported)
    called = "".join(f" + {path.rpartition('/')[2]}.Name()[:1]" for path in imported)
    return {
        source_of(directory): (
            f"// Package {name} is generated.\npackage {name}\n"
            + (f"\nimport (\n{others})\n" if imported else "")
            + f"\n// Name tells which package this is, and what it uses.\n"
            f'func Name() string {{\n\treturn "{name}"{called}\n}}\n'
        ),
        **{
            f"{directory}/{part}.go": f"package {name}\n\n{BODIES[part]}".replace("SEED", str(seed))
            for part in parts
        },
        f"{directory}/{name}_test.go": (
            f'package {name}\n\nimport "testing"\n\n'
            "// TestName is a test, which no binary lists.\n"
            "func TestName(t *testing.T) {\n"
            f'\tif got := Name()[:1]; got != "{name[:1]}" {{\n'
            '\t\tt.Errorf("got %s", got)\n\t}\n}\n'
        ),
    }


def _main(command: str, leaves: tuple[str, ...]) -> str:
    imported = "".join(f'\t"{MODULE}/{path}"\n' for path in sorted((CORE, *leaves)))
    name = command.rpartition("/")[2]
    calls = "".join(
        f"\tfmt.Println({path.rpartition('/')[2]}.Name())\n" for path in (CORE, *leaves)
    )
    return (
        f"// Command {name} is generated.\npackage main\n\n"
        f'import (\n\t"fmt"\n\n{imported})\n\nfunc main() {{\n{calls}}}\n'
    )
