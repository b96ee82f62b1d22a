"""Run `go vet`, offline, on exactly the files that packages and their tests consist of."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.fs import CreateDigest, Digest, Directory
from pants.engine.process import Process, ProcessExecutionEnvironment
from pants.util.logging import LogLevel
from pants.util.strutil import pluralize

from go_static.builder.arguments import GoList, GoVet
from go_static.builder.program import Cores, checked, command
from go_static.engine import repo_paths
from go_static.engine.compat import create_digest, get_digest_entries, rule
from go_static.engine.processes import execute_cached
from go_static.go import sandbox
from go_static.go.clean_output import clean_output
from go_static.go.list_output import DEPS_FIELDS
from go_static.go.subsystem import GoStaticSubsystem
from go_static.listing.cgo_warnings import find_cgo
from go_static.listing.go_list import ListedBinaries, packages_that_need_cgo
from go_static.listing.list_module import list_packages
from go_static.listing.outline import FileOrLink, in_tree, with_links
from go_static.listing.sources import inputs_and_sources
from go_static.modules.build_inputs import BuildInputs, Toolchain
from go_static.modules.tree import ModuleTree
from go_static.source_checks.vet_output import (
    cgo_reasons,
    has_undefined,
    messages_of,
    without_other_sandboxes,
    without_waits,
)
from go_static.source_checks.vet_packages import PackagesToVet, by_directory, packages_to_vet
from go_static.targets.binary_settings import BuildContext


@dataclass(frozen=True)
class VetRequest:
    """Vet the packages in `directories`, as builds with this context compile them."""

    context: BuildContext
    directories: tuple[str, ...]


@dataclass(frozen=True)
class Vetted:
    """What `go vet` finds, and why it cannot check some packages."""

    messages: tuple[str, ...]


async def _list_packages(
    request: VetRequest, inputs: BuildInputs, outline: Digest, isolated: bool
) -> tuple[PackagesToVet, Toolchain]:
    """What to vet, according to a listing of the whole module, which serves any of its packages."""
    context = request.context
    caches = sandbox.caches(isolated)
    fields = f"-json={','.join(DEPS_FIELDS)}"
    arguments = GoList(
        context.module_directory,
        ("-e", "-deps", "-test", fields, context.tags_argument, "--", "./..."),
    )
    process = Process(
        command(arguments),
        env=sandbox.offline_environment(
            context.platform, inputs.toolchain.workspace, context.features
        ),
        input_digest=await sandbox.lay_out(outline, caches, arguments=arguments.file()),
        immutable_input_digests=inputs.toolchain.digests,
        append_only_caches=caches.named,
        description=(
            f"List the packages and tests of {repo_paths.join(context.module_directory, 'go.mod')}"
        ),
        level=LogLevel.DEBUG,
    )
    packages, toolchain = await list_packages(process, inputs, context.module_directory)
    local = by_directory(packages.values())
    needs_cgo = await packages_that_need_cgo(
        context.module_directory,
        outline,
        dataclasses.replace(process, immutable_input_digests=toolchain.digests),
        [p for directory in request.directories for p in local.get(directory, ())],
        packages,
        caches,
    )
    module_path = inputs.tree.main.go_mod.module
    found = packages_to_vet(
        request.directories, packages, context.module_directory, module_path, needs_cgo
    )
    return found, toolchain


async def _files_to_vet(
    tree: ModuleTree, files: Iterable[str], entries: Mapping[str, FileOrLink]
) -> tuple[FileOrLink, ...]:
    """These files and the module's, at their paths in the sandbox."""
    found = {path: entries[path] for path in with_links(files, entries)}
    for entry in await get_digest_entries(tree.module_files):
        if not isinstance(entry, Directory):
            found.setdefault(entry.path, entry)
    return tuple(in_tree(found[path]) for path in sorted(found))


async def _go_vet(
    context: BuildContext,
    found: PackagesToVet,
    files: Iterable[FileOrLink],
    toolchain: Toolchain,
    isolated: bool,
    cores: Cores,
) -> str:
    """What `go vet` finds, or empty."""
    module = context.module_directory
    caches = sandbox.caches(isolated)
    arguments = GoVet(
        module,
        name=f"the packages that `go vet` checks in {module or 'the root'}",
        # Without profiles, packages need not be compiled for each program that has one.
        flags=(context.tags_argument, "-buildvcs=false", "-trimpath", "-pgo=off"),
        patterns=tuple(repo_paths.go_pattern(d, module) for d in found.directories),
        packages=(*found.compiled, "std") if caches.named else (),
    )
    directories = [Directory(directory) for directory in caches.directories]
    process = Process(
        command(arguments, cores.argument),
        env=sandbox.offline_environment(context.platform, toolchain.workspace, context.features),
        input_digest=await create_digest(CreateDigest([*files, *directories, arguments.file()])),
        immutable_input_digests=toolchain.digests,
        append_only_caches=caches.named,
        concurrency_available=cores.at_most,
        description=f"Vet {pluralize(len(found.directories), 'Go package')} of {module or '.'}",
        level=LogLevel.DEBUG,
    )
    result = checked(await execute_cached(process))
    if result.exit_code == 0:
        return ""
    said = without_waits(clean_output(result.stderr, module))
    return without_other_sandboxes(said, found.files)


@rule(desc="Vet Go packages", level=LogLevel.DEBUG)
async def vet_packages(
    request: VetRequest, options: GoStaticSubsystem, environment: ProcessExecutionEnvironment
) -> Vetted:
    context, isolated = request.context, options.isolated_caches
    inputs, sources = await inputs_and_sources(context)
    tree, outline = sources.tree, sources.outline
    found, toolchain = await _list_packages(request, inputs, outline.digest, isolated)
    if not found.directories:
        return Vetted(found.errors)
    files = await _files_to_vet(tree, found.files, outline.entries)
    cores = Cores.of(environment.remote_execution)
    said = await _go_vet(context, found, files, toolchain, isolated, cores)
    reasons: tuple[str, ...] = ()
    if has_undefined(said):
        listed = ListedBinaries(toolchain, graph=found.graph, local=found.local)
        use = await find_cgo(context, listed, outline, tree.module_files, options)
        reasons = cgo_reasons(said, found.graph, use)
    return Vetted((*reasons, *messages_of(said), *found.errors))
