"""A module, and the others of the repository that it is built with: those of a go.work, and those
that `replace` directives name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.fs import Digest, MergeDigests, PathGlobs

from elf_static.elf.go_version import GoVersion
from go_static.engine import repo_paths
from go_static.engine.compat import (
    concurrently,
    implicitly,
    merge_digests,
    path_globs_to_digest,
    path_globs_to_paths,
    rule,
)
from go_static.engine.files import read_files, subset
from go_static.modules.modfile import ModFileError, parse_go_mod
from go_static.modules.module import (
    MODULE_FILES,
    GoModule,
    GoModuleTargets,
    ModuleRequest,
    load_module,
)
from go_static.modules.workspace import (
    VENDOR_LIST,
    GoModuleError,
    Workspace,
    find_workspace,
    workspace_directories,
)

# Since this `go` line, a go.mod lists all modules that a build needs, and Go does not read the
# go.mod files of their requirements (https://go.dev/ref/mod#graph-pruning).
_GRAPH_PRUNING = GoVersion.parse("1.17")


@dataclass(frozen=True)
class ModuleTreeRequest:
    """The module in a directory; without `workspace`, every go.work is ignored."""

    directory: str
    workspace: bool = True

    @property
    def go_mod_path(self) -> str:
        return repo_paths.join(self.directory, "go.mod")


@dataclass(frozen=True)
class RequiredGo:
    """`version` is the newest Go version that the go.mod and go.work files in force require, and
    `release` the exact one that the `go_module` sets; both may be empty."""

    version: str
    release: str


@dataclass(frozen=True)
class ModuleTree:
    """A module and the others of the repository that it is built with: everything that later steps
    ask about them, so that none reads a go.mod again.

    `workspace` has the go.work in force, if any, and `go` is the version in `RequiredGo`. `mains`
    are the modules whose requirements apply: the module itself, or all of the workspace.
    `module_files` holds their go.mod, go.sum and go.work. `directories` are those of all modules.
    """

    directory: str
    digest: Digest
    module_files: Digest
    mains: tuple[GoModule, ...]
    workspace: Workspace
    vendored: bool
    go: str
    directories: tuple[str, ...] = ()

    @property
    def main(self) -> GoModule:
        return next(module for module in self.mains if module.directory == self.directory)

    @property
    def has_graph_pruning(self) -> bool:
        return bool(self.go) and GoVersion.parse(self.go) >= _GRAPH_PRUNING


async def _with_go_mod(directories: Iterable[str]) -> frozenset[str]:
    """Those of the directories that have a go.mod."""
    found = await path_globs_to_paths(
        PathGlobs(repo_paths.glob_literals(repo_paths.join(d, "go.mod") for d in directories))
    )
    return frozenset(posixpath.dirname(file) for file in found.files)


async def _workspace_modules(directory: str, workspace: Workspace) -> tuple[GoModule, ...]:
    """The modules whose requirements apply: that in the directory, or all of its workspace."""
    directories = workspace_directories(directory, workspace)
    existing = await _with_go_mod(directories)
    for used in directories:
        if used not in existing and workspace.path:
            raise GoModuleError(
                f"{workspace.path} uses {used or 'the root'}, but "
                f"{repo_paths.join(used, 'go.mod')} does not exist.\n\n"
                f"Remove the directory from the `use` directives of {workspace.path}, or create "
                "the module. If the file is there, check `[GLOBAL].pants_ignore` and .gitignore."
            )
    return await concurrently(
        load_module(ModuleRequest(d, workspace.path), **implicitly()) for d in directories
    )


async def _companions(mains: tuple[GoModule, ...], workspace: Workspace) -> tuple[GoModule, ...]:
    """The modules in directories that `replace` directives name."""
    replaced = replaced_directories(mains, workspace)
    # A missing directory is an error only if something needs it, and then Go says so: etcd uses
    # such a directive to forbid a dependency.
    existing = await _with_go_mod(directory for directory, _ in replaced)
    return await concurrently(
        load_module(ModuleRequest(d, by), **implicitly()) for d, by in replaced if d in existing
    )


async def _workspace_of(request: ModuleTreeRequest) -> Workspace:
    workspace = await find_workspace(request.directory) if request.workspace else Workspace()
    if workspace.failure:
        raise GoModuleError(workspace.failure)
    return workspace


@rule
async def find_required_go(request: ModuleTreeRequest, targets: GoModuleTargets) -> RequiredGo:
    """Without the modules' files, so that an SDK can be made ready while those are read."""
    workspace = await _workspace_of(request)
    directories = workspace_directories(request.directory, workspace)
    paths = [repo_paths.join(directory, "go.mod") for directory in directories]
    files = {file.path: file.content for file in await read_files(repo_paths.glob_literals(paths))}
    lines = [(path, _go_line(path, files[path])) for path in paths if path in files]
    if workspace.go_work is not None:
        lines.append((workspace.path, workspace.go_work.go))
    return RequiredGo(newest_go(lines), targets.go_sdk(request.directory))


@rule
async def load_module_tree(request: ModuleTreeRequest) -> ModuleTree:
    workspace = await _workspace_of(request)
    mains = await _workspace_modules(request.directory, workspace)
    modules = (*mains, *await _companions(mains, workspace))
    vendor = PathGlobs([vendor_glob(workspace)] if workspace.vendored else [])
    digest = await merge_digests(
        MergeDigests(
            [
                *(module.digest for module in modules),
                workspace.digest,
                await path_globs_to_digest(vendor),
            ]
        )
    )
    module_files = await subset(digest, module_file_globs(modules, workspace))
    main = next(module for module in mains if module.directory == request.directory)
    return ModuleTree(
        directory=request.directory,
        digest=digest,
        module_files=module_files,
        mains=mains,
        workspace=workspace,
        # With a go.work, Go uses only a vendor directory next to that file.
        vendored=workspace.vendored if workspace.path else main.vendored,
        go=(await find_required_go(request, **implicitly())).version,
        directories=tuple(module.directory for module in modules),
    )


def vendor_glob(workspace: Workspace) -> str:
    """The files that `go work vendor` wrote."""
    vendor = repo_paths.join(posixpath.dirname(workspace.path), posixpath.dirname(VENDOR_LIST))
    return f"{repo_paths.glob_literal(vendor)}/**"


def module_file_globs(modules: Iterable[GoModule], workspace: Workspace) -> list[str]:
    """Globs for the files that decide which modules a build needs."""
    files = [repo_paths.join(module.directory, file) for module in modules for file in MODULE_FILES]
    if workspace.vendored:
        files.append(repo_paths.join(posixpath.dirname(workspace.path), VENDOR_LIST))
    return [*repo_paths.glob_literals(files), "**/go.work", "**/go.work.sum"]


def replaced_directories(
    mains: tuple[GoModule, ...], workspace: Workspace
) -> tuple[tuple[str, str], ...]:
    """The directories that replace modules, each with the file that names it. Go ignores all
    directives but those of main modules (golang.org/ref/mod).

    :raises GoModuleError: a directory outside the repository replaces a required module.
    """
    named = [
        (module.directory, repo_paths.join(module.directory, "go.mod"), replacement)
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
        directory = repo_paths.join(base, replacement.new)
        if repo_paths.is_outside(directory):
            if replacement.old in required:
                raise GoModuleError(
                    f"{file}: `replace {replacement.old} => {replacement.new}` names a directory "
                    "outside the repository, which a hermetic build cannot see.\n\n"
                    "Move the module into the repository, or replace it with a version."
                )
            continue
        if directory not in {module.directory for module in mains}:
            result.setdefault(directory, file)
    return tuple(result.items())


def _go_line(path: str, content: bytes) -> str:
    """The version in the `go` line of a go.mod, or empty. `load_module` says what is wrong."""
    try:
        return parse_go_mod(path, content.decode(errors="replace")).go
    except ModFileError:
        return ""


def newest_go(lines: Iterable[tuple[str, str]]) -> str:
    """The newest of the versions in `go` lines, each with its file, or empty.

    :raises GoModuleError: a line is not a Go version.
    """
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
