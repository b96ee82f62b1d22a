"""The workspace of a module: the nearest go.work, if it uses the module
(https://go.dev/ref/mod#workspaces)."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from pants.engine.fs import EMPTY_DIGEST, Digest, PathGlobs

from elf_static.elf.go_version import GoVersion
from go_static.engine import repo_paths
from go_static.engine.compat import get_digest_contents, path_globs_to_digest, path_globs_to_paths
from go_static.modules.modfile import GoWork, ModFileError, parse_go_work

VENDOR_LIST = "vendor/modules.txt"

# Since these `go` lines of a go.mod and a go.work, Go uses a vendor directory next to it.
_VENDOR = GoVersion.parse("1.14")
_WORKSPACE_VENDOR = GoVersion.parse("1.22")


class GoModuleError(Exception):
    """A module that cannot be built. The text names the file, the cause and the next step."""


@dataclass(frozen=True)
class Workspace:
    """`path` is empty if no go.work uses the module, or if it cannot be read, for the reason in
    `failure`. `digest` holds the go.work and its go.work.sum, whose text is `sums`. `vendored` is
    whether Go uses a vendor directory next to it."""

    path: str = ""
    digest: Digest = EMPTY_DIGEST
    go_work: GoWork | None = None
    sums: str = ""
    vendored: bool = False
    failure: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """Its go.work and go.work.sum."""
        return (self.path, f"{self.path}.sum") if self.path else ()

    @property
    def used(self) -> tuple[str, ...]:
        """The directories of its modules."""
        return () if self.go_work is None else used_directories(self.path, self.go_work)


async def nearest_with(name: str, directory: str) -> str | None:
    """The nearest directory with a file of this name, from `directory` upwards, or None."""
    candidates = (repo_paths.join(d, name) for d in repo_paths.ancestors(directory))
    found = await path_globs_to_paths(PathGlobs(repo_paths.glob_literals(candidates)))
    return repo_paths.nearest(directory, frozenset(posixpath.dirname(file) for file in found.files))


async def find_workspace(module: str) -> Workspace:
    """The workspace of the module in a directory, if any."""
    directory = await nearest_with("go.work", module)
    if directory is None:
        return Workspace()
    path = repo_paths.join(directory, "go.work")
    vendor_list = repo_paths.join(directory, VENDOR_LIST)
    digest = await path_globs_to_digest(
        PathGlobs(repo_paths.glob_literals((path, f"{path}.sum", vendor_list)))
    )
    contents = await get_digest_contents(digest)
    text = {c.path: c.content.decode(errors="replace") for c in contents}
    try:
        go_work = parse_go_work(path, text[path])
    except ModFileError as e:
        return Workspace(failure=f"{e}.\n\nCorrect the file, or remove it.")
    if module not in used_directories(path, go_work):
        # Go refuses to build a module that the go.work above it does not use, unless GOWORK=off,
        # which the steps set.
        return Workspace()
    vendored = uses_vendor(go_work.go, text.get(vendor_list), workspace=True)
    return Workspace(path, digest, go_work, text.get(f"{path}.sum", ""), vendored)


def used_directories(path: str, go_work: GoWork) -> tuple[str, ...]:
    """The directories that a go.work uses; some may be outside the repository."""
    root = posixpath.dirname(path)
    return tuple(dict.fromkeys(repo_paths.join(root, use) for use in go_work.uses))


def uses_vendor(go: str, vendor_list: str | None, *, workspace: bool) -> bool:
    """Whether Go uses a vendor directory by default: only since a certain `go` line, and only if it
    belongs to the module or to the workspace, whichever is built (setDefaultBuildMod in
    cmd/go/internal/modload/init.go).

    `vendor_list` is the text of its modules.txt.
    """
    if vendor_list is None or vendor_list.startswith("## workspace") != workspace:
        return False
    try:
        return bool(go) and GoVersion.parse(go) >= (_WORKSPACE_VENDOR if workspace else _VENDOR)
    except ValueError:
        # `newest_go` reports the line.
        return False


def workspace_directories(directory: str, workspace: Workspace) -> tuple[str, ...]:
    """The directories of the modules whose requirements apply to a build of one of them.

    :raises GoModuleError: a directory is outside the repository.
    """
    if workspace.go_work is None:
        return (directory,)
    directories = used_directories(workspace.path, workspace.go_work)
    for used in directories:
        if repo_paths.is_outside(used):
            raise GoModuleError(
                f"{workspace.path} uses {used}, a directory outside the repository, which a "
                "hermetic build cannot see.\n\nMove the module into the repository."
            )
    return directories
