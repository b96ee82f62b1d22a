"""`pants tailor`: propose a `go_module` for every go.mod, a `go_static_binary` for every
`package main`, a `go_codegen` for directives, and a `files` for every go.work."""

from __future__ import annotations

import dataclasses
import logging
import posixpath
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from pants.base.build_environment import get_buildroot
from pants.core.goals.tailor import (
    AllOwnedSources,
    PutativeTarget,
    PutativeTargets,
    PutativeTargetsRequest,
)
from pants.core.target_types import FilesGeneratorTarget
from pants.engine.target import AllTargets, AllUnexpandedTargets, RegisteredTargetTypes, Target
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from go_static.engine import repo_paths
from go_static.engine.compat import collect_rules, concurrently, implicitly, rule
from go_static.engine.files import read_files
from go_static.go.list_output import GoPackage
from go_static.go.subsystem import GoStaticSubsystem
from go_static.goals.pantss_go import GO_BINARY_NAME, find_pantss_go, left_out, propose
from go_static.goals.tailor_codegen import propose_codegen
from go_static.goals.target_names import Place, Program, place_programs
from go_static.graph.package_index import PackagesRequest, list_packages, programs
from go_static.modules.modfile import ModFileError, parse_go_mod, parse_go_work
from go_static.modules.module import GoModuleTargets
from go_static.targets.binary_fields import GoMainField
from go_static.targets.module_types import GoModuleTarget
from go_static.targets.types import GoStaticBinaryTarget, GoStaticExecutableTarget

logger = logging.getLogger(__name__)

MODULE_TARGET_NAME = "mod"
WORKSPACE_TARGET_NAME = "workspace"

# The suffix of a module path from major version 2 on (https://go.dev/ref/mod#module-path).
_MAJOR_VERSION = re.compile(r"v([2-9]|[1-9][0-9]+)")


@dataclass(frozen=True)
class PutativeGoTargetsRequest(PutativeTargetsRequest):
    pass


@rule(desc="Determine candidate Go targets to create", level=LogLevel.DEBUG)
async def find_putative_targets(
    request: PutativeGoTargetsRequest,
    modules: GoModuleTargets,
    all_targets: AllTargets,
    generators: AllUnexpandedTargets,
    owned: AllOwnedSources,
    registered: RegisteredTargetTypes,
    options: GoStaticSubsystem,
) -> PutativeTargets:
    if not options.tailor:
        return PutativeTargets()
    module_files = await read_files(["**/go.mod", "**/go.work"])
    text = {file.path: file.content.decode(errors="replace") for file in module_files}
    directories = module_directories(
        (file for file in text if posixpath.basename(file) == "go.mod"), named_directories(text)
    )
    root = Path(get_buildroot())
    directories = tuple(d for d in directories if not is_below_a_link(root, d))
    requested = frozenset(posixpath.normpath(d or ".") for d in request.dirs)
    searched = [
        d
        for d in directories
        if any(repo_paths.is_below("" if r == "." else r, d) for r in requested)
    ]
    listed = await concurrently(
        list_packages(PackagesRequest(directory), **implicitly()) for directory in searched
    )
    for directory, packages in zip(searched, listed):
        if packages.error:
            below = directory or "the root"
            logger.warning(f"Proposing no `go_static_binary` below {below}: {packages.error}")
    by_module = {
        directory: of_module(packages.packages, directory, frozenset(directories))
        for directory, packages in zip(searched, listed)
    }
    found = programs_without_binary(by_module, all_targets, requested, root)
    pantss = await find_pantss_go(registered)
    binaries = place_programs(
        found,
        names_in_use(generators, found, bool(pantss.proposes)),
        frozenset("" if d == "." else d for d in requested),
    )
    candidates = [
        *(_module(d) for d in directories if d not in modules.by_directory),
        *(_workspace(d) for d in workspaces(text) if repo_paths.join(d, "go.work") not in owned),
        *(_binary(place) for place in binaries),
        *await propose_codegen(directories, generators),
        *propose(left_out(by_module, generators, frozenset(owned)), pantss, generators, binaries),
    ]
    return PutativeTargets(c for c in candidates if (c.path or ".") in requested)


def of_module(
    packages: Iterable[GoPackage], directory: str, modules: frozenset[str]
) -> tuple[GoPackage, ...]:
    """The packages of the module in a directory. Its listing also has those of modules below it."""
    return tuple(
        package
        for package in packages
        if package.directory is not None
        and repo_paths.nearest(package.directory, modules) == directory
    )


def programs_without_binary(
    packages: Mapping[str, Iterable[GoPackage]],
    targets: Iterable[Target],
    requested: Set[str],
    root: Path,
) -> tuple[Program, ...]:
    """:param packages: those of each module, by its directory.
    :param requested: directories, `.` for the root.
    """
    with_binary = {
        repo_paths.join(target.address.spec_path, target[GoMainField].value)
        for target in targets
        if isinstance(target, GoStaticExecutableTarget)
    }
    return tuple(
        Program(program.directory, binary_name(program), module)
        for module, listed in packages.items()
        for program in programs(listed)
        if program.directory is not None
        and program.directory not in with_binary
        and (program.directory or ".") in requested
        and not is_below_a_link(root, program.directory)
    )


def names_in_use(
    targets: Iterable[Target], programs: Iterable[Program], pantss_backend: bool
) -> dict[str, frozenset[str]]:
    """The names of targets, by directory: those that exist, and those that Pants's own Go backend
    proposes (named after the directory, and `bin`)."""
    names: dict[str, set[str]] = {}
    for target in targets:
        names.setdefault(target.address.spec_path, set()).add(target.address.target_name)
    for program in programs:
        names.setdefault(program.module, set()).add(MODULE_TARGET_NAME)
        if pantss_backend:
            for directory in (program.directory, program.module):
                used = {posixpath.basename(directory), GO_BINARY_NAME}
                names.setdefault(directory, set()).update(used)
    return {directory: frozenset(used) for directory, used in names.items()}


def _module(directory: str) -> PutativeTarget:
    target = PutativeTarget.for_target_type(
        GoModuleTarget,
        path=directory,
        name=MODULE_TARGET_NAME,
        triggering_sources=(),
        kwargs=named_at_the_root(directory, MODULE_TARGET_NAME),
    )
    # Else Pants would limit `sources` to files that no other target owns.
    return dataclasses.replace(target, owned_sources=())


def _workspace(directory: str) -> PutativeTarget:
    """For `--changed-since`, which needs a target that owns the go.work."""
    named = named_at_the_root(directory, WORKSPACE_TARGET_NAME)
    return PutativeTarget.for_target_type(
        FilesGeneratorTarget,
        path=directory,
        name=WORKSPACE_TARGET_NAME,
        triggering_sources=["go.work"],
        kwargs={"sources": ("go.work*",), **named},
    )


def _binary(place: Place) -> PutativeTarget:
    main = {} if place.main == "." else {"main": place.main}
    return PutativeTarget.for_target_type(
        GoStaticBinaryTarget,
        path=place.directory,
        name=place.name,
        triggering_sources=(),
        kwargs={**named_at_the_root(place.directory, place.name), **main},
    )


def module_directories(go_mods: Iterable[str], named: Set[str] = frozenset()) -> tuple[str, ...]:
    """The directories of the go.mod files whose modules Go would build. Directories below `vendor`,
    `testdata`, or a name that starts with `_` or `.` are excluded unless they are in `named`."""
    directories = {posixpath.dirname(file) for file in go_mods}
    skipped = {d for d in directories if _is_skipped(d)}
    return tuple(sorted(directories - (skipped - named)))


def named_directories(text: Mapping[str, str]) -> frozenset[str]:
    """The directories in `replace` and `use` of go.mod and go.work files (contents by path). Other
    modules of the repository are built with these. Unreadable files are ignored."""
    named: set[str] = set()
    for path, content in text.items():
        directory, name = posixpath.split(path)
        if _is_skipped(directory):
            continue
        try:
            if name == "go.work":
                work = parse_go_work(path, content)
                relative = [*work.uses, *(r.new for r in work.replaces if r.is_directory)]
            else:
                go_mod = parse_go_mod(path, content)
                relative = [r.new for r in go_mod.replaces if r.is_directory]
        except ModFileError:
            continue
        named.update(repo_paths.join(directory, d) for d in relative)
    return frozenset(named)


def workspaces(text: Mapping[str, str]) -> tuple[str, ...]:
    """The directories of the go.work files that Go does not skip. The keys of `text` are paths."""
    directories = [posixpath.dirname(f) for f in text if posixpath.basename(f) == "go.work"]
    return tuple(sorted(d for d in directories if not _is_skipped(d)))


def _is_skipped(directory: str) -> bool:
    return repo_paths.go_skips(directory) or "vendor" in directory.split("/")


def is_below_a_link(root: Path, directory: str) -> bool:
    """Whether the path of a directory contains a symbolic link. Pants follows links. Go does not
    follow them to packages (`go help packages`), which are found at their real path."""
    parts = Path(directory).parts
    return any(root.joinpath(*parts[: i + 1]).is_symlink() for i in range(len(parts)))


def named_at_the_root(directory: str, name: str) -> dict[str, str | int | bool | tuple[str, ...]]:
    """The argument `name` if `directory` is the repository's root. Without it, Pants names the
    target `root` (pants.core.goals.tailor.rename_conflicting_targets)."""
    return {} if directory else {"name": name}


def binary_name(program: GoPackage) -> str:
    """The name that `go build` gives the file: the last element of the import path that is not a
    major version (cmd/go/internal/load.DefaultExecName)."""
    first, _, last = program.import_path.rpartition("/")
    return posixpath.basename(first) if first and _MAJOR_VERSION.fullmatch(last) else last


def rules() -> Iterable[object]:
    return [*collect_rules(), UnionRule(PutativeTargetsRequest, PutativeGoTargetsRequest)]
