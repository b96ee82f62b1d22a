"""The generators whose code Go tests contain, for `--changed-since`. Where a generator writes is
unknown before it runs, so some that a test does not need may be included.

Only tests depend on generators, because these depend on code without its tests.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.addresses import Address
from pants.engine.fs import PathGlobs
from pants.engine.target import AllTargets, Target
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.codegen.directives import Directive, package_run, parse_directives
from go_static.codegen.inputs import package_directories
from go_static.engine import repo_paths
from go_static.engine.compat import get_digest_contents, path_globs_to_digest, rule
from go_static.graph.generators import GeneratorsByModule, absolute_address
from go_static.graph.module_targets import code_address
from go_static.graph.package_owners import PackageOwners
from go_static.targets.addresses import generator_address
from go_static.targets.generate_fields import GeneratedCodeField, GoGeneratePackagesField
from go_static.targets.module_types import GoModulePackageTarget, has_tests

# Between the paths of a directive: `protoc --go_out=paths=source_relative:../api x.proto`.
_SEPARATORS = re.compile(r"[\s=,:;\"']+")


@dataclass(frozen=True)
class GeneratorsOfTests:
    """The addresses of generators, by that of the package with the tests."""

    by_test: FrozenDict[Address, tuple[Address, ...]]


@dataclass(frozen=True)
class Importers:
    """What imports the code at an address, and what imports a package that does not exist, by the
    directory of the module that should have it."""

    of_code: Mapping[Address, set[Address]]
    of_missing: Mapping[str, set[Address]]


async def _directories_written(
    generator: Target, module: str, owners: PackageOwners
) -> frozenset[str]:
    """The directories of the packages to which a generator may write: those of its directives, and
    those that these name. For other targets than a `go_codegen`, all of the module."""
    below = {d for d in owners.directories if repo_paths.is_below(d, module)}
    if not generator.has_field(GoGeneratePackagesField):
        return frozenset(below)
    base = generator.address.spec_path
    packages = package_directories(
        (repo_paths.join(base, package) for package in generator[GoGeneratePackagesField].value),
        (f"{directory}/x.go" if directory else "x.go" for directory in below),
    )
    sources = await get_digest_contents(
        await path_globs_to_digest(
            PathGlobs([repo_paths.glob_literal(f"{d}/" if d else "") + "*.go" for d in packages])
        )
    )
    named = {
        directory
        for source in sources
        for directive in parse_directives(source.path, source.content.decode(errors="replace"))
        for directory in directories_named(directive)
    }
    return frozenset(below & named.union(packages))


def directories_named(directive: Directive) -> frozenset[str]:
    """What the words of a directive may name: these, or files in them. The program that it runs
    does not count."""
    words = set(_SEPARATORS.split(directive.command)) - {"", package_run(directive)}
    base = posixpath.dirname(directive.file)
    paths = [repo_paths.join(base, word) for word in words]
    return frozenset([*paths, *map(posixpath.dirname, paths)])


def find_importers(owners: PackageOwners) -> Importers:
    of_code: dict[Address, set[Address]] = {}
    of_missing: dict[str, set[Address]] = {}
    modules = frozenset(owners.modules)
    for address, paths in owners.imports.items():
        of_code.setdefault(code_address(address), set()).add(address)
        for path in paths:
            code = owners.by_import_path.get(path)
            module = repo_paths.nearest(path, modules)
            if code is not None:
                of_code.setdefault(code, set()).add(address)
            elif module is not None:
                of_missing.setdefault(owners.modules[module], set()).add(address)
    return Importers(of_code, of_missing)


def affected(start: Iterable[Address], importers: Importers) -> set[Address]:
    """These, and all that imports them, also indirectly."""
    found = set(start)
    pending = list(found)
    while pending:
        new = importers.of_code.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found


@rule(desc="Find the generators that Go tests depend on", level=LogLevel.DEBUG)
async def find_generators_of_tests(
    owners: PackageOwners, generators: GeneratorsByModule, all_targets: AllTargets
) -> GeneratorsOfTests:
    named: dict[str, set[Target]] = {}
    for target in all_targets if generators.addresses else ():
        if not target.has_field(GeneratedCodeField):
            for name in (target.address.spec, generator_address(target.address)):
                named.setdefault(absolute_address(name), set()).add(target)
    importers = find_importers(owners)
    tests = {
        target.address
        for target in all_targets
        if isinstance(target, GoModulePackageTarget) and has_tests(target)
    }
    # Code depends on these.
    tests -= set(owners.embedding_test_data.values())
    found: dict[Address, set[Address]] = {}
    for module, addresses in generators.addresses.items():
        for target in set().union(*(named.get(address, ()) for address in addresses)):
            written = await _directories_written(target, module, owners)
            start = {owners.directories[directory] for directory in written}
            missing = importers.of_missing.get(module, set())
            # A `go_codegen` may depend on a package that consists of tests.
            read = start if target.has_field(GoGeneratePackagesField) else set()
            for test in (tests - read) & affected(start | missing, importers):
                found.setdefault(test, set()).add(target.address)
    return GeneratorsOfTests(FrozenDict({t: tuple(sorted(found[t])) for t in sorted(found)}))
