"""The `listing` step: `go list -deps -json`, which names the exact files of each binary.

One listing serves all binaries of a module that are built for the same platform and tags.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.fs import (
    AddPrefix,
    CreateDigest,
    Digest,
    Directory,
    MergeDigests,
)
from pants.engine.process import Process
from pants.engine.target import AllTargets, InvalidFieldException
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static import explain, go_command, paths
from go_static.binary import (
    BuildContext,
    GoStaticExecutableFieldSet,
    read_settings,
)
from go_static.codegen import CodegenRequest, OverlayRequest, generate_code, lay_over
from go_static.compat import (
    add_prefix,
    collect_rules,
    concurrently,
    create_digest,
    implicitly,
    merge_digests,
    rule,
)
from go_static.downloads import GoDownloadError, lacks_downloads
from go_static.elsewhere import Run
from go_static.go_list import DEPS_FIELDS, PACKAGE_FIELDS, GoPackage, parse_go_list
from go_static.module import (
    FindModuleRequest,
    ModuleTree,
    find_module,
)
from go_static.module_graph import module_directories
from go_static.prepared import PrepareModuleRequest, prepare_module
from go_static.remote_cache import execute_cached
from go_static.sdk import GoSdk
from go_static.subsystems import GoStaticSubsystem

# `go build` reads this file of the main package, if there is one (`-pgo=auto`); `go list` does not
# name it.
_PROFILE = "default.pgo"


class GoListError(Exception):
    """A binary whose files cannot be listed; the text says why and what to do."""


@dataclass(frozen=True)
class BinaryGroups:
    """The main packages of the repository's `go_static_binary` targets, as patterns for `go`, by
    the context in which they are built."""

    patterns: FrozenDict[BuildContext, tuple[str, ...]]


@dataclass(frozen=True)
class ListingRequest:
    """All main packages of the context, or `pattern` alone: one that is built for a platform that
    its target does not name, because it is needed as a tool here. `run` is that of code generation;
    a listing changes with the code that it lists."""

    context: BuildContext
    pattern: str = ""
    run: Run = Run.FIRST


@dataclass(frozen=True)
class Listing:
    """What a build of each main package needs, by pattern: `files` in the repository, or the
    reason in `errors` for which it cannot be built.

    `mains` has the import path of each, `graph` the packages, without those of the standard
    library, by import path with their imports, and `local` the files of those in the repository
    which the platform, the tags or cgo leave out: all that a look for cgo needs. `modules` has the
    module of each of these packages, and `directories` where in the repository modules lie.
    """

    tree: ModuleTree
    sdk: GoSdk
    downloads: Digest
    files: FrozenDict[str, tuple[str, ...]]
    errors: FrozenDict[str, str]
    mains: FrozenDict[str, str]
    graph: FrozenDict[str, tuple[str, ...]]
    local: FrozenDict[str, tuple[str, ...]]
    modules: FrozenDict[str, str]
    directories: FrozenDict[str, str]


@rule(desc="Group Go binaries by module and platform", level=LogLevel.DEBUG)
async def group_binaries(all_targets: AllTargets) -> BinaryGroups:
    binaries = []
    for target in all_targets:
        if not GoStaticExecutableFieldSet.is_applicable(target):
            continue
        try:
            binaries.append(read_settings(GoStaticExecutableFieldSet.create(target)))
        except InvalidFieldException:
            # Whoever asks for this one gets the error. It must not keep others from being built.
            continue
    modules = await concurrently(
        find_module(FindModuleRequest(settings.directory), **implicitly()) for settings in binaries
    )
    patterns: dict[BuildContext, set[str]] = {}
    for settings, module in zip(binaries, modules):
        if module.directory is not None:
            group = patterns.setdefault(settings.context(module.directory), set())
            group.add(settings.pattern(module.directory))
    return BinaryGroups(
        FrozenDict({context: tuple(sorted(group)) for context, group in patterns.items()})
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


@rule(desc="List the files of Go binaries", level=LogLevel.DEBUG)
async def list_binaries(
    request: ListingRequest, groups: BinaryGroups, options: GoStaticSubsystem
) -> Listing:
    context = request.context
    module_directory = context.module_directory
    patterns = (request.pattern,) if request.pattern else groups.patterns[context]
    caches = go_command.caches(options.isolated_caches)
    directories = await create_digest(CreateDigest([Directory(d) for d in caches.directories]))
    for whole_graph in (False, True):
        try:
            prepared = await prepare_module(
                PrepareModuleRequest(
                    module_directory, context.go_sdk, context.workspace, whole_graph
                ),
                **implicitly(),
            )
        except GoDownloadError:
            if not whole_graph:
                raise
            # Without a network the rest of the graph cannot be had. What the first listing says of
            # the package that it did not find is what the user has to know.
            break
        tree, sdk, downloads = prepared.tree, prepared.sdk, prepared.downloads
        if context.codegen:
            code = await generate_code(
                CodegenRequest(context.codegen, context.platform, request.run), **implicitly()
            )
            overlay = await lay_over(
                OverlayRequest(tree.digest, code, tuple(m.directory for m in tree.mains)),
                **implicitly(),
            )
            tree = dataclasses.replace(tree, digest=overlay.digest)
        sources = await add_prefix(AddPrefix(tree.digest, go_command.TREE))
        process = Process(
            go_command.listing_command(
                module_directory,
                "list",
                "-e",
                "-deps",
                f"-json={','.join(DEPS_FIELDS)}",
                context.tags_argument,
                "--",
                *patterns,
            ),
            env=go_command.offline_environment(context.platform, tree.workspace),
            input_digest=await merge_digests(MergeDigests([sources, directories])),
            immutable_input_digests={go_command.SDK: sdk.digest, go_command.DOWNLOADS: downloads},
            append_only_caches=caches.named,
            description=(
                f"List the files of the binaries of {tree.go_mod_path} for {context.platform}"
            ),
            level=LogLevel.DEBUG,
        )
        result = await execute_cached(process)
        if not lacks_downloads(result):
            break
    if result.exit_code != 0:
        raise GoListError(explain.explain_failed_listing(result.stderr, module_directory))
    packages = explain.by_import_path(parse_go_list(result.stdout, go_command.TREE))
    module_path = next(m.go_mod.module for m in tree.mains if m.directory == module_directory)
    mains = {pattern: main_of(pattern, packages) for pattern in patterns}
    needs_cgo = await _packages_that_need_cgo(process, mains.values(), packages, module_directory)
    errors = {}
    files = {}
    for pattern, main in mains.items():
        error = explain.explain_main(
            pattern, main, packages, module_directory, module_path, needs_cgo
        )
        if error or main is None:
            errors[pattern] = error
        else:
            files[pattern] = files_of(main, packages)
    others = [package for package in packages.values() if not package.standard]
    return Listing(
        tree,
        sdk,
        downloads,
        FrozenDict(files),
        FrozenDict(errors),
        FrozenDict({pattern: main.import_path for pattern, main in mains.items() if main}),
        FrozenDict({package.import_path: package.imports for package in others}),
        FrozenDict(
            {
                package.import_path: tuple(
                    paths.join(package.directory, file)
                    for file in (*package.files, *package.ignored_go_files)
                )
                for package in others
                if package.directory is not None
            }
        ),
        FrozenDict({package.import_path: package.module for package in others}),
        FrozenDict(module_directories(others)),
    )


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
