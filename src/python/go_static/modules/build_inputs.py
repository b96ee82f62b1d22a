"""The inputs of every run of `go` in a module: its files, an SDK, and the required modules."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from pants.engine.fs import EMPTY_DIGEST, Digest
from pants.engine.process import FallibleProcessResult, Process
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.builder.program import Builder, BuilderRequest, checked, compile_builder
from go_static.engine.compat import concurrently, implicitly, rule
from go_static.engine.processes import execute_cached
from go_static.go import sandbox
from go_static.modules.downloads import (
    DownloadsRequest,
    GoDownloadError,
    download_modules,
    downloads_request,
    lacks_downloads,
)
from go_static.modules.tree import ModuleTree, ModuleTreeRequest, find_required_go, load_module_tree
from go_static.sdk.choice import SdkRequest
from go_static.sdk.find_sdk import GoSdk, find_sdk


@dataclass(frozen=True)
class Toolchain:
    """What `go` needs in addition to the repository's files. `downloads` serves as
    GOPROXY=file://… `workspace` is the path of the go.work in force, or empty."""

    sdk: GoSdk
    builder: Builder
    downloads: Digest
    workspace: str

    @property
    def digests(self) -> FrozenDict[str, Digest]:
        """Its digests, by their paths in a sandbox."""
        return FrozenDict(
            {
                sandbox.SDK: self.sdk.digest,
                sandbox.BUILDER: self.builder.digest,
                sandbox.DOWNLOADS: self.downloads,
            }
        )


@dataclass(frozen=True)
class BuildInputsRequest:
    """The module in a directory; `go_sdk` and `workspace` as in `BuildContext`, `all_platforms` as
    in `SdkRequest`."""

    directory: str
    go_sdk: str = ""
    workspace: bool = True
    all_platforms: bool = False


@dataclass(frozen=True)
class BuildInputs:
    """A module and its toolchain. `whole_graph` is what `go_list` downloads if a listing looks for
    something that is not among the downloads."""

    tree: ModuleTree
    toolchain: Toolchain
    whole_graph: DownloadsRequest | None


async def sdk_for(module: ModuleTreeRequest, go_sdk: str = "") -> SdkRequest:
    """The SDK that builds a module; `go_sdk` as in `BuildContext`."""
    required = await find_required_go(module, **implicitly())
    if go_sdk:
        exactly = (go_sdk, f"a binary of {module.go_mod_path}")
    else:
        exactly = (required.release, f"the go_module of {module.go_mod_path}")
    return SdkRequest(required.version, module.go_mod_path, *exactly)


@rule(desc="Find what Go needs to build a module", level=LogLevel.DEBUG)
async def build_inputs(request: BuildInputsRequest) -> BuildInputs:
    """
    :raises GoDownloadError: a required module cannot be downloaded.
    """
    module = ModuleTreeRequest(request.directory, request.workspace)
    usual = await sdk_for(module, request.go_sdk)
    for_builds = dataclasses.replace(usual, all_platforms=request.all_platforms)
    tree, sdk = await concurrently(
        load_module_tree(module, **implicitly()), find_sdk(for_builds, **implicitly())
    )
    # One builder for both.
    usual_sdk = await find_sdk(usual, **implicitly())
    builder = await compile_builder(BuilderRequest(usual_sdk.digest), **implicitly())
    wanted = downloads_request(tree, sdk)
    if wanted is None:
        return BuildInputs(tree, Toolchain(sdk, builder, EMPTY_DIGEST, tree.workspace.path), None)
    here = await find_sdk(dataclasses.replace(usual, here=True), **implicitly())
    downloads = await download_modules(dataclasses.replace(wanted, sdk=here), **implicitly())
    if downloads.failure:
        raise GoDownloadError(downloads.failure)
    return BuildInputs(
        tree,
        Toolchain(sdk, builder, downloads.digest, tree.workspace.path),
        downloads_request(tree, here, whole_graph=True),
    )


async def go_list(
    process: Process, toolchain: Toolchain, whole_graph: DownloadsRequest | None
) -> tuple[FallibleProcessResult, Toolchain]:
    """The result of a `go list`, and its toolchain: if the listing looks for a module that is not
    among the downloads, it runs again with those of the whole graph."""
    result = checked(await execute_cached(process))
    if whole_graph is None or not lacks_downloads(result):
        return result, toolchain
    downloads = await download_modules(whole_graph, **implicitly())
    if downloads.failure:
        # Without a network, this is not available. The first listing names the package that is
        # missing, which is what the user needs to know.
        return result, toolchain
    toolchain = dataclasses.replace(toolchain, downloads=downloads.digest)
    again = dataclasses.replace(process, immutable_input_digests=toolchain.digests)
    return checked(await execute_cached(again)), toolchain
