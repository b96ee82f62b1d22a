"""Map the Go packages of the repository to targets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.addresses import Address
from pants.engine.target import AllTargets
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.engine import repo_paths
from go_static.engine.compat import concurrently, implicitly, rule
from go_static.graph.module_targets import code_address
from go_static.graph.package_index import PackagesRequest, list_packages
from go_static.listing.list_module import BinaryGroups
from go_static.modules.module import GoModuleTargets
from go_static.modules.workspace import Workspace, find_workspace
from go_static.targets.binary_settings import BuildContext
from go_static.targets.module_types import GoModuleCodeTarget
from go_static.targets.test_files import may_embed_test_data


@dataclass(frozen=True)
class PackageOwners:
    """The address of the code of each Go package of the repository (`by_import_path`,
    `directories`), and the import paths that each address imports. `embedding_test_data` maps the
    code of packages that embed `testdata` to its owners. `workspaces` is keyed by the directory of
    a module; `modules` maps the paths of modules to their directories."""

    by_import_path: FrozenDict[str, Address]
    imports: FrozenDict[Address, tuple[str, ...]]
    directories: FrozenDict[str, Address]
    embedding_test_data: FrozenDict[Address, Address]
    workspaces: FrozenDict[str, Workspace]
    modules: FrozenDict[str, str]


@rule(desc="Map Go import paths to targets", level=LogLevel.DEBUG)
async def map_packages(
    modules: GoModuleTargets, groups: BinaryGroups, all_targets: AllTargets
) -> PackageOwners:
    requests = packages_requests(modules.by_directory, groups.patterns)
    listed = await concurrently(list_packages(request, **implicitly()) for request in requests)
    workspaces = await concurrently(find_workspace(module) for module in modules.by_directory)
    apart = {target.address for target in all_targets if isinstance(target, GoModuleCodeTarget)}
    by_import_path: dict[str, Address] = {}
    directories: dict[str, Address] = {}
    imports: dict[Address, set[str]] = {}
    embedding: dict[Address, Address] = {}
    for request, result in zip(requests, listed):
        generator = modules.by_directory[request.directory].address
        for package in result.packages:
            if package.directory is None:
                continue
            relative = repo_paths.relative_to(package.directory, request.directory)
            address = generator.create_generated(relative)
            code = code_address(address) if code_address(address) in apart else address
            by_import_path[package.import_path] = code
            directories[package.directory] = code
            imports.setdefault(code, set()).update(package.imports)
            imports.setdefault(address, set()).update(package.imports, package.test_imports)
            if may_embed_test_data(package.embed_patterns):
                embedding[code] = address
    return PackageOwners(
        FrozenDict(by_import_path),
        FrozenDict({address: tuple(sorted(found)) for address, found in imports.items()}),
        FrozenDict(directories),
        FrozenDict(embedding),
        FrozenDict(zip(modules.by_directory, workspaces)),
        FrozenDict(
            {
                result.module_path: request.directory
                for request, result in zip(requests, listed)
                if result.module_path
            }
        ),
    )


def packages_requests(
    directories: Iterable[str], contexts: Iterable[BuildContext]
) -> tuple[PackagesRequest, ...]:
    """The required listings: each module once by default, and once per context of its binaries."""
    requests = {PackagesRequest(directory): None for directory in sorted(directories)}
    for context in contexts:
        if context.module_directory in directories:
            requests.setdefault(
                PackagesRequest(context.module_directory, context.platform, context.tags_argument)
            )
    return tuple(requests)
