"""Whose machine code it is: the packages of a program, by the modules of its build information."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from elf_static.elf.facts import BuildInfo, Module
from elf_static.elf.go_function_table import PackageCode

MAIN, DEPENDENCY, STANDARD, GENERATED, UNKNOWN = (
    "main module",
    "module",
    "standard library",
    "made by the compiler",
    "of no known module",
)


@dataclass(frozen=True)
class ModuleCode:
    """The code of a module, or of what else `kind` says; sizes are in bytes. `path` and `version`
    are those of the build information. The largest package is first."""

    kind: str
    path: str
    version: str
    packages: tuple[PackageCode, ...]

    @property
    def size(self) -> int:
        return sum(package.size for package in self.packages)

    @property
    def functions(self) -> int:
        return sum(package.functions for package in self.packages)


def by_module(
    packages: Iterable[PackageCode], build_info: BuildInfo | None
) -> tuple[ModuleCode, ...]:
    """Who the packages belong to, the largest first. A module that has no code of its own is not
    among them: its functions have been inlined, or the linker has left them out."""
    main = build_info.main if build_info else None
    modules = ((main,) if main else ()) + (build_info.modules if build_info else ())
    by_path = {module.path: module for module in modules if module.path}
    found: dict[tuple[str, str, str], list[PackageCode]] = {}
    for package in packages:
        path = package.path
        if path == "main" and build_info and build_info.path:
            # A path of no module is `command-line-arguments`, of `go build main.go`.
            path = build_info.path if _module_of(build_info.path, by_path) else path
        key = _owner(path, main, by_path)
        found.setdefault(key, []).append(PackageCode(path, package.size, package.functions))
    groups = (ModuleCode(*key, packages=_largest_first(each)) for key, each in found.items())
    return tuple(sorted(groups, key=lambda group: (-group.size, group.path)))


def _owner(path: str, main: Module | None, by_path: dict[str, Module]) -> tuple[str, str, str]:
    module = _module_of(path, by_path)
    if module is None and path == "main":
        module = main
    if module:
        kind = MAIN if module is main else DEPENDENCY
        return kind, module.path, module.version
    if not path:
        return GENERATED, "", ""
    # Paths without a dot in their first element are reserved for the standard library.
    first = path.partition("/")[0]
    return (UNKNOWN if "." in first or path == "main" else STANDARD), "", ""


def _module_of(package: str, by_path: dict[str, Module]) -> Module | None:
    """The module with the longest path that the package is at or below."""
    path = package
    while path:
        if path in by_path:
            return by_path[path]
        path = path.rpartition("/")[0]
    return None


def _largest_first(packages: Sequence[PackageCode]) -> tuple[PackageCode, ...]:
    return tuple(sorted(packages, key=lambda package: (-package.size, package.path)))
