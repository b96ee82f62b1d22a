"""The `listing` step: list the exact files of each binary with `go list -deps -json`.

One listing serves all binaries of a module that have the same platform and tags.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.fs import Digest, Directory
from pants.engine.process import Process
from pants.engine.target import AllTargets, InvalidFieldException
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.engine import repo_paths
from go_static.engine.compat import (
    concurrently,
    create_digests,
    get_digest_entries,
    implicitly,
    rule,
)
from go_static.go import sandbox
from go_static.go.list_output import GoPackage, parse_go_list
from go_static.go.second_run import Run
from go_static.go.subsystem import GoStaticSubsystem
from go_static.listing.cgo_warnings import CgoUse, find_cgo
from go_static.listing.directives_not_run import directives_not_run, say_once
from go_static.listing.errors import by_import_path, explain_failed_listing
from go_static.listing.go_list import GoListRequest, ListedBinaries, run_go_list
from go_static.listing.outline import FileOrLink, Outline, in_tree, with_links
from go_static.listing.package_links import whole_directories
from go_static.listing.sources import inputs_and_sources
from go_static.modules.build_inputs import BuildInputs, Toolchain, go_list
from go_static.modules.module import find_module
from go_static.modules.tree import ModuleTree
from go_static.targets.binary_settings import (
    BuildContext,
    GoStaticExecutableFieldSet,
    read_settings,
)
from go_static.targets.generate_fields import generated_packages


class GoListError(Exception):
    """A binary whose files cannot be listed. The text says why and what to do."""


@dataclass(frozen=True)
class BinaryGroups:
    """The main packages of all `go_static_binary` targets, as patterns for `go`, by build
    context; and the packages of all `go_codegen` targets."""

    patterns: FrozenDict[BuildContext, tuple[str, ...]]
    generated: tuple[str, ...]


@dataclass(frozen=True)
class ListingRequest:
    """All main packages of the context, or only `pattern`: a tool that is built for this machine,
    not for its target's platform. `run` is that of code generation, because a listing depends on
    the code that it lists."""

    context: BuildContext
    pattern: str = ""
    run: Run = Run.FIRST


@dataclass(frozen=True)
class BinaryFiles:
    """What a build needs from the repository: files, and whole directories by path."""

    loose: tuple[FileOrLink, ...]
    directories: FrozenDict[str, Digest]

    @property
    def loose_in_sandbox(self) -> tuple[FileOrLink, ...]:
        return tuple(map(in_tree, self.loose))

    @property
    def directories_in_sandbox(self) -> dict[str, Digest]:
        return {
            repo_paths.join(sandbox.TREE, directory): digest
            for directory, digest in self.directories.items()
        }


@dataclass(frozen=True)
class TreeFiles:
    """The files of a tree by path, those that decide which modules a build needs, and the
    directories that are laid out as a whole."""

    entries: Mapping[str, FileOrLink]
    module_files: Mapping[str, FileOrLink]
    directories: Mapping[str, Digest]

    def of(self, files: Iterable[str]) -> BinaryFiles:
        return files_of_binary(files, self.directories, self.module_files, self.entries)


@dataclass(frozen=True)
class Listing:
    """The main packages of a module, and what their builds need.

    `tree` includes generated code. `files` has an entry for each binary that can be built, by
    pattern. `cgo` is empty if there is none, and in a second run.
    """

    tree: ModuleTree
    listed: ListedBinaries
    files: FrozenDict[str, BinaryFiles]
    cgo: CgoUse


@rule(desc="Group Go binaries by module and platform", level=LogLevel.DEBUG)
async def group_binaries(all_targets: AllTargets) -> BinaryGroups:
    binaries = []
    for target in all_targets:
        if not GoStaticExecutableFieldSet.is_applicable(target):
            continue
        try:
            binaries.append(read_settings(GoStaticExecutableFieldSet.create(target)))
        except InvalidFieldException:
            # A build of this target reports the error. Others must still build.
            continue
    modules = await concurrently(find_module(settings.directory) for settings in binaries)
    patterns: dict[BuildContext, set[str]] = {}
    for settings, module in zip(binaries, modules):
        if module is not None:
            group = patterns.setdefault(settings.context(module), set())
            group.add(settings.pattern(module))
    return BinaryGroups(
        FrozenDict({context: tuple(sorted(group)) for context, group in patterns.items()}),
        generated_packages(all_targets),
    )


async def tree_files(listed: ListedBinaries, tree: ModuleTree, outline: Outline) -> TreeFiles:
    """The files that builds of listed binaries choose from."""
    module_files = {
        entry.path: entry
        for entry in await get_digest_entries(tree.module_files)
        if not isinstance(entry, Directory)
    }
    whole = whole_directories(listed.directories_of_one_package, module_files, outline.entries)
    digests = await create_digests(whole.values())
    return TreeFiles(outline.entries, module_files, dict(zip(whole, digests)))


async def list_packages(
    process: Process, inputs: BuildInputs, module_directory: str
) -> tuple[dict[str, GoPackage], Toolchain]:
    """The packages that a `go list` process prints, by import path, and what it ran with.

    :raises GoListError: it failed.
    """
    result, toolchain = await go_list(process, inputs.toolchain, inputs.whole_graph)
    if result.exit_code != 0:
        said = result.stderr or b"go list failed without output"
        raise GoListError(explain_failed_listing(said, module_directory))
    return by_import_path(parse_go_list(result.stdout, sandbox.TREE)), toolchain


@rule(desc="List the files of Go binaries", level=LogLevel.DEBUG)
async def list_binaries(
    request: ListingRequest, groups: BinaryGroups, options: GoStaticSubsystem
) -> Listing:
    context = request.context
    inputs, sources = await inputs_and_sources(context, request.run)
    tree, outline = sources.tree, sources.outline
    listed = await run_go_list(
        GoListRequest(
            context=context,
            patterns=(request.pattern,) if request.pattern else groups.patterns[context],
            outline=outline.digest,
            module_path=tree.main.go_mod.module,
            toolchain=inputs.toolchain,
            whole_graph=inputs.whole_graph,
        ),
        **implicitly(),
    )
    if listed.failure:
        raise GoListError(explain_failed_listing(listed.failure, context.module_directory))
    if request.run.is_first:
        say_once(directives_not_run(listed.local, outline.generates, groups.generated))
    choice = await tree_files(listed, tree, outline)
    files = FrozenDict(
        {
            pattern: choice.of(binary.files)
            for pattern, binary in listed.binaries.items()
            if not binary.error
        }
    )
    # Not concurrently with the builds: if a process starts or ends in the first 200 ms of a build,
    # Pants cancels the build and restarts it with another share of the cores.
    cgo = (
        await find_cgo(context, listed, outline, tree.module_files, options)
        if files and request.run.is_first
        else CgoUse()
    )
    return Listing(tree, listed, files, cgo)


def files_of_binary(
    files: Iterable[str],
    directories: Mapping[str, Digest],
    module_files: Mapping[str, FileOrLink],
    entries: Mapping[str, FileOrLink],
) -> BinaryFiles:
    """What a build needs in its sandbox: the existing files among these, as part of a whole
    directory if there is one, and the module's files."""
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
