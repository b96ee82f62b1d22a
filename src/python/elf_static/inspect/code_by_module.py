"""A program's packages, grouped by the modules of its build information."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from elf_static.elf.bounded_file import Source
from elf_static.elf.facts import BuildInfo, Facts, Module
from elf_static.elf.go_function_table import PackageCode, read_packages


class Origin(Enum):
    MAIN = "the main module"
    DEPENDENCY = "another module"
    STANDARD = "the standard library"
    GENERATED = "the compiler"
    UNKNOWN = "an unknown module"


@dataclass(frozen=True)
class ModuleCode:
    """The code of a module, or of another origin, without a path. Sizes are in bytes. The largest
    package is first."""

    origin: Origin
    path: str
    version: str
    packages: tuple[PackageCode, ...]

    @property
    def size(self) -> int:
        return sum(package.size for package in self.packages)

    @property
    def functions(self) -> int:
        return sum(package.functions for package in self.packages)


def read_modules(source: Source, facts: Facts) -> tuple[ModuleCode, ...]:
    """The modules of a Go program, as in `by_module`.

    :raises NoFunctionTableError: the program does not say.
    """
    assert facts.header
    packages = read_packages(source, facts.segments, facts.sections, facts.header.byte_order)
    return by_module(packages, facts.build_info)


def by_module(
    packages: Iterable[PackageCode], build_info: BuildInfo | None
) -> tuple[ModuleCode, ...]:
    """The modules with code, the largest first. Others are left out: all their functions were
    inlined, or dropped by the linker."""
    main = build_info.main if build_info else None
    modules = ((main,) if main else ()) + (build_info.modules if build_info else ())
    by_path = {module.path: module for module in modules if module.path}
    found: dict[tuple[Origin, str, str], list[PackageCode]] = {}
    for package in packages:
        path = package.path
        if path == "main" and build_info and build_info.path:
            # `go build main.go` names no module, but `command-line-arguments`.
            path = build_info.path if _module_of(build_info.path, by_path) else path
        key = _owner(path, main, by_path)
        found.setdefault(key, []).append(PackageCode(path, package.size, package.functions))
    groups = (ModuleCode(*key, packages=_largest_first(each)) for key, each in found.items())
    return tuple(sorted(groups, key=lambda group: (-group.size, group.path)))


def _owner(path: str, main: Module | None, by_path: dict[str, Module]) -> tuple[Origin, str, str]:
    module = _module_of(path, by_path)
    if module is None and path == "main":
        module = main
    if module:
        origin = Origin.MAIN if module is main else Origin.DEPENDENCY
        return origin, module.path, module.version
    if not path:
        return Origin.GENERATED, "", ""
    # Without a dot in the first element, a path is reserved for the standard library.
    first = path.partition("/")[0]
    return (Origin.UNKNOWN if "." in first or path == "main" else Origin.STANDARD), "", ""


def _module_of(package: str, by_path: dict[str, Module]) -> Module | None:
    """The module with the longest path that contains the package."""
    path = package
    while path:
        if path in by_path:
            return by_path[path]
        path = path.rpartition("/")[0]
    return None


def _largest_first(packages: Sequence[PackageCode]) -> tuple[PackageCode, ...]:
    return tuple(sorted(packages, key=lambda package: (-package.size, package.path)))
