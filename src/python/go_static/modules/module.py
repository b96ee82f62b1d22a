"""The `module` step: which Go module a directory belongs to, and the module's files.

A build may need several modules of the repository: see modules/tree.py.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.fs import Digest
from pants.engine.target import AllUnexpandedTargets, HydrateSourcesRequest
from pants.util.frozendict import FrozenDict

from go_static.engine import repo_paths
from go_static.engine.compat import hydrate_sources, implicitly, rule
from go_static.engine.files import read_subset, subset
from go_static.modules.modfile import GoMod, ModFileError, parse_go_mod
from go_static.modules.workspace import VENDOR_LIST, GoModuleError, nearest_with, uses_vendor
from go_static.targets.binary_fields import GoSdkField
from go_static.targets.module_fields import GoModuleSourcesField
from go_static.targets.module_types import GoModuleTarget

# The files that decide which other modules a module is built with.
MODULE_FILES = ("go.mod", "go.sum", VENDOR_LIST)


@dataclass(frozen=True)
class GoModuleTargets:
    """All `go_module` targets of the repository, by the directory of their BUILD file.

    `duplicates` holds the addresses of further ones in a directory, an error only for targets that
    need that module.
    """

    by_directory: FrozenDict[str, GoModuleTarget]
    duplicates: FrozenDict[str, tuple[str, ...]]

    def go_sdk(self, directory: str) -> str:
        """The release of Go that the target of a directory sets, or empty."""
        target = self.by_directory.get(directory)
        return (target[GoSdkField].value or "") if target is not None else ""


@dataclass(frozen=True)
class ModuleRequest:
    """The module in a directory; `needed_by` is the file that names it, for the error, or empty."""

    directory: str
    needed_by: str


@dataclass(frozen=True)
class GoModule:
    """One module of the repository.

    `digest` holds its files at their paths in the repository, without those of nested modules.
    """

    directory: str
    digest: Digest
    go_mod: GoMod
    go_sum: str
    vendored: bool


async def find_module(directory: str) -> str | None:
    """The directory of the nearest go.mod, or None; the repository's root is empty."""
    return await nearest_with("go.mod", directory)


@rule
async def find_go_module_targets(all_targets: AllUnexpandedTargets) -> GoModuleTargets:
    by_directory: dict[str, GoModuleTarget] = {}
    duplicates: dict[str, tuple[str, ...]] = {}
    for target in all_targets:
        if isinstance(target, GoModuleTarget):
            directory = target.address.spec_path
            if directory in by_directory:
                duplicates[directory] = (*duplicates.get(directory, ()), target.address.spec)
            else:
                by_directory[directory] = target
    return GoModuleTargets(FrozenDict(by_directory), FrozenDict(duplicates))


def go_module_target(request: ModuleRequest, targets: GoModuleTargets) -> GoModuleTarget:
    """The module's target.

    :raises GoModuleError: there is none, or more than one.
    """
    directory = request.directory
    go_mod_path = repo_paths.join(directory, "go.mod")
    target = targets.by_directory.get(directory)
    if target is None:
        needed = f", which {request.needed_by} needs" if request.needed_by else ""
        raise GoModuleError(
            f"No `go_module` target owns {go_mod_path}{needed}. Without "
            "it, Pants would not know which binaries a changed file affects.\n\n"
            f'Run `pants tailor {directory}::`, or add `go_module(name="mod")` to '
            f"{repo_paths.join(directory, 'BUILD')}."
        )
    if directory in targets.duplicates:
        others = ", ".join(targets.duplicates[directory])
        raise GoModuleError(
            f"More than one `go_module` target owns {go_mod_path}: {target.address} and "
            f"{others}.\n\nRemove all but one."
        )
    return target


@rule
async def load_module(request: ModuleRequest, targets: GoModuleTargets) -> GoModule:
    directory = request.directory
    go_mod_path = repo_paths.join(directory, "go.mod")
    target = go_module_target(request, targets)
    sources = await hydrate_sources(
        HydrateSourcesRequest(target[GoModuleSourcesField]), **implicitly()
    )
    files = frozenset(sources.snapshot.files)
    if go_mod_path not in files:
        raise GoModuleError(
            f"The `sources` of {target.address} do not include {go_mod_path}.\n\n"
            "Move the target to the BUILD file next to the go.mod, and check that `sources` does "
            "not exclude it."
        )
    nested = nested_modules(directory, files)
    digest = sources.snapshot.digest
    if nested:
        excluded = (f"!{repo_paths.glob_literal(d)}/**" for d in nested)
        digest = await subset(digest, ["**", *excluded])
    module_files = (repo_paths.join(directory, file) for file in MODULE_FILES)
    contents = await read_subset(digest, repo_paths.glob_literals(module_files))
    text = {c.path: c.content.decode(errors="replace") for c in contents}
    try:
        go_mod = parse_go_mod(go_mod_path, text[go_mod_path])
    except ModFileError as e:
        raise GoModuleError(
            f"{e}.\n\nCorrect the file; `go mod edit -fmt` shows whether Go can read it."
        ) from None
    vendor_list = text.get(repo_paths.join(directory, VENDOR_LIST))
    vendor = repo_paths.join(directory, posixpath.dirname(VENDOR_LIST))
    if vendor_list is None and any(repo_paths.is_below(file, vendor) for file in files):
        # Go uses the directory, and then says what is wrong with it.
        vendor_list = ""
    return GoModule(
        directory,
        digest,
        go_mod,
        go_sum=text.get(repo_paths.join(directory, "go.sum"), ""),
        vendored=uses_vendor(go_mod.go, vendor_list, workspace=False),
    )


def nested_modules(directory: str, files: Iterable[str]) -> tuple[str, ...]:
    """The directories below `directory` that are separate modules."""
    return tuple(
        sorted(
            posixpath.dirname(file)
            for file in files
            if posixpath.basename(file) == "go.mod" and posixpath.dirname(file) != directory
        )
    )
