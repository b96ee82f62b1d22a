"""Which directives a `go_codegen` runs, and which files they get: those of their packages, and of
what these import. A change elsewhere must not run them again."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.fs import (
    AddPrefix,
    CreateDigest,
    Digest,
    DigestSubset,
    Directory,
    MergeDigests,
    PathGlobs,
)
from pants.engine.process import Process
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static import generate_command, go_command, messages, paths
from go_static.compat import (
    add_prefix,
    collect_rules,
    create_digest,
    digest_subset_to_digest,
    digest_to_snapshot,
    get_digest_contents,
    implicitly,
    merge_digests,
    rule,
)
from go_static.directives import Directive, local_packages, parse_directives
from go_static.downloads import lacks_downloads
from go_static.generate_messages import GoGenerateError
from go_static.go_list import DEPS_FIELDS, parse_go_list
from go_static.module import FindModuleRequest, find_module
from go_static.prepared import PrepareModuleRequest, prepare_module
from go_static.remote_cache import execute_cached
from go_static.sdk import GoSdk


@dataclass(frozen=True)
class GenerateSourcesRequest:
    """The target `name` lies in `directory`; `packages` and `inputs` are as in
    `go_generate.GoGenerateRequest`."""

    name: str
    directory: str
    packages: tuple[str, ...]
    inputs: Digest
    caches: go_command.Caches


@dataclass(frozen=True)
class GenerateSources:
    """What `go generate` is run on. `patterns` are its arguments in `module_directory`, and
    `digest` has the files at their paths in the repository; `workspace` is the go.work in force."""

    module_directory: str
    directives: tuple[Directive, ...]
    patterns: tuple[str, ...]
    digest: Digest
    workspace: str
    sdk: GoSdk
    downloads: Digest


@rule(desc="Find what go generate runs on", level=LogLevel.DEBUG)
async def find_generate_sources(request: GenerateSourcesRequest) -> GenerateSources:
    module = await find_module(FindModuleRequest(request.directory), **implicitly())
    if module.directory is None:
        raise GoGenerateError(
            f"{request.name}: there is no go.mod in {request.directory or 'the root'} or "
            "in a directory above it.\n\nMove the target into a Go module, or make one there: `go "
            "mod init example.com/name`."
        )
    directory = module.directory
    prepared = await prepare_module(PrepareModuleRequest(directory), **implicitly())
    tree, sdk, downloads = prepared.tree, prepared.sdk, prepared.downloads
    base = await merge_digests(MergeDigests([tree.digest, request.inputs]))
    snapshot = await digest_to_snapshot(base)
    named = package_directories(request.packages, snapshot.files)
    if not named:
        raise GoGenerateError(
            f"{request.name}: there is no Go package in {', '.join(request.packages) or '.'}.\n\n"
            "Check its field `packages`, which has directories relative to the BUILD file."
        )
    sources = await get_digest_contents(
        await digest_subset_to_digest(
            DigestSubset(
                base, PathGlobs([f"{paths.glob_literal(d)}/*.go" if d else "*.go" for d in named])
            )
        )
    )
    directives = tuple(
        directive
        for source in sorted(sources, key=lambda source: source.path)
        for directive in parse_directives(source.path, source.content.decode(errors="replace"))
    )
    if not directives:
        raise GoGenerateError(
            f"{request.name}: there is no `//go:generate` directive in {', '.join(named) or '.'}."
            "\n\nCheck its field `packages`."
        )
    module_path = next(m.go_mod.module for m in tree.mains if m.directory == directory)
    run = local_packages(directives, module_path, directory)
    directories = await create_digest(
        CreateDigest([Directory(d) for d in request.caches.directories])
    )
    prefixed = await add_prefix(AddPrefix(base, go_command.TREE))
    listing = Process(
        go_command.listing_command(
            directory,
            "list",
            "-e",
            "-deps",
            f"-json={','.join(DEPS_FIELDS)}",
            "--",
            *(pattern(d, directory) for d in (*named, *run)),
        ),
        env=generate_command.generate_environment(tree.workspace),
        input_digest=await merge_digests(MergeDigests([prefixed, directories])),
        immutable_input_digests={go_command.SDK: sdk.digest, go_command.DOWNLOADS: downloads},
        append_only_caches=request.caches.named,
        description=f"List what {request.name} generates code from",
        level=LogLevel.DEBUG,
    )
    listed = await execute_cached(listing)
    if lacks_downloads(listed):
        whole = await prepare_module(
            PrepareModuleRequest(directory, whole_graph=True), **implicitly()
        )
        downloads = whole.downloads
        listed = await execute_cached(
            dataclasses.replace(
                listing,
                immutable_input_digests=FrozenDict(
                    {go_command.SDK: sdk.digest, go_command.DOWNLOADS: downloads}
                ),
            )
        )
    if listed.exit_code != 0:
        raise GoGenerateError(
            f"{request.name}: its packages cannot be listed:\n\n"
            f"{messages.go_output(listed.stderr, directory)}"
        )
    used = frozenset(
        package.directory
        for package in parse_go_list(listed.stdout, go_command.TREE)
        if package.directory is not None
    )
    needed = files_of_packages(used.union(named), snapshot.files)
    narrowed = await digest_subset_to_digest(
        DigestSubset(base, PathGlobs([paths.glob_literal(file) for file in needed]))
    )
    return GenerateSources(
        directory,
        directives,
        tuple(pattern(d, directory) for d in named),
        await merge_digests(MergeDigests([narrowed, tree.module_files, request.inputs])),
        tree.workspace,
        sdk,
        downloads,
    )


def package_directories(packages: Iterable[str], files: Iterable[str]) -> tuple[str, ...]:
    """The directories with Go files that `packages` stand for."""
    with_go = sorted({posixpath.dirname(file) for file in files if file.endswith(".go")})
    found: dict[str, None] = {}
    for package in packages:
        if posixpath.basename(package) == "...":
            parent = posixpath.dirname(package)
            for directory in with_go:
                below = paths.relative_to(directory, parent)
                if paths.is_below(directory, parent) and not paths.go_skips(
                    "" if below == "." else below
                ):
                    found.setdefault(directory)
        elif package in with_go:
            found.setdefault(package)
    return tuple(found)


def files_of_packages(used: frozenset[str], files: Iterable[str]) -> tuple[str, ...]:
    """The files of the packages in these directories: those in them, and those in directories below
    them that are no packages themselves."""
    files = tuple(files)
    with_go = frozenset(posixpath.dirname(file) for file in files if file.endswith(".go"))
    return tuple(file for file in files if paths.nearest(posixpath.dirname(file), with_go) in used)


def pattern(directory: str, module_directory: str) -> str:
    """A directory of the repository as an argument of `go`, run in the module's directory."""
    relative = paths.relative_to(directory, module_directory)
    return "." if relative == "." else f"./{relative}"


def rules() -> Iterable[object]:
    return collect_rules()
