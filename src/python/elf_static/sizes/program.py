"""The sizes in one program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from elf_static.elf.bounded_file import Source
from elf_static.elf.facts import BuildInfo, Facts
from elf_static.elf.go_function_table import NoFunctionTableError
from elf_static.elf.reader import read_source
from elf_static.inspect.code_by_module import ModuleCode, Origin, read_modules
from elf_static.inspect.file_parts import Kind, read_parts, sizes_of_kinds


@dataclass(frozen=True)
class ModuleSize:
    """The machine code of a module or of another origin, in bytes; 0 if all of it was inlined into
    other modules. `version` is that of Go for the standard library, and empty if the file records
    none. A baseline has no `packages`."""

    origin: Origin
    path: str
    version: str
    size: int
    packages: Mapping[str, int] | None = None

    @property
    def name(self) -> str:
        return self.path or self.origin.value


@dataclass(frozen=True)
class ProgramSizes:
    """The sizes in one file, in bytes. `problem` says why there are no `modules`."""

    name: str
    size: int
    kinds: Mapping[Kind, int]
    modules: tuple[ModuleSize, ...] = ()
    problem: str = ""


def read_sizes(source: Source, name: str) -> ProgramSizes:
    """
    :param name: for the report.
    :raises UnreadableError: reading the open file fails.
    """
    return sizes_in(source, read_source(source), name)


def sizes_in(source: Source, facts: Facts, name: str) -> ProgramSizes:
    """As `read_sizes`, of a file whose facts are known."""
    kinds = dict(sizes_of_kinds(read_parts(facts)))
    if not facts.header or not facts.is_go:
        return ProgramSizes(name, facts.size, kinds, problem="is not a Go program")
    try:
        modules = read_modules(source, facts)
    except NoFunctionTableError as e:
        return ProgramSizes(name, facts.size, kinds, problem=str(e))
    return ProgramSizes(name, facts.size, kinds, _with_versions(modules, facts.build_info))


def _with_versions(
    modules: Sequence[ModuleCode], build_info: BuildInfo | None
) -> tuple[ModuleSize, ...]:
    """The modules, with those that have no code of their own."""
    go_version = build_info.go_version if build_info else ""
    sizes = [_size(module, go_version) for module in modules]
    with_code = {module.path for module in modules}
    inlined = (m for m in (build_info.modules if build_info else ()) if m.path not in with_code)
    sizes += (ModuleSize(Origin.DEPENDENCY, m.path, m.version, 0, {}) for m in inlined)
    return tuple(sizes)


def _size(module: ModuleCode, go_version: str) -> ModuleSize:
    return ModuleSize(
        module.origin,
        module.path,
        go_version if module.origin is Origin.STANDARD else module.version,
        module.size,
        {package.path or "no package": package.size for package in module.packages},
    )
