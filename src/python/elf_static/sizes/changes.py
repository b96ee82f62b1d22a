"""How the size of a program changed from one build to another: by kind of content, by module and by
package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from elf_static.inspect.code_by_module import Origin
from elf_static.sizes.program import ModuleSize, ProgramSizes


@dataclass(frozen=True)
class Change:
    """A size in bytes in the old and the new file; 0 if the file does not have it."""

    name: str
    old: int
    new: int

    @property
    def growth(self) -> int:
        return self.new - self.old

    @property
    def came(self) -> bool:
        return not self.old

    @property
    def went(self) -> bool:
        return not self.new


_Change = TypeVar("_Change", bound=Change)


@dataclass(frozen=True)
class ModuleChange(Change):
    """The machine code of a module. A version is empty if the file does not have the module, or
    records none for it. `packages` are those that changed; empty if a baseline does not say."""

    origin: Origin = Origin.UNKNOWN
    old_version: str = ""
    new_version: str = ""
    packages: tuple[Change, ...] = ()
    in_old: bool = True
    in_new: bool = True

    @property
    def came(self) -> bool:
        """A module may have no code of its own, and so no size."""
        return not self.in_old

    @property
    def went(self) -> bool:
        return not self.in_new


@dataclass(frozen=True)
class SizeChanges:
    """The changes, the largest first. `problem` says why there are no `modules`."""

    whole: Change
    old_name: str
    kinds: tuple[Change, ...]
    modules: tuple[ModuleChange, ...] = field(default=())
    problem: str = ""


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


def _modules(old: Iterable[ModuleSize], new: Iterable[ModuleSize]) -> tuple[ModuleChange, ...]:
    """Modules are matched by path, whatever their versions."""
    before = {(module.origin, module.path): module for module in old}
    after = {(module.origin, module.path): module for module in new}
    changes = []
    for key in {**before, **after}:
        first, second = before.get(key), after.get(key)
        change = ModuleChange(
            name=key[1] or key[0].value,
            old=first.size if first else 0,
            new=second.size if second else 0,
            origin=key[0],
            old_version=first.version if first else "",
            new_version=second.version if second else "",
            packages=_packages(first, second),
            in_old=first is not None,
            in_new=second is not None,
        )
        # The version of the main module is that of the repository, and changes with each commit.
        updated = change.old_version != change.new_version and change.origin is not Origin.MAIN
        if change.growth or change.packages or updated or change.came or change.went:
            changes.append(change)
    return _largest_first(changes)


def _packages(old: ModuleSize | None, new: ModuleSize | None) -> tuple[Change, ...]:
    if any(module is not None and module.packages is None for module in (old, new)):
        return ()
    return _changes((old and old.packages) or {}, (new and new.packages) or {})


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
