"""Infer dependencies: the imports of packages, and the inputs of binaries, tests and generators.

`--changed-since`, `dependencies` and `dependents` use them. They may include too much: an import is
included if any platform of the module's binaries has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.addresses import Address
from pants.engine.internals.graph import OwnersRequest
from pants.engine.target import FieldSet, InferDependenciesRequest, InferredDependencies, Target
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from elf_static.judge.policies import BUILT_IN
from go_static.codegen.directives import local_packages, package_run, parse_directives
from go_static.codegen.inputs import package_directories
from go_static.engine import repo_paths
from go_static.engine.compat import collect_rules, find_owners, implicitly, rule
from go_static.engine.files import read_files
from go_static.graph.generators_of_tests import GeneratorsOfTests
from go_static.graph.module_targets import MODULE_FILES, code_address
from go_static.graph.package_owners import PackageOwners
from go_static.modules.module import GoModuleTargets, find_module
from go_static.modules.workspace import Workspace
from go_static.targets.binary_fields import (
    GoCodegenField,
    GoMainField,
    GoStaticExecutableDependenciesField,
    GoWorkField,
    GoWorkValue,
    ReproducibleBinaryField,
)
from go_static.targets.elf_test_fields import (
    ElfBinaryField,
    ElfPolicyField,
    ElfStaticTestDependenciesField,
    SizeBaselineField,
)
from go_static.targets.feature_fields import GoPgoField
from go_static.targets.generate_fields import (
    GeneratedCodeField,
    GoGenerateDependenciesField,
    GoGeneratePackagesField,
    GoGenerateToolsField,
)
from go_static.targets.module_fields import GoModulePackageDependenciesField
from go_static.targets.named import named_targets
from go_static.verify.elf_files import find_binary_file
from go_static.verify.size_baseline import baseline_path
from go_static.verify.subsystem import ElfStaticSubsystem
from go_static.verify.verification import test_policy

_OF_TESTS = (ElfBinaryField, GeneratedCodeField, ReproducibleBinaryField)


@dataclass(frozen=True)
class PackageDependenciesFieldSet(FieldSet):
    """Of a package, or of its code without tests."""

    required_fields = (GoModulePackageDependenciesField,)

    dependencies: GoModulePackageDependenciesField


class InferPackageDependenciesRequest(InferDependenciesRequest[PackageDependenciesFieldSet]):
    infer_from = PackageDependenciesFieldSet


@dataclass(frozen=True)
class BinaryDependenciesFieldSet(FieldSet):
    required_fields = (GoMainField, GoStaticExecutableDependenciesField)

    main: GoMainField
    codegen: GoCodegenField
    pgo: GoPgoField
    gowork: GoWorkField
    dependencies: GoStaticExecutableDependenciesField


class InferBinaryDependenciesRequest(InferDependenciesRequest[BinaryDependenciesFieldSet]):
    infer_from = BinaryDependenciesFieldSet


@dataclass(frozen=True)
class GoGenerateDependenciesFieldSet(FieldSet):
    required_fields = (GoGeneratePackagesField, GoGenerateDependenciesField)

    packages: GoGeneratePackagesField
    tools: GoGenerateToolsField
    dependencies: GoGenerateDependenciesField


class InferGoGenerateDependenciesRequest(InferDependenciesRequest[GoGenerateDependenciesFieldSet]):
    infer_from = GoGenerateDependenciesFieldSet


@dataclass(frozen=True)
class ElfStaticTestDependenciesFieldSet(FieldSet):
    required_fields = (ElfBinaryField, ElfStaticTestDependenciesField)

    binary: ElfBinaryField
    policy: ElfPolicyField
    size_baseline: SizeBaselineField
    dependencies: ElfStaticTestDependenciesField


class InferElfStaticTestDependenciesRequest(
    InferDependenciesRequest[ElfStaticTestDependenciesFieldSet]
):
    infer_from = ElfStaticTestDependenciesFieldSet


@rule(desc="Infer dependencies of a Go package", level=LogLevel.DEBUG)
async def infer_package_dependencies(
    request: InferPackageDependenciesRequest,
    owners: PackageOwners,
    generators: GeneratorsOfTests,
) -> InferredDependencies:
    address = request.field_set.address
    module_files = address.maybe_convert_to_target_generator().create_generated(MODULE_FILES)
    inferred = {
        owners.by_import_path[import_path]
        for import_path in owners.imports.get(address, ())
        if import_path in owners.by_import_path
    }
    embedded = owners.embedding_test_data.get(address, address)
    itself = {address, code_address(address)}
    generated = generators.by_test.get(address, ())
    return InferredDependencies(sorted({module_files, embedded, *inferred, *generated} - itself))


@rule(desc="Infer dependencies of a Go binary", level=LogLevel.DEBUG)
async def infer_binary_dependencies(
    request: InferBinaryDependenciesRequest, owners: PackageOwners, modules: GoModuleTargets
) -> InferredDependencies:
    fields = request.field_set
    main, pgo, base = fields.main, fields.pgo, fields.address.spec_path
    directory = base if main.is_import_path else repo_paths.join(base, main.value)
    module = await find_module(directory)
    generators = await named_targets("codegen", fields.address, fields.codegen.value or ())
    profiles = await named_targets("pgo", fields.address, [pgo.value] if pgo.is_address else [])
    inferred = without_tests([*generators, *profiles])
    if pgo.is_file:
        profile = repo_paths.join(base, pgo.value)
        inferred += await find_owners(OwnersRequest((profile,)), **implicitly())
    if module is None or module not in modules.by_directory:
        # `package` reports this as an error. Goals that only read the graph continue.
        return InferredDependencies(inferred)
    if request.field_set.gowork.value == GoWorkValue.OFF.value:
        workspace = Workspace()
    else:
        workspace = owners.workspaces[module]
    inferred += await find_owners(OwnersRequest(workspace.files), **implicitly())
    # The go.mod files of all modules in a workspace together select the versions.
    inferred += (
        modules.by_directory[directory].address.create_generated(MODULE_FILES)
        for directory in dict.fromkeys((module, *workspace.used))
        if directory in modules.by_directory
    )
    main_package = (
        owners.by_import_path.get(main.value)
        if main.is_import_path
        else owners.directories.get(directory)
    )
    if main_package is not None:
        inferred.append(main_package)
    return InferredDependencies(inferred)


@rule(desc="Infer dependencies of generated Go code", level=LogLevel.DEBUG)
async def infer_go_generate_dependencies(
    request: InferGoGenerateDependenciesRequest, owners: PackageOwners
) -> InferredDependencies:
    fields = request.field_set
    base = fields.address.spec_path
    built = [tool for tool in fields.tools.value or () if ":" in tool or "/" in tool]
    tools = without_tests(await named_targets("tools", fields.address, built))
    packages = package_directories(
        (repo_paths.join(base, package) for package in fields.packages.value),
        (f"{directory}/x.go" if directory else "x.go" for directory in owners.directories),
    )
    sources = await read_files(
        repo_paths.join(repo_paths.glob_literal(directory), "*.go") for directory in packages
    )
    directives = [
        directive
        for source in sources
        for directive in parse_directives(source.path, source.content.decode(errors="replace"))
    ]
    # Generators written in Go in this repository, by directory or import path.
    local = {*packages, *local_packages(directives, "", "")}
    owning = {owners.directories[d] for d in local if d in owners.directories}
    run = map(package_run, directives)
    owning |= {owners.by_import_path[path] for path in run if path in owners.by_import_path}
    return InferredDependencies({*tools, *owning} - {fields.address})


@rule(desc="Infer dependencies of an ELF test", level=LogLevel.DEBUG)
async def infer_elf_static_test_dependencies(
    request: InferElfStaticTestDependenciesRequest, options: ElfStaticSubsystem
) -> InferredDependencies:
    fields = request.field_set
    file = await find_binary_file(fields.address, fields.binary.value)
    tested = () if file else (fields.binary.value,)
    binary = without_tests(await named_targets("binary", fields.address, tested))
    policy = test_policy(fields.policy.value, fields.address, options.policy)
    baseline = baseline_path(fields.address, fields.size_baseline.value)
    sources = (file, "" if policy in BUILT_IN else policy, baseline)
    owners = await find_owners(OwnersRequest(tuple(filter(None, sources))), **implicitly())
    return InferredDependencies({*binary, *owners} - {fields.address})


def without_tests(targets: Iterable[Target]) -> list[Address]:
    """The addresses of the targets. That of a `go_static_binary` or a `go_codegen` also names their
    tests, on which nothing depends."""
    return [
        target.address
        for target in targets
        if not any(target.has_field(field) for field in _OF_TESTS)
    ]


def rules() -> Iterable[object]:
    return [
        *collect_rules(),
        UnionRule(InferDependenciesRequest, InferPackageDependenciesRequest),
        UnionRule(InferDependenciesRequest, InferBinaryDependenciesRequest),
        UnionRule(InferDependenciesRequest, InferElfStaticTestDependenciesRequest),
        UnionRule(InferDependenciesRequest, InferGoGenerateDependenciesRequest),
    ]
