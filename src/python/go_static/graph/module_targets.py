"""Generate the targets of a `go_module`: its packages, and the files that these share."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.target import (
    GeneratedTargets,
    GenerateTargetsRequest,
    MultipleSourcesField,
    SourcesPathsRequest,
)
from pants.engine.unions import UnionMembership, UnionRule

from go_static.engine import repo_paths
from go_static.engine.compat import collect_rules, implicitly, resolve_source_paths, rule
from go_static.modules.module import nested_modules
from go_static.targets.module_fields import GoModuleSourcesField
from go_static.targets.module_types import (
    GoModuleFilesTarget,
    GoModulePackageTarget,
    GoModuleTarget,
)

# No directory can be named `go.mod`, because the module's go.mod is there.
MODULE_FILES = "go.mod"

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


def rules() -> Iterable[object]:
    return [
        *collect_rules(),
        UnionRule(GenerateTargetsRequest, GenerateModuleTargetsRequest),
    ]
