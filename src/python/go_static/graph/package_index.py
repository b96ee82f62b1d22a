"""List the Go packages of a module and their imports with `go list -e`, without downloads.

`go list -find` omits the imports. So Go gets a go.mod without requirements: it reports the imports
as written, and does not search for them.

The target graph and `tailor` use this. `go_static.listing` decides what a binary contains.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.fs import CreateDigest, Digest, FileContent, MergeDigests, PathGlobs
from pants.engine.process import FallibleProcessResult, Process
from pants.util.logging import LogLevel

from elf_static.elf.go_version import GoVersion
from go_static.builder.arguments import GoList
from go_static.builder.program import BuilderRequest, checked, command, compile_builder
from go_static.engine import repo_paths
from go_static.engine.compat import (
    create_digest,
    implicitly,
    merge_digests,
    path_globs_to_digest,
    rule,
)
from go_static.engine.files import read_files
from go_static.engine.processes import execute_cached
from go_static.go import sandbox
from go_static.go.flags import BuildFlags
from go_static.go.list_output import GRAPH_FIELDS, GoPackage, parse_go_list
from go_static.go.platforms import GoPlatform
from go_static.listing.errors import explain_failed_listing
from go_static.listing.outline import Outline, read_outline
from go_static.modules.modfile import ModFileError, parse_go_mod, without_requirements
from go_static.modules.module import GoModuleTargets
from go_static.sdk.choice import GoSdkError, SdkRequest
from go_static.sdk.find_sdk import GoSdk, find_sdk


@dataclass(frozen=True)
class PackagesRequest:
    """The packages of the module in `directory`, as a platform and tags see them."""

    directory: str
    platform: GoPlatform = GoPlatform.create("linux", "amd64", None)
    tags_argument: str = BuildFlags.create().tags_argument


@dataclass(frozen=True)
class Packages:
    """`error` says why there is no list: for example, the go.mod cannot be read. `module_path` is
    the path in the go.mod, if it can be read."""

    packages: tuple[GoPackage, ...]
    error: str = ""
    module_path: str = ""


async def _outline_of_packages(directory: str) -> Outline:
    """Only the files that affect the packages and their imports, so that a changed asset does not
    cause a new listing."""
    below = f"{repo_paths.glob_literal(directory)}/" if directory else ""
    digest = await path_globs_to_digest(
        PathGlobs(
            [
                f"{below}**/*.go",
                f"{below}**/go.mod",
                f"!{below}go.mod",
                f"!{below}vendor/**",
                f"!{below}**/testdata/**",
            ]
        )
    )
    outline: Outline = await read_outline(digest, **implicitly())
    return outline


async def _go_list(
    request: PackagesRequest, go_mod_path: str, tree: Digest, sdk: GoSdk
) -> FallibleProcessResult:
    caches = sandbox.caches(isolated=False)
    arguments = GoList(
        request.directory,
        ("-e", f"-json={','.join(GRAPH_FIELDS)}", request.tags_argument, "--", "./..."),
    )
    builder = await compile_builder(BuilderRequest(sdk.digest), **implicitly())
    result = await execute_cached(
        Process(
            command(arguments),
            env=sandbox.offline_environment(request.platform),
            input_digest=await sandbox.lay_out(tree, caches, arguments=arguments.file()),
            immutable_input_digests={sandbox.SDK: sdk.digest, sandbox.BUILDER: builder.digest},
            append_only_caches=caches.named,
            description=f"List the packages of {go_mod_path} for {request.platform}",
            level=LogLevel.DEBUG,
        )
    )
    return checked(result)


@rule(desc="List the Go packages of a module", level=LogLevel.DEBUG)
async def list_packages(request: PackagesRequest, modules: GoModuleTargets) -> Packages:
    directory = request.directory
    go_mod_path = repo_paths.join(directory, "go.mod")
    contents = await read_files([repo_paths.glob_literal(go_mod_path)])
    try:
        go_mod = parse_go_mod(go_mod_path, contents[0].content.decode(errors="replace"))
        if go_mod.go:
            GoVersion.parse(go_mod.go)
    except (ModFileError, ValueError) as e:
        return Packages((), f"{go_mod_path}: {e}")
    outline = await _outline_of_packages(directory)
    if not any(file.endswith(".go") for file in outline.entries):
        return Packages((), module_path=go_mod.module)
    exactly = (modules.go_sdk(directory), f"the go_module of {go_mod_path}")
    try:
        sdk = await find_sdk(SdkRequest(go_mod.go, go_mod_path, *exactly), **implicitly())
    except GoSdkError as e:
        return Packages((), str(e))
    bare = FileContent(go_mod_path, without_requirements(go_mod).encode())
    tree = await merge_digests(
        MergeDigests([outline.digest, await create_digest(CreateDigest([bare]))])
    )
    result = await _go_list(request, go_mod_path, tree, sdk)
    if result.exit_code != 0:
        return Packages((), explain_failed_listing(result.stderr, directory))
    return Packages(parse_go_list(result.stdout, sandbox.TREE), module_path=go_mod.module)


def programs(packages: Iterable[GoPackage]) -> tuple[GoPackage, ...]:
    """The packages that `go build` compiles to a program: each `package main` with at least one
    non-test file that satisfies the build constraints."""
    return tuple(
        package
        for package in packages
        if package.name == "main" and package.go_files and package.directory is not None
    )
