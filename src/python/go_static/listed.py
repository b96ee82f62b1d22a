"""One run of `go list -deps -json`, over the outline of a module, and what it says."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.fs import AddPrefix, CreateDigest, Digest, Directory, MergeDigests
from pants.engine.process import Process
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static import explain, go_command, paths
from go_static.binary import BuildContext
from go_static.compat import (
    add_prefix,
    collect_rules,
    create_digest,
    merge_digests,
    rule,
)
from go_static.downloads import lacks_downloads
from go_static.go_list import DEPS_FIELDS, PACKAGE_FIELDS, GoPackage, parse_go_list
from go_static.module_graph import module_directories
from go_static.package_directories import directories_of_one_package
from go_static.remote_cache import execute_cached
from go_static.sdk import GoSdk
from go_static.subsystems import GoStaticSubsystem

# `go build` reads this file of the main package, if there is one (`-pgo=auto`); `go list` does not
# name it.
_PROFILE = "default.pgo"


@dataclass(frozen=True)
class GoListRequest:
    """`patterns` are main packages; `outline` has the files of the tree, with what `go list` reads
    of them. `go_mod_path` and `module_path` are those of the module in the context."""

    context: BuildContext
    patterns: tuple[str, ...]
    outline: Digest
    workspace: str
    go_mod_path: str
    module_path: str
    sdk: GoSdk
    downloads: Digest


@dataclass(frozen=True)
class ListedBinaries:
    """As in `Listing`, but `local` has the packages in the repository with the paths of their Go
    files, `files` has all files of each binary, of which a build needs those that there are, and
    `directories_of_one_package` are what the function of this name says.

    `failure` is what `go list` said when it listed nothing, and `lacks_downloads` is whether it
    looked for a module that is not among the downloads.
    """

    lacks_downloads: bool
    failure: bytes = b""
    files: FrozenDict[str, tuple[str, ...]] = FrozenDict()
    errors: FrozenDict[str, str] = FrozenDict()
    mains: FrozenDict[str, str] = FrozenDict()
    graph: FrozenDict[str, tuple[str, ...]] = FrozenDict()
    local: FrozenDict[str, tuple[str, ...]] = FrozenDict()
    modules: FrozenDict[str, str] = FrozenDict()
    directories: FrozenDict[str, str] = FrozenDict()
    directories_of_one_package: FrozenDict[str, tuple[str, ...]] = FrozenDict()


@rule(desc="Run go list", level=LogLevel.DEBUG)
async def run_go_list(request: GoListRequest, options: GoStaticSubsystem) -> ListedBinaries:
    context = request.context
    caches = go_command.caches(options.isolated_caches)
    directories = await create_digest(CreateDigest([Directory(d) for d in caches.directories]))
    sources = await add_prefix(AddPrefix(request.outline, go_command.TREE))
    process = Process(
        go_command.listing_command(
            context.module_directory,
            "list",
            "-e",
            "-deps",
            f"-json={','.join(DEPS_FIELDS)}",
            context.tags_argument,
            "--",
            *request.patterns,
        ),
        env=go_command.offline_environment(context.platform, request.workspace),
        input_digest=await merge_digests(MergeDigests([sources, directories])),
        immutable_input_digests={
            go_command.SDK: request.sdk.digest,
            go_command.DOWNLOADS: request.downloads,
        },
        append_only_caches=caches.named,
        description=(
            f"List the files of the binaries of {request.go_mod_path} for {context.platform}"
        ),
        level=LogLevel.DEBUG,
    )
    result = await execute_cached(process)
    lacking = lacks_downloads(result)
    if result.exit_code != 0:
        return ListedBinaries(lacking, result.stderr or b"go list failed and said nothing")
    packages = explain.by_import_path(parse_go_list(result.stdout, go_command.TREE))
    mains = {pattern: main_of(pattern, packages) for pattern in request.patterns}
    needs_cgo = await _packages_that_need_cgo(
        process, mains.values(), packages, context.module_directory
    )
    errors = {}
    files = {}
    for pattern, main in mains.items():
        error = explain.explain_main(
            pattern, main, packages, context.module_directory, request.module_path, needs_cgo
        )
        if error or main is None:
            errors[pattern] = error
        else:
            files[pattern] = files_of(main, packages)
    others = [package for package in packages.values() if not package.standard]
    return ListedBinaries(
        lacking,
        b"",
        FrozenDict(files),
        FrozenDict(errors),
        FrozenDict({pattern: main.import_path for pattern, main in mains.items() if main}),
        FrozenDict({package.import_path: package.imports for package in others}),
        FrozenDict(
            {
                package.import_path: tuple(
                    paths.join(package.directory, file) for file in package.go_files
                )
                for package in others
                if package.directory is not None
            }
        ),
        FrozenDict({package.import_path: package.module for package in others}),
        FrozenDict(module_directories(others)),
        FrozenDict(directories_of_one_package(others)),
    )


async def _packages_that_need_cgo(
    listing: Process,
    mains: Iterable[GoPackage | None],
    packages: Mapping[str, GoPackage],
    module_directory: str,
) -> dict[str, tuple[str, ...]]:
    """For packages of which no file is left without cgo: the files that cgo would bring in."""
    excluded = sorted(
        {p for main in mains if main for p in explain.excluded_packages(main, packages)}
    )
    if not excluded:
        return {}
    result = await execute_cached(
        dataclasses.replace(
            listing,
            argv=go_command.listing_command(
                module_directory,
                "list",
                "-e",
                "-find",
                f"-json={','.join(PACKAGE_FIELDS)}",
                "--",
                *excluded,
            ),
            env=FrozenDict({**listing.env, "CGO_ENABLED": "1"}),
            description=f"Look for cgo in {', '.join(excluded)}",
        )
    )
    if result.exit_code != 0:
        return {}
    found = parse_go_list(result.stdout, go_command.TREE)
    return {package.import_path: package.cgo_files for package in found if package.cgo_files}


def main_of(pattern: str, packages: Mapping[str, GoPackage]) -> GoPackage | None:
    """The package that a pattern stands for, or None."""
    for package in packages.values():
        if pattern in package.patterns:
            return package
    return None


def files_of(main: GoPackage, packages: Mapping[str, GoPackage]) -> tuple[str, ...]:
    """The files in the repository that a build of `main` reads, sorted."""
    files: set[str] = set()
    seen: set[str] = set()
    pending = [main.import_path]
    while pending:
        import_path = pending.pop()
        package = packages.get(import_path)
        if package is None or import_path in seen:
            continue
        seen.add(import_path)
        if package.standard:
            # Nothing in the standard library imports something of the repository.
            continue
        pending += package.imports
        if package.directory is not None:
            files.update(paths.join(package.directory, file) for file in package.files)
    if main.directory is not None:
        files.add(paths.join(main.directory, _PROFILE))
    return tuple(sorted(files))


def rules() -> Iterable[object]:
    return collect_rules()
