"""Generate the targets of a `go_module`: its packages, and the files that these share."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pants.engine.addresses import Address
from pants.engine.target import (
    GeneratedTargets,
    GenerateTargetsRequest,
    InvalidFieldException,
    MultipleSourcesField,
    SourcesPathsRequest,
    Target,
)
from pants.engine.unions import UnionMembership, UnionRule
from pants.util.frozendict import FrozenDict

from go_static.engine import repo_paths
from go_static.engine.compat import collect_rules, implicitly, resolve_source_paths, rule
from go_static.modules.module import nested_modules
from go_static.targets.module_fields import GoModuleSourcesField
from go_static.targets.module_types import (
    GoModuleCodeTarget,
    GoModuleFilesTarget,
    GoModulePackageTarget,
    GoModuleTarget,
)
from go_static.targets.test_files import is_test_file, without_tests

# No directory can be named `go.mod`, because the module's go.mod is there; and no package is in one
# whose name starts with `_`.
MODULE_FILES = "go.mod"
_CODE = "_code"

_MODULE_FILE_NAMES = frozenset({"go.mod", "go.sum"})
_VENDOR = "vendor"


class GenerateModuleTargetsRequest(GenerateTargetsRequest[GoModuleTarget]):
    generate_from = GoModuleTarget


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
    overrides = {
        posixpath.normpath(directory): fields
        for directory, fields in request.require_unparametrized_overrides().items()
    }
    check_overrides(overrides, layout, generator.address)
    targets: list[Target] = []

    def add(
        kind: type[Target],
        name: str,
        directory: str,
        files: Iterable[str],
        fields: Mapping[str, Any] = FrozenDict(),
    ) -> None:
        aliases = {field.alias for field in kind.core_fields}
        template = {**request.template, **fields}
        targets.append(
            kind(
                {
                    **{alias: value for alias, value in template.items() if alias in aliases},
                    MultipleSourcesField.alias: [repo_paths.glob_literal(file) for file in files],
                },
                request.template_address.create_generated(name),
                union_membership,
                residence_dir=repo_paths.join(base, directory),
            )
        )

    if layout.module_files:
        add(GoModuleFilesTarget, MODULE_FILES, ".", layout.module_files)
    for directory, files in layout.packages:
        add(GoModulePackageTarget, directory, directory, files, overrides.get(directory, {}))
        code = without_tests(directory, files)
        if code and any(is_test_file(directory, file) for file in files):
            add(GoModuleCodeTarget, repo_paths.join(directory, _CODE), directory, code)
    return GeneratedTargets(generator, targets)


def code_address(package: Address) -> Address:
    """The target of the code without tests of a package that has tests."""
    generator = package.maybe_convert_to_target_generator()
    return generator.create_generated(repo_paths.join(package.generated_name or "", _CODE))


def check_overrides(
    overrides: Mapping[str, Mapping[str, Any]], layout: ModuleLayout, address: Address
) -> None:
    """:raises InvalidFieldException: there is no package in one of the directories."""
    packages = dict(layout.packages)
    for directory in overrides:
        if directory not in packages:
            raise InvalidFieldException(
                f"{address}: `overrides` names `{directory}`, where the module has no Go package. "
                "Write a directory relative to the BUILD file (`.` for its own). `pants list "
                f"{address.spec_path}:` shows the packages."
            )


def rules() -> Iterable[object]:
    return [*collect_rules(), UnionRule(GenerateTargetsRequest, GenerateModuleTargetsRequest)]
