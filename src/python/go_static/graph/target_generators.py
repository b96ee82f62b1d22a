"""Generate the targets that goals act on from the targets in BUILD files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pants.engine.target import (
    Dependencies,
    Field,
    GeneratedTargets,
    GenerateTargetsRequest,
    MultipleSourcesField,
    SourcesPathsRequest,
    Target,
)
from pants.engine.unions import UnionMembership, UnionRule

from go_static.engine import repo_paths
from go_static.engine.compat import collect_rules, implicitly, resolve_source_paths, rule
from go_static.modules.module import nested_modules
from go_static.targets.binary_fields import GoReproducibleField, ReproducibleBinaryField
from go_static.targets.elf_test_fields import ElfBinaryField
from go_static.targets.generate_fields import GeneratedCodeField, GoGenerateCommittedField
from go_static.targets.module_fields import GoModuleSourcesField
from go_static.targets.module_types import (
    GoModuleFilesTarget,
    GoModulePackageTarget,
    GoModuleTarget,
)
from go_static.targets.types import (
    ElfStaticTestTarget,
    GoCodegenTarget,
    GoGeneratedCodeTarget,
    GoGeneratedIsCurrentTarget,
    GoReproducibleTestTarget,
    GoStaticBinaryTarget,
    GoStaticExecutableTarget,
)

# The generated names. No directory can be named `go.mod`, because the module's go.mod is there.
MODULE_FILES = "go.mod"
EXECUTABLE = "binary"
ELF_STATIC_TEST = "elf_static_test"
REPRODUCIBLE_TEST = "reproducible_test"
CODE = "code"
GENERATED_IS_CURRENT = "generated_is_current"

_MODULE_FILE_NAMES = frozenset({"go.mod", "go.sum"})
_VENDOR = "vendor"


class GenerateModuleTargetsRequest(GenerateTargetsRequest[GoModuleTarget]):
    generate_from = GoModuleTarget


class GenerateCodeTargetsRequest(GenerateTargetsRequest[GoCodegenTarget]):
    generate_from = GoCodegenTarget


class GenerateBinaryTargetsRequest(GenerateTargetsRequest[GoStaticBinaryTarget]):
    generate_from = GoStaticBinaryTarget


@dataclass(frozen=True)
class ModuleLayout:
    """Which files belong to which target. Paths are relative to the module's directory.

    `packages` maps the directory of each package (`.` for the module's own) to its files. Files
    outside all packages belong to `.`; if it is not a package, nothing depends on it.
    """

    module_files: tuple[str, ...]
    packages: tuple[tuple[str, tuple[str, ...]], ...]


def lay_out_module(files: Iterable[str]) -> ModuleLayout:
    """Divide the files of a module (paths relative to its directory) among targets.

    Directories follow `go help packages`: `testdata` and names that start with `_` or `.` hold no
    packages, and a directory with a go.mod is a separate module.
    """
    all_files = sorted(files)
    nested = frozenset(nested_modules("", all_files))
    own = [
        file
        for file in all_files
        if repo_paths.nearest(posixpath.dirname(file), nested) is None
        and not _is_build_file(posixpath.basename(file))
    ]
    module_files = [
        file for file in own if file in _MODULE_FILE_NAMES or repo_paths.is_below(file, _VENDOR)
    ]
    rest = sorted(set(own) - set(module_files))
    package_directories = frozenset(
        posixpath.dirname(file) for file in rest if _is_package_file(file)
    )
    packages: dict[str, list[str]] = {}
    for file in rest:
        directory = repo_paths.nearest(posixpath.dirname(file), package_directories)
        packages.setdefault(directory or ".", []).append(file)
    return ModuleLayout(
        tuple(module_files),
        tuple((directory, tuple(packages[directory])) for directory in sorted(packages)),
    )


def _is_package_file(file: str) -> bool:
    directory, name = posixpath.split(file)
    return (
        name.endswith(".go")
        and not name.startswith(("_", "."))
        and not repo_paths.go_skips(directory)
    )


def _is_build_file(name: str) -> bool:
    # Pants itself tracks changes of BUILD files.
    return name == "BUILD" or name.startswith("BUILD.")


@rule
async def generate_module_targets(
    request: GenerateModuleTargetsRequest, union_membership: UnionMembership
) -> GeneratedTargets:
    generator = request.generator
    sources = await resolve_source_paths(
        SourcesPathsRequest(generator[GoModuleSourcesField]), **implicitly()
    )
    base = request.template_address.spec_path
    layout = lay_out_module(repo_paths.relative_to(file, base) for file in sources.files)
    targets: list[GoModuleFilesTarget | GoModulePackageTarget] = []
    if layout.module_files:
        targets.append(
            GoModuleFilesTarget(
                {**request.template, MultipleSourcesField.alias: _literals(layout.module_files)},
                request.template_address.create_generated(MODULE_FILES),
                union_membership,
                residence_dir=base,
            )
        )
    for directory, files in layout.packages:
        targets.append(
            GoModulePackageTarget(
                {**request.template, MultipleSourcesField.alias: _literals(files)},
                request.template_address.create_generated(directory),
                union_membership,
                residence_dir=repo_paths.join(base, directory),
            )
        )
    return GeneratedTargets(generator, targets)


def _literals(files: Iterable[str]) -> list[str]:
    return [repo_paths.glob_literal(file) for file in files]


@rule
async def generate_binary_targets(
    request: GenerateBinaryTargetsRequest, union_membership: UnionMembership
) -> GeneratedTargets:
    executable = request.template_address.create_generated(EXECUTABLE)
    test = request.template_address.create_generated(ELF_STATIC_TEST)
    binary = GoStaticExecutableTarget(
        _fields_of(GoStaticExecutableTarget, request.template), executable, union_membership
    )
    targets: list[Target] = [
        binary,
        ElfStaticTestTarget(
            {
                **_fields_of(ElfStaticTestTarget, request.template, without=(Dependencies,)),
                ElfBinaryField.alias: executable.spec,
            },
            test,
            union_membership,
        ),
    ]
    if binary[GoReproducibleField].value:
        targets.append(
            GoReproducibleTestTarget(
                {
                    **_fields_of(GoReproducibleTestTarget, request.template),
                    Dependencies.alias: (executable.spec,),
                    ReproducibleBinaryField.alias: executable.spec,
                },
                request.template_address.create_generated(REPRODUCIBLE_TEST),
                union_membership,
            )
        )
    return GeneratedTargets(request.generator, targets)


@rule
async def generate_code_targets(
    request: GenerateCodeTargetsRequest, union_membership: UnionMembership
) -> GeneratedTargets:
    address = request.template_address.create_generated(CODE)
    code = GoGeneratedCodeTarget(request.template, address, union_membership)
    targets: list[Target] = [code]
    if code[GoGenerateCommittedField].value:
        targets.append(
            GoGeneratedIsCurrentTarget(
                {
                    **_fields_of(
                        GoGeneratedIsCurrentTarget, request.template, without=(Dependencies,)
                    ),
                    GeneratedCodeField.alias: address.spec,
                },
                request.template_address.create_generated(GENERATED_IS_CURRENT),
                union_membership,
            )
        )
    return GeneratedTargets(request.generator, targets)


def _fields_of(
    target: type[Target], template: Mapping[str, Any], without: tuple[type[Field], ...] = ()
) -> dict[str, Any]:
    """The fields of the generator that `target` also has."""
    left_out = {field.alias for field in without}
    aliases = {field.alias for field in target.core_fields} - left_out
    return {alias: value for alias, value in template.items() if alias in aliases}


def rules() -> Iterable[object]:
    return [
        *collect_rules(),
        UnionRule(GenerateTargetsRequest, GenerateModuleTargetsRequest),
        UnionRule(GenerateTargetsRequest, GenerateBinaryTargetsRequest),
        UnionRule(GenerateTargetsRequest, GenerateCodeTargetsRequest),
    ]
