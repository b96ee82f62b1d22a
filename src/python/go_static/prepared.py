"""What every run of `go` in a module stands on: its files, an SDK, and the modules it requires."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.fs import EMPTY_DIGEST, Digest
from pants.util.logging import LogLevel

from go_static.compat import collect_rules, implicitly, rule
from go_static.downloads import download_modules, downloads_request
from go_static.module import ModuleTree, ModuleTreeRequest, load_module_tree
from go_static.sdk import GoSdk, SdkRequest, find_sdk


@dataclass(frozen=True)
class PrepareModuleRequest:
    """The module in a directory."""

    directory: str


@dataclass(frozen=True)
class PreparedModule:
    """`downloads` serves as GOPROXY=file://…"""

    tree: ModuleTree
    sdk: GoSdk
    downloads: Digest


@rule(desc="Prepare a Go module", level=LogLevel.DEBUG)
async def prepare_module(request: PrepareModuleRequest) -> PreparedModule:
    tree = await load_module_tree(ModuleTreeRequest(request.directory), **implicitly())
    sdk = await find_sdk(SdkRequest(tree.go, tree.go_mod_path), **implicitly())
    wanted = downloads_request(tree, sdk)
    if wanted is None:
        return PreparedModule(tree, sdk, EMPTY_DIGEST)
    downloaded = await download_modules(wanted, **implicitly())
    return PreparedModule(tree, sdk, downloaded.digest)


def rules() -> Iterable[object]:
    return collect_rules()
