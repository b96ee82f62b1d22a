"""How the size of a program changed from one build to another: by kind of content, by module and by
package. `elf-static compare --sizes`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from elf_static.elf.bounded_file import Source
from elf_static.elf.go_function_table import NoFunctionTableError
from elf_static.elf.reader import read_source
from elf_static.inspect.code_by_module import ModuleCode, Origin, read_modules
from elf_static.inspect.file_parts import Kind, read_parts, sizes_of_kinds


@dataclass(frozen=True)
class ProgramSizes:
    """The sizes in one file, in bytes. `problem` says why there are no `modules`."""

    name: str
    size: int
    kinds: Mapping[Kind, int]
    modules: tuple[ModuleCode, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Change:
    """A size in bytes in the old and the new file; 0 if the file does not have it."""

    name: str
    old: int
    new: int

    @property
    def growth(self) -> int:
        return self.new - self.old


_Change = TypeVar("_Change", bound=Change)


@dataclass(frozen=True)
class ModuleChange(Change):
    """The machine code of a module. A version is empty if the file does not have the module, or
    records none for it. `packages` are those that changed."""

    origin: Origin = Origin.UNKNOWN
    old_version: str = ""
    new_version: str = ""
    packages: tuple[Change, ...] = ()


@dataclass(frozen=True)
class SizeChanges:
    """The changes, the largest first. `problem` says why there are no `modules`."""

    whole: Change
    old_name: str
    kinds: tuple[Change, ...]
    modules: tuple[ModuleChange, ...] = field(default=())
    problem: str = ""


def read_sizes(source: Source, name: str) -> ProgramSizes:
    """
    :param name: for the report.
    :raises UnreadableError: reading the open file fails.
    """
    facts = read_source(source)
    kinds = dict(sizes_of_kinds(read_parts(facts)))
    if not facts.header or not facts.is_go:
        return ProgramSizes(name, facts.size, kinds, problem="is not a Go program")
    try:
        return ProgramSizes(name, facts.size, kinds, read_modules(source, facts))
    except NoFunctionTableError as e:
        return ProgramSizes(name, facts.size, kinds, problem=str(e))


def size_changes(old: ProgramSizes, new: ProgramSizes) -> SizeChanges:
    problems = [f"{file.name} {file.problem}" for file in (old, new) if file.problem]
    kinds = _changes(
        {kind.value: size for kind, size in old.kinds.items()},
        {kind.value: size for kind, size in new.kinds.items()},
    )
    whole = Change(new.name, old.size, new.size)
    if problems:
        return SizeChanges(whole, old.name, kinds, problem="; ".join(problems))
    return SizeChanges(whole, old.name, kinds, _modules(old.modules, new.modules))


def _modules(old: Iterable[ModuleCode], new: Iterable[ModuleCode]) -> tuple[ModuleChange, ...]:
    """Modules are matched by path, whatever their versions."""
    before = {(module.origin, module.path): module for module in old}
    after = {(module.origin, module.path): module for module in new}
    changes = []
    for key in {**before, **after}:
        origin, path = key
        first, second = before.get(key), after.get(key)
        change = ModuleChange(
            name=path or origin.value,
            old=first.size if first else 0,
            new=second.size if second else 0,
            origin=origin,
            old_version=first.version if first else "",
            new_version=second.version if second else "",
            packages=_changes(_packages(first), _packages(second)),
        )
        if change.packages or change.old_version != change.new_version:
            changes.append(change)
    return _largest_first(changes)


def _packages(module: ModuleCode | None) -> dict[str, int]:
    packages = module.packages if module else ()
    return {package.path or "no package": package.size for package in packages}


def _changes(old: Mapping[str, int], new: Mapping[str, int]) -> tuple[Change, ...]:
    return _largest_first(
        [
            Change(name, old.get(name, 0), new.get(name, 0))
            for name in {**old, **new}
            if old.get(name, 0) != new.get(name, 0)
        ]
    )


def _largest_first(changes: Sequence[_Change]) -> tuple[_Change, ...]:
    return tuple(sorted(changes, key=lambda change: (-abs(change.growth), change.name)))
