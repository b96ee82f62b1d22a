"""Run `go list -deps -json` on the outline of a module, and read its output."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.fs import Digest
from pants.engine.process import Process
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.builder.arguments import GoList
from go_static.builder.program import checked, command
from go_static.engine import repo_paths
from go_static.engine.compat import rule
from go_static.engine.processes import execute_cached
from go_static.go import sandbox
from go_static.go.list_output import (
    DEPS_FIELDS,
    PACKAGE_FIELDS,
    GoPackage,
    ListedModule,
    module_directories,
    parse_go_list,
)
from go_static.go.subsystem import GoStaticSubsystem
from go_static.listing.errors import by_import_path, excluded_packages, explain_main
from go_static.listing.package_links import directories_of_one_package
from go_static.modules.build_inputs import Toolchain, go_list
from go_static.modules.downloads import DownloadsRequest
from go_static.targets.binary_settings import BuildContext

# `go build` reads this file of the main package, if any (`-pgo=auto`), but `go list` omits it.
DEFAULT_PROFILE = "default.pgo"


@dataclass(frozen=True)
class GoListRequest:
    """`patterns` are main packages, `outline` the digest of an `Outline`, and `module_path` that of
    the context's module. The rest is as in `BuildInputs`."""

    context: BuildContext
    patterns: tuple[str, ...]
    outline: Digest
    module_path: str
    toolchain: Toolchain
    whole_graph: DownloadsRequest | None


@dataclass(frozen=True)
class ListedBinary:
    """The import path of a main package, and the files in the repository that its build may read;
    or, in `error`, why it cannot be built."""

    main: str = ""
    files: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class ListedBinaries:
    """The result of a listing, or why it failed; `toolchain` is what it needed.

    `binaries` are by pattern. `graph` maps import paths to imports, without the standard library's
    packages, and `modules` maps them to modules. `local` maps the packages in the repository to the
    paths of their Go files, `files` to those of all files; `directories` maps the modules there to
    their directories. For `directories_of_one_package` see the function of that name. Each field is
    a question that some later step asks.
    """

    toolchain: Toolchain
    failure: bytes = b""
    binaries: FrozenDict[str, ListedBinary] = FrozenDict()
    graph: FrozenDict[str, tuple[str, ...]] = FrozenDict()
    local: FrozenDict[str, tuple[str, ...]] = FrozenDict()
    files: FrozenDict[str, tuple[str, ...]] = FrozenDict()
    modules: FrozenDict[str, ListedModule] = FrozenDict()
    directories: FrozenDict[str, str] = FrozenDict()
    directories_of_one_package: FrozenDict[str, tuple[str, ...]] = FrozenDict()


async def packages_that_need_cgo(
    module_directory: str,
    outline: Digest,
    listing: Process,
    roots: Iterable[GoPackage | None],
    packages: Mapping[str, GoPackage],
    caches: sandbox.Caches,
) -> dict[str, tuple[str, ...]]:
    """For packages that have no file without cgo: the files that need it.

    :param roots: the packages that a listing was asked for.
    """
    excluded = sorted({p for root in roots if root for p in excluded_packages(root, packages)})
    if not excluded:
        return {}
    arguments = GoList(
        module_directory, ("-e", "-find", f"-json={','.join(PACKAGE_FIELDS)}", "--", *excluded)
    )
    result = checked(
        await execute_cached(
            dataclasses.replace(
                listing,
                argv=command(arguments),
                env=FrozenDict({**listing.env, "CGO_ENABLED": "1"}),
                input_digest=await sandbox.lay_out(outline, caches, arguments=arguments.file()),
                description=f"Look for cgo in {', '.join(excluded)}",
            )
        )
    )
    if result.exit_code != 0:
        return {}
    found = parse_go_list(result.stdout, sandbox.TREE)
    return {package.import_path: package.cgo_files for package in found if package.cgo_files}


@rule(desc="Run go list", level=LogLevel.DEBUG)
async def run_go_list(request: GoListRequest, options: GoStaticSubsystem) -> ListedBinaries:
    context = request.context
    caches = sandbox.caches(options.isolated_caches)
    arguments = GoList(
        context.module_directory,
        (
            "-e",
            "-deps",
            f"-json={','.join(DEPS_FIELDS)}",
            context.tags_argument,
            "--",
            *request.patterns,
        ),
    )
    process = Process(
        command(arguments),
        env=sandbox.offline_environment(
            context.platform, request.toolchain.workspace, context.features
        ),
        input_digest=await sandbox.lay_out(request.outline, caches, arguments=arguments.file()),
        immutable_input_digests=request.toolchain.digests,
        append_only_caches=caches.named,
        description=(
            "List the files of the binaries of "
            f"{repo_paths.join(context.module_directory, 'go.mod')} for {context.platform}"
        ),
        level=LogLevel.DEBUG,
    )
    result, toolchain = await go_list(process, request.toolchain, request.whole_graph)
    if result.exit_code != 0:
        return ListedBinaries(toolchain, result.stderr or b"go list failed without output")
    packages = by_import_path(parse_go_list(result.stdout, sandbox.TREE))
    mains = {pattern: main_of(pattern, packages) for pattern in request.patterns}
    needs_cgo = await packages_that_need_cgo(
        context.module_directory,
        request.outline,
        dataclasses.replace(process, immutable_input_digests=toolchain.digests),
        mains.values(),
        packages,
        caches,
    )
    return read_listing(request, toolchain, mains, packages, needs_cgo)


def read_listing(
    request: GoListRequest,
    toolchain: Toolchain,
    mains: Mapping[str, GoPackage | None],
    packages: Mapping[str, GoPackage],
    needs_cgo: Mapping[str, tuple[str, ...]],
) -> ListedBinaries:
    """The result of a listing: `packages` are by import path, `mains` by pattern."""
    directory = request.context.module_directory
    binaries = {}
    for pattern, main in mains.items():
        error = explain_main(pattern, main, packages, directory, request.module_path, needs_cgo)
        if error or main is None:
            binaries[pattern] = ListedBinary(error=error)
        else:
            binaries[pattern] = ListedBinary(main.import_path, files_of(main, packages))
    return dataclasses.replace(
        listed_packages(toolchain, packages.values()), binaries=FrozenDict(binaries)
    )


def listed_packages(toolchain: Toolchain, packages: Iterable[GoPackage]) -> ListedBinaries:
    """A listing of these packages, without binaries."""
    others = [package for package in packages if not package.standard]
    here = [package for package in others if package.directory is not None]
    return ListedBinaries(
        toolchain,
        graph=FrozenDict({package.import_path: package.imports for package in others}),
        local=FrozenDict({p.import_path: p.in_repository(p.go_files) for p in here}),
        files=FrozenDict({p.import_path: p.in_repository(p.files) for p in here}),
        modules=FrozenDict({package.import_path: package.module for package in others}),
        directories=FrozenDict(module_directories(others)),
        directories_of_one_package=FrozenDict(directories_of_one_package(others)),
    )


def main_of(pattern: str, packages: Mapping[str, GoPackage]) -> GoPackage | None:
    """The package that a pattern matches, or None."""
    return next((package for package in packages.values() if pattern in package.patterns), None)


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
            # The standard library imports nothing from the repository.
            continue
        pending += package.imports
        if package.directory is not None:
            files.update(package.in_repository(package.files))
    if main.directory is not None:
        files.add(repo_paths.join(main.directory, DEFAULT_PROFILE))
    return tuple(sorted(files))
