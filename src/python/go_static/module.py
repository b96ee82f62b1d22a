"""The `module` step: which Go module a directory belongs to, and the files of that module.

A build may need several modules of the repository: those of a go.work, and the directories that
`replace` directives name. All of them together are the module's tree.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.fs import Digest, DigestSubset, MergeDigests, PathGlobs
from pants.engine.target import AllUnexpandedTargets, HydrateSourcesRequest
from pants.util.frozendict import FrozenDict

from go_static import paths
from go_static.compat import (
    collect_rules,
    concurrently,
    digest_subset_to_digest,
    get_digest_contents,
    hydrate_sources,
    implicitly,
    merge_digests,
    path_globs_to_paths,
    rule,
)
from go_static.fields import GoModuleSourcesField, GoSdkField
from go_static.go_version import GoVersion
from go_static.modfile import GoMod, ModFileError, parse_go_mod
from go_static.target_types import GoModuleTarget
from go_static.workspace import (
    VENDOR_LIST,
    GoModuleError,
    Workspace,
    WorkspaceRequest,
    find_workspace,
    nearest_with,
    uses_vendor,
    workspace_directories,
)

# What says which other modules a module is built with.
MODULE_FILES = ("go.mod", "go.sum", VENDOR_LIST)

# From this version of the `go` line on, a go.mod lists all modules that a build needs, and the
# go.mod files of their requirements are not read (https://go.dev/ref/mod#graph-pruning).
_GRAPH_PRUNING = GoVersion.parse("1.17")


@dataclass(frozen=True)
class FindModuleRequest:
    """The module that a directory belongs to."""

    directory: str


@dataclass(frozen=True)
class ModuleDirectory:
    """Where the nearest go.mod is (empty for the repository's root); None where there is none."""

    directory: str | None


@dataclass(frozen=True)
class GoModuleTargets:
    """All `go_module` targets of the repository, by the directory of their BUILD file.

    `duplicates` has the addresses of further ones in a directory: an error, but only for those who
    need that module.
    """

    by_directory: FrozenDict[str, GoModuleTarget]
    duplicates: FrozenDict[str, tuple[str, ...]]

    def go_sdk(self, directory: str) -> str:
        """The release of Go that the module in a directory asks for, or empty."""
        target = self.by_directory.get(directory)
        return (target[GoSdkField].value or "") if target is not None else ""


@dataclass(frozen=True)
class ModuleRequest:
    """The module in a directory; `needed_by` is the file that names it, if any, for the error."""

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


@dataclass(frozen=True)
class ModuleTreeRequest:
    """The module in a directory, with the others of the repository that it is built with; without
    `workspace` no go.work counts."""

    directory: str
    workspace: bool = True


@dataclass(frozen=True)
class ModuleTree:
    """A module and the others of the repository that it is built with.

    `workspace` is the path of the go.work in force, or empty, and `workspace_sums` its go.work.sum.
    `go` is the newest Go version that the go.mod and go.work files ask for, and `go_sdk` the exact
    release that the `go_module` does. `mains` are the modules
    whose requirements count: the module itself, or all of the workspace. `module_files` has their
    go.mod, go.sum and go.work.
    """

    directory: str
    digest: Digest
    module_files: Digest
    mains: tuple[GoModule, ...]
    workspace: str
    workspace_sums: str
    vendored: bool
    go: str
    go_sdk: str = ""

    @property
    def go_mod_path(self) -> str:
        return paths.join(self.directory, "go.mod")

    @property
    def has_graph_pruning(self) -> bool:
        return bool(self.go) and GoVersion.parse(self.go) >= _GRAPH_PRUNING


@rule
async def find_module(request: FindModuleRequest) -> ModuleDirectory:
    return ModuleDirectory(await nearest_with("go.mod", request.directory))


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


@rule
async def load_module(request: ModuleRequest, targets: GoModuleTargets) -> GoModule:
    directory = request.directory
    go_mod_path = paths.join(directory, "go.mod")
    target = targets.by_directory.get(directory)
    if target is None:
        needed = f", which {request.needed_by} needs" if request.needed_by else ""
        raise GoModuleError(
            f"No `go_module` target owns {go_mod_path}{needed}. Without "
            "it, Pants would not know which binaries a changed file affects.\n\n"
            f'Run `pants tailor {directory}::`, or add `go_module(name="mod")` to '
            f"{paths.join(directory, 'BUILD')}."
        )
    if directory in targets.duplicates:
        others = ", ".join(targets.duplicates[directory])
        raise GoModuleError(
            f"More than one `go_module` target stands for {go_mod_path}: {target.address} and "
            f"{others}.\n\nRemove all but one."
        )
    sources = await hydrate_sources(
        HydrateSourcesRequest(target[GoModuleSourcesField]), **implicitly()
    )
    files = frozenset(sources.snapshot.files)
    if go_mod_path not in files:
        raise GoModuleError(
            f"{target.address} has no {go_mod_path} among its `sources`.\n\n"
            "Put the target into the BUILD file beside the go.mod, and see that `sources` does "
            "not leave it out."
        )
    nested = nested_modules(directory, files)
    digest = sources.snapshot.digest
    if nested:
        digest = await digest_subset_to_digest(
            DigestSubset(
                digest, PathGlobs(["**", *(f"!{paths.glob_literal(d)}/**" for d in nested)])
            )
        )
    contents = await get_digest_contents(
        await digest_subset_to_digest(
            DigestSubset(
                digest,
                PathGlobs([paths.glob_literal(paths.join(directory, f)) for f in MODULE_FILES]),
            )
        )
    )
    text = {c.path: c.content.decode(errors="replace") for c in contents}
    try:
        go_mod = parse_go_mod(go_mod_path, text[go_mod_path])
    except ModFileError as e:
        raise GoModuleError(
            f"{e}.\n\nCorrect the file; `go mod edit -fmt` shows whether Go can read it."
        ) from None
    vendor_list = text.get(paths.join(directory, VENDOR_LIST))
    return GoModule(
        directory,
        digest,
        go_mod,
        go_sum=text.get(paths.join(directory, "go.sum"), ""),
        vendored=uses_vendor(go_mod.go, vendor_list, workspace=False),
    )


@rule
async def load_module_tree(request: ModuleTreeRequest, targets: GoModuleTargets) -> ModuleTree:
    workspace = (
        await find_workspace(WorkspaceRequest(request.directory), **implicitly())
        if request.workspace
        else Workspace("", None, None)
    )
    main_directories = workspace_directories(request.directory, workspace)
    mains = await concurrently(
        load_module(ModuleRequest(d, workspace.path), **implicitly()) for d in main_directories
    )
    replaced = replaced_directories(mains, workspace)
    # A directory that is not there is no error as long as nothing needs it, and if something does,
    # Go says so: etcd uses such a directive to forbid a dependency.
    existing = await path_globs_to_paths(
        PathGlobs([paths.glob_literal(paths.join(d, "go.mod")) for d, _ in replaced])
    )
    companions = await concurrently(
        load_module(ModuleRequest(d, by), **implicitly())
        for d, by in replaced
        if paths.join(d, "go.mod") in existing.files
    )
    modules = (*mains, *companions)
    digests = [module.digest for module in modules]
    if workspace.digest is not None:
        digests.append(workspace.digest)
    digest = await merge_digests(MergeDigests(digests))
    module_files = await digest_subset_to_digest(
        DigestSubset(
            digest,
            PathGlobs(
                [
                    *(
                        paths.glob_literal(paths.join(module.directory, file))
                        for module in modules
                        for file in MODULE_FILES
                    ),
                    *(
                        [
                            paths.glob_literal(
                                paths.join(posixpath.dirname(workspace.path), VENDOR_LIST)
                            )
                        ]
                        if workspace.vendored
                        else []
                    ),
                    "**/go.work",
                    "**/go.work.sum",
                ]
            ),
        )
    )
    main = next(module for module in mains if module.directory == request.directory)
    return ModuleTree(
        directory=request.directory,
        digest=digest,
        module_files=module_files,
        mains=mains,
        workspace=workspace.path,
        workspace_sums=workspace.sums,
        # With a go.work, Go looks for a vendor directory beside that file only.
        vendored=workspace.vendored if workspace.path else main.vendored,
        go=newest_go(mains, workspace),
        go_sdk=targets.go_sdk(request.directory),
    )


def nested_modules(directory: str, files: Iterable[str]) -> tuple[str, ...]:
    """The directories below `directory` that are modules of their own."""
    return tuple(
        sorted(
            posixpath.dirname(file)
            for file in files
            if posixpath.basename(file) == "go.mod" and posixpath.dirname(file) != directory
        )
    )


def replaced_directories(
    mains: tuple[GoModule, ...], workspace: Workspace
) -> tuple[tuple[str, str], ...]:
    """The other directories that are built in place of required modules, each with the path of the
    file that names it. Only the main modules' directives count (golang.org/ref/mod).

    :raises GoModuleError: for a required module in a directory outside the repository.
    """
    named = [
        (module.directory, paths.join(module.directory, "go.mod"), replacement)
        for module in mains
        for replacement in module.go_mod.replaces
    ]
    if workspace.go_work is not None:
        root = posixpath.dirname(workspace.path)
        named += [(root, workspace.path, r) for r in workspace.go_work.replaces]
    required = {path for module in mains for path in module.go_mod.requires}
    result: dict[str, str] = {}
    for base, file, replacement in named:
        if not replacement.is_directory:
            continue
        directory = paths.join(base, replacement.new)
        if paths.is_outside(directory):
            if replacement.old in required:
                raise GoModuleError(
                    f"{file}: `replace {replacement.old} => {replacement.new}` names a directory "
                    "outside of the repository, which a hermetic build cannot see.\n\n"
                    "Move the module into the repository, or replace it with a version."
                )
            continue
        if directory not in {module.directory for module in mains}:
            result.setdefault(directory, file)
    return tuple(result.items())


def newest_go(mains: tuple[GoModule, ...], workspace: Workspace) -> str:
    """The newest of the `go` lines in force; empty when there is none.

    :raises GoModuleError: for a line that is no Go version.
    """
    lines = [(paths.join(m.directory, "go.mod"), m.go_mod.go) for m in mains]
    if workspace.go_work is not None:
        lines.append((workspace.path, workspace.go_work.go))
    newest: GoVersion | None = None
    text = ""
    for file, line in lines:
        if not line:
            continue
        try:
            version = GoVersion.parse(line)
        except ValueError as e:
            raise GoModuleError(f"{file}: `go {line}`: {e}.\n\nCorrect the line.") from None
        if newest is None or version > newest:
            newest, text = version, line
    return text


def rules() -> Iterable[object]:
    return collect_rules()
