"""What every run of `go` in a module stands on: its files, an SDK, and the modules it requires."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.fs import EMPTY_DIGEST, Digest
from pants.util.logging import LogLevel

from go_static.compat import collect_rules, implicitly, rule
from go_static.downloads import download_modules, downloads_request
from go_static.module_tree import ModuleTree, ModuleTreeRequest, load_module_tree
from go_static.sdk import GoSdk, find_sdk
from go_static.sdk_choice import SdkRequest


@dataclass(frozen=True)
class PrepareModuleRequest:
    """The module in a directory; `go_sdk` and `workspace` as in `binary.BuildContext`,
    `whole_graph` as in `downloads.downloads_request`."""

    directory: str
    go_sdk: str = ""
    workspace: bool = True
    whole_graph: bool = False


@dataclass(frozen=True)
class PreparedModule:
    """`downloads` serves as GOPROXY=file://…"""

    tree: ModuleTree
    sdk: GoSdk
    downloads: Digest


@rule(desc="Prepare a Go module", level=LogLevel.DEBUG)
async def prepare_module(request: PrepareModuleRequest) -> PreparedModule:
    tree = await load_module_tree(
        ModuleTreeRequest(request.directory, request.workspace), **implicitly()
    )
    if request.go_sdk:
        exactly = (request.go_sdk, f"a binary of {tree.go_mod_path}")
    else:
        exactly = (tree.go_sdk, f"the go_module of {tree.go_mod_path}")
    for_builds = SdkRequest(tree.go, tree.go_mod_path, *exactly)
    sdk = await find_sdk(for_builds, **implicitly())
    wanted = downloads_request(tree, sdk, request.whole_graph)
    if wanted is None:
        return PreparedModule(tree, sdk, EMPTY_DIGEST)
    here = await find_sdk(dataclasses.replace(for_builds, here=True), **implicitly())
    downloaded = await download_modules(dataclasses.replace(wanted, sdk=here), **implicitly())
    return PreparedModule(tree, sdk, downloaded.digest)


def rules() -> Iterable[object]:
    return collect_rules()
