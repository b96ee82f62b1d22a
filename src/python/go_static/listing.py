"""The `listing` step: `go list -deps -json`, which names the exact files of each binary.

One listing serves all binaries of a module that are built for the same platform and tags.
"""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.fs import Digest, Directory
from pants.engine.target import AllTargets, InvalidFieldException
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static import explain
from go_static.binary import (
    BuildContext,
    GoStaticExecutableFieldSet,
    read_settings,
)
from go_static.codegen import CodegenRequest, OverlayRequest, generate_code, lay_over
from go_static.compat import (
    collect_rules,
    concurrently,
    create_digests,
    get_digest_entries,
    implicitly,
    rule,
)
from go_static.downloads import GoDownloadError
from go_static.elsewhere import Run
from go_static.listed import GoListRequest, run_go_list
from go_static.module import FindModuleRequest, find_module
from go_static.module_tree import ModuleTree
from go_static.outline import FileOrLink, OutlineRequest, read_outline, with_links
from go_static.package_directories import whole_directories
from go_static.prepared import PrepareModuleRequest, prepare_module
from go_static.sdk import GoSdk


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
class BinaryFiles:
    """What a build needs of the repository: files, and directories of packages, by their paths."""

    loose: tuple[FileOrLink, ...]
    directories: FrozenDict[str, Digest]


@dataclass(frozen=True)
class Listing:
    """What a build of each main package needs, by pattern: `files` in the repository, or the
    reason in `errors` for which it cannot be built.

    `mains` has the import path of each, and `graph` the packages, without those of the standard
    library, by import path with their imports. `outline` is what the listing was made from, and
    `local` are its packages. Of those, `imports_c` are the packages that may have files which
    import "C", and `imports_symbols` and `refuses` have the files of which `GoSource` says that:
    all that a look for cgo needs. `modules` has the module of each of the packages in `graph`, and
    `directories` where in the repository modules lie.
    """

    tree: ModuleTree
    outline: Digest
    sdk: GoSdk
    downloads: Digest
    files: FrozenDict[str, BinaryFiles]
    errors: FrozenDict[str, str]
    mains: FrozenDict[str, str]
    graph: FrozenDict[str, tuple[str, ...]]
    local: frozenset[str]
    imports_c: frozenset[str]
    imports_symbols: FrozenDict[str, tuple[str, ...]]
    refuses: FrozenDict[str, tuple[str, ...]]
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


@rule(desc="List the files of Go binaries", level=LogLevel.DEBUG)
async def list_binaries(request: ListingRequest, groups: BinaryGroups) -> Listing:
    context = request.context
    patterns = (request.pattern,) if request.pattern else groups.patterns[context]
    for whole_graph in (False, True):
        try:
            prepared = await prepare_module(
                PrepareModuleRequest(
                    context.module_directory, context.go_sdk, context.workspace, whole_graph
                ),
                **implicitly(),
            )
        except GoDownloadError:
            if not whole_graph:
                raise
            # Without a network the rest of the graph cannot be had. What the first listing says of
            # the package that it did not find is what the user has to know.
            break
        tree = prepared.tree
        if context.codegen:
            code = await generate_code(
                CodegenRequest(context.codegen, context.platform, request.run), **implicitly()
            )
            overlay = await lay_over(
                OverlayRequest(tree.digest, code, tuple(m.directory for m in tree.mains)),
                **implicitly(),
            )
            tree = dataclasses.replace(tree, digest=overlay.digest)
        outline = await read_outline(OutlineRequest(tree.digest), **implicitly())
        listed = await run_go_list(
            GoListRequest(
                context,
                patterns,
                outline.digest,
                tree.workspace,
                tree.go_mod_path,
                next(
                    m.go_mod.module for m in tree.mains if m.directory == context.module_directory
                ),
                prepared.sdk,
                prepared.downloads,
            ),
            **implicitly(),
        )
        if not listed.lacks_downloads:
            break
    if listed.failure:
        raise GoListError(explain.explain_failed_listing(listed.failure, context.module_directory))
    module_files = {
        entry.path: entry
        for entry in await get_digest_entries(tree.module_files)
        if not isinstance(entry, Directory)
    }
    whole = whole_directories(listed.directories_of_one_package, module_files, outline.entries)
    digests = await create_digests(whole.values())
    directories = dict(zip(whole, digests))
    return Listing(
        tree,
        outline.digest,
        prepared.sdk,
        prepared.downloads,
        FrozenDict(
            {
                pattern: files_of_binary(files, directories, module_files, outline.entries)
                for pattern, files in listed.files.items()
            }
        ),
        listed.errors,
        listed.mains,
        listed.graph,
        frozenset(listed.local),
        packages_beside(listed.local, outline.imports_c),
        _of_packages(listed.local, outline.imports_symbols),
        _of_packages(listed.local, outline.refuses),
        listed.modules,
        listed.directories,
    )


def files_of_binary(
    files: Iterable[str],
    directories: Mapping[str, Digest],
    module_files: Mapping[str, FileOrLink],
    entries: Mapping[str, FileOrLink],
) -> BinaryFiles:
    """What a build needs in its sandbox: the files, if there are such, those in one of the
    directories with it, and the files of the module."""
    whole = {}
    loose = dict(module_files)
    for path in with_links(files, entries):
        directory = posixpath.dirname(path)
        if directory in directories:
            whole[directory] = directories[directory]
        else:
            loose.setdefault(path, entries[path])
    return BinaryFiles(
        tuple(loose[path] for path in sorted(loose)),
        FrozenDict({directory: whole[directory] for directory in sorted(whole)}),
    )


def packages_beside(
    packages: Mapping[str, tuple[str, ...]], files: frozenset[str]
) -> frozenset[str]:
    """The packages, by their import path, in whose directories some of the files are."""
    directories = {posixpath.dirname(file) for file in files}
    return frozenset(
        import_path
        for import_path, own in packages.items()
        if any(posixpath.dirname(file) in directories for file in own[:1])
    )


def _of_packages(
    packages: Mapping[str, tuple[str, ...]], files: frozenset[str]
) -> FrozenDict[str, tuple[str, ...]]:
    """The names of those of the files that a package has, by its import path."""
    found = {
        import_path: tuple(file.rpartition("/")[2] for file in own if file in files)
        for import_path, own in packages.items()
    }
    return FrozenDict({import_path: names for import_path, names in found.items() if names})


def rules() -> Iterable[object]:
    return collect_rules()
