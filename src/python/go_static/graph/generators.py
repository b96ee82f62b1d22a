"""The generators whose code the tests of a module and `go vet` see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.target import AllTargets, Target
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.engine import repo_paths
from go_static.engine.compat import implicitly, rule
from go_static.graph.package_owners import PackageOwners
from go_static.listing.list_module import BinaryGroups
from go_static.modules.module import GoModuleTargets
from go_static.modules.tree import ModuleTreeRequest, load_module_tree
from go_static.targets.addresses import generator_address
from go_static.targets.binary_settings import BuildContext
from go_static.targets.generate_fields import GoGenerateCommittedField
from go_static.targets.types import GoGeneratedCodeTarget


@dataclass(frozen=True)
class GeneratorsByModule:
    """The addresses of the generators of each module, by its directory: those that its binaries
    name, and its `go_codegen` targets whose code is not checked in."""

    addresses: FrozenDict[str, tuple[str, ...]]


@dataclass(frozen=True)
class ImportedModulesRequest:
    """The modules of the repository that the packages of one import from, also indirectly."""

    directory: str


@dataclass(frozen=True)
class ImportedModules:
    directories: frozenset[str]


@dataclass(frozen=True)
class ModuleCodegenRequest:
    """The generators whose code the tests of the module in a directory see."""

    directory: str


@dataclass(frozen=True)
class ModuleCodegen:
    """Sorted addresses."""

    addresses: tuple[str, ...]


@rule(desc="Find the generators of Go modules", level=LogLevel.DEBUG)
async def find_generators(
    targets: AllTargets, groups: BinaryGroups, modules: GoModuleTargets
) -> GeneratorsByModule:
    return GeneratorsByModule(
        generators_by_module(targets, groups.patterns, modules.by_directory.keys())
    )


def generators_by_module(
    targets: Iterable[Target], contexts: Iterable[BuildContext], modules: Iterable[str]
) -> FrozenDict[str, tuple[str, ...]]:
    """As in `GeneratorsByModule`; `contexts` are those of all binaries."""
    found: dict[str, set[str]] = {}
    for context in contexts:
        found.setdefault(context.module_directory, set()).update(
            map(absolute_address, context.codegen)
        )
    directories = frozenset(modules)
    for target in targets:
        if isinstance(target, GoGeneratedCodeTarget) and not target[GoGenerateCommittedField].value:
            module = repo_paths.nearest(target.address.spec_path, directories)
            if module is not None:
                found.setdefault(module, set()).add(
                    absolute_address(generator_address(target.address))
                )
    return FrozenDict({module: tuple(sorted(addresses)) for module, addresses in found.items()})


def absolute_address(address: str) -> str:
    """The address of a target from the root, in the one form in which these are compared."""
    return address if address.startswith("//") else f"//{address}"


@rule(desc="Find the modules that a Go module imports", level=LogLevel.DEBUG)
async def find_imported_modules(
    request: ImportedModulesRequest, owners: PackageOwners
) -> ImportedModules:
    imports: dict[str, set[str]] = {}
    for address, paths in owners.imports.items():
        imports.setdefault(address.spec_path, set()).update(paths)
    return ImportedModules(imported_modules(request.directory, imports, owners.modules))


def imported_modules(
    directory: str, imports: Mapping[str, Iterable[str]], modules: Mapping[str, str]
) -> frozenset[str]:
    """
    :param imports: the import paths in each module, by its directory.
    :param modules: the directories of modules, by their paths.
    """
    found: set[str] = set()
    pending = [directory]
    while pending:
        for path in imports.get(pending.pop(), ()):
            module = repo_paths.nearest(path, frozenset(modules))
            if module is not None and modules[module] not in found:
                found.add(modules[module])
                pending.append(modules[module])
    return frozenset(found)


@rule(desc="Find the generated code of a Go module", level=LogLevel.DEBUG)
async def find_module_codegen(
    request: ModuleCodegenRequest, generators: GeneratorsByModule
) -> ModuleCodegen:
    directory = request.directory
    addresses = set(generators.addresses.get(directory, ()))
    tree = await load_module_tree(ModuleTreeRequest(directory), **implicitly())
    others = [d for d in tree.directories if d != directory and d in generators.addresses]
    if others:
        # Not without need: that lists the packages of all modules.
        imported = await find_imported_modules(ImportedModulesRequest(directory), **implicitly())
        for other in imported.directories.intersection(others):
            addresses.update(generators.addresses[other])
    return ModuleCodegen(tuple(sorted(addresses)))
