"""List the exact files of each test binary with `go list -deps -test -json`.

One listing serves all tests of a module.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pants.engine.fs import Digest, Directory
from pants.engine.process import Process
from pants.engine.target import AllTargets
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.builder.arguments import GoList
from go_static.builder.program import command
from go_static.engine import repo_paths
from go_static.engine.compat import create_digests, get_digest_entries, rule
from go_static.go import sandbox
from go_static.go.list_output import DEPS_FIELDS, GoPackage
from go_static.go.subsystem import GoStaticSubsystem
from go_static.go_tests.test_packages import (
    ListedTest,
    imported_by_tests,
    read_tests,
    whole_candidates,
)
from go_static.listing.go_list import ListedBinaries, listed_packages
from go_static.listing.list_module import BinaryFiles, files_of_binary, list_packages
from go_static.listing.outline import Outline
from go_static.listing.package_links import whole_directories
from go_static.listing.sources import inputs_and_sources
from go_static.modules.build_inputs import BuildInputs, Toolchain
from go_static.modules.tree import ModuleTree
from go_static.targets.addresses import package_directory
from go_static.targets.binary_settings import BuildContext
from go_static.targets.module_types import GoModulePackageTarget, has_tests


@dataclass(frozen=True)
class PackagesWithTests:
    """The directories of the packages that have tests, by the directory of their module."""

    directories: FrozenDict[str, tuple[str, ...]]


@dataclass(frozen=True)
class TestListingRequest:
    """The tests of a module; `coverage` are patterns of packages that are built into each."""

    context: BuildContext
    coverage: tuple[str, ...]

    __test__ = False


@dataclass(frozen=True)
class TestListing:
    """The tests of a module by the directory of their package, and what their builds read.
    `imported` are the packages that are not compiled for one test alone; its graph has the test
    binaries, too. `tree` includes generated code."""

    tests: FrozenDict[str, ListedTest]
    files: FrozenDict[str, BinaryFiles]
    imported: ListedBinaries
    tree: ModuleTree

    __test__ = False


@rule(desc="Find the packages with Go tests", level=LogLevel.DEBUG)
async def find_packages_with_tests(all_targets: AllTargets) -> PackagesWithTests:
    directories: dict[str, list[str]] = {}
    for target in all_targets:
        if isinstance(target, GoModulePackageTarget) and has_tests(target):
            module = target.address.spec_path
            package = package_directory(target.address)
            directories.setdefault(module, []).append(package)
    return PackagesWithTests(
        FrozenDict({module: tuple(sorted(found)) for module, found in directories.items()})
    )


async def _go_list(
    request: TestListingRequest,
    patterns: Iterable[str],
    inputs: BuildInputs,
    outline: Outline,
    isolated: bool,
) -> tuple[dict[str, GoPackage], Toolchain]:
    """The listed packages by import path, and what the listing needed."""
    context = request.context
    caches = sandbox.caches(isolated)
    arguments = GoList(
        context.module_directory,
        (
            *("-e", "-deps", "-test"),
            f"-json={','.join(DEPS_FIELDS)}",
            context.tags_argument,
            "--",
            *patterns,
            *request.coverage,
        ),
    )
    process = Process(
        command(arguments),
        env=sandbox.offline_environment(context.platform, inputs.toolchain.workspace),
        input_digest=await sandbox.lay_out(outline.digest, caches, arguments=arguments.file()),
        immutable_input_digests=inputs.toolchain.digests,
        append_only_caches=caches.named,
        description=f"List the tests of {repo_paths.join(context.module_directory, 'go.mod')}",
        level=LogLevel.DEBUG,
    )
    return await list_packages(process, inputs, context.module_directory)


async def _files_of_tests(
    tests: Mapping[str, ListedTest],
    packages: Iterable[GoPackage],
    module_files: Digest,
    outline: Outline,
) -> FrozenDict[str, BinaryFiles]:
    """The files that the build of each test reads, by the directory of its package. That directory
    holds more files than builds of other tests see, so it is never linked whole."""
    always = {
        entry.path: entry
        for entry in await get_digest_entries(module_files)
        if not isinstance(entry, Directory)
    }
    whole = whole_directories(whole_candidates(packages), always, outline.entries)
    directories: dict[str, Digest] = dict(zip(whole, await create_digests(whole.values())))
    found = {}
    for directory, test in tests.items():
        others = {d: digest for d, digest in directories.items() if d != directory}
        found[directory] = files_of_binary(test.files, others, always, outline.entries)
    return FrozenDict(found)


def _imported(packages: Collection[GoPackage], toolchain: Toolchain) -> ListedBinaries:
    tests = imported_by_tests(packages)
    alone = [p for p in packages if " [" not in p.import_path and p.import_path not in tests]
    listed = listed_packages(toolchain, alone)
    return dataclasses.replace(listed, graph=FrozenDict({**listed.graph, **tests}))


@rule(desc="List the files of Go tests", level=LogLevel.DEBUG)
async def list_tests(
    request: TestListingRequest, packages: PackagesWithTests, options: GoStaticSubsystem
) -> TestListing:
    context = request.context
    module = context.module_directory
    inputs, sources = await inputs_and_sources(context)
    tree, outline = sources.tree, sources.outline
    patterns = {
        repo_paths.go_pattern(directory, module): directory
        for directory in packages.directories.get(module, ())
    }
    listed, toolchain = await _go_list(request, patterns, inputs, outline, options.isolated_caches)
    tests = read_tests(patterns, request.coverage, listed, module, tree.main.go_mod.module)
    files = await _files_of_tests(tests, listed.values(), tree.module_files, outline)
    return TestListing(FrozenDict(tests), files, _imported(listed.values(), toolchain), tree)
