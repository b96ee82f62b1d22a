"""`go generate` with the pinned SDK, offline, on the files that it needs and no others."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.addresses import Address
from pants.engine.fs import (
    EMPTY_DIGEST,
    AddPrefix,
    CreateDigest,
    Digest,
    DigestSubset,
    Directory,
    FileContent,
    MergeDigests,
    PathGlobs,
    RemovePrefix,
)
from pants.engine.process import Process
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static import generate_command, go_command, messages, paths
from go_static.compat import (
    add_prefix,
    collect_rules,
    concurrently,
    create_digest,
    digest_subset_to_digest,
    digest_to_snapshot,
    get_digest_contents,
    implicitly,
    merge_digests,
    remove_prefix,
    rule,
)
from go_static.directives import Directive, failed_directive, local_packages, parse_directives
from go_static.downloads import lacks_downloads
from go_static.elsewhere import Run, execute_run
from go_static.generate_tools import BuiltToolRequest, build_tool
from go_static.go_list import DEPS_FIELDS, parse_go_list
from go_static.module import FindModuleRequest, find_module
from go_static.prepared import PrepareModuleRequest, prepare_module
from go_static.remote_cache import execute_cached
from go_static.subsystems import GoStaticSubsystem
from go_static.tools import ToolRequest, find_tool


class GoGenerateError(Exception):
    """Code that was not generated; the text has the directive and what it said."""


@dataclass(frozen=True)
class GoGenerateRequest:
    """Run the directives of `packages`, directories of the repository in which a last element `...`
    stands for all below. `tools` are names of the machine's programs, `built_tools` addresses.
    `inputs` has files that lie in the tree beside those of the module."""

    name: str
    address: Address
    packages: tuple[str, ...]
    tools: tuple[str, ...]
    built_tools: tuple[str, ...]
    env: FrozenDict[str, str]
    inputs: Digest = EMPTY_DIGEST
    run: Run = Run.FIRST


@dataclass(frozen=True)
class GoGenerated:
    """What the directives wrote, at its paths in the repository."""

    digest: Digest
    files: tuple[str, ...]


@rule(desc="Run go generate", level=LogLevel.DEBUG)
async def generate_go(request: GoGenerateRequest, options: GoStaticSubsystem) -> GoGenerated:
    module = await find_module(FindModuleRequest(request.address.spec_path), **implicitly())
    if module.directory is None:
        raise GoGenerateError(
            f"{request.name}: there is no go.mod in {request.address.spec_path or 'the root'} or "
            "in a directory above it.\n\nMove the target into a Go module, or make one there: `go "
            "mod init example.com/name`."
        )
    directory = module.directory
    prepared = await prepare_module(PrepareModuleRequest(directory), **implicitly())
    tree, sdk, downloads = prepared.tree, prepared.sdk, prepared.downloads
    base = await merge_digests(MergeDigests([tree.digest, request.inputs]))

    # Which packages there are, and what they are made of, decides which files the directives get:
    # a change elsewhere must not run them again.
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
    caches = go_command.caches(options.isolated_caches or not request.run.is_first)
    directories = await create_digest(CreateDigest([Directory(d) for d in caches.directories]))
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
        append_only_caches=caches.named,
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
    found = await concurrently(
        find_tool(ToolRequest(tool, request.name), **implicitly()) for tool in request.tools
    )
    built = await concurrently(
        build_tool(BuiltToolRequest(tool, request.name), **implicitly())
        for tool in request.built_tools
    )
    inputs = await add_prefix(
        AddPrefix(
            await merge_digests(MergeDigests([narrowed, tree.module_files, request.inputs])),
            go_command.TREE,
        )
    )
    places = await create_digest(
        CreateDigest(
            [
                FileContent(
                    generate_command.WITH_PLACES,
                    generate_command.with_places(request.env).encode(),
                )
            ]
        )
    )
    result = await execute_run(
        Process(
            generate_command.generate_command(
                directory,
                ((tool.name, tool.path) for tool in found),
                (pattern(d, directory) for d in named),
            ),
            env={
                **{
                    name: value
                    for name, value in request.env.items()
                    if not generate_command.has_place(value)
                },
                **generate_command.generate_environment(tree.workspace),
                "TOOLS": " ".join(tool.identity for tool in found),
            },
            input_digest=await merge_digests(
                MergeDigests([inputs, directories, places, *(tool.digest for tool in built)])
            ),
            immutable_input_digests={go_command.SDK: sdk.digest, go_command.DOWNLOADS: downloads},
            append_only_caches=caches.named,
            output_directories=(go_command.OUTPUT,),
            description=f"Generate {request.name}",
        ),
        request.run,
    )
    said = messages.go_output(result.stderr + b"\n" + result.stdout, directory)
    if result.exit_code != 0:
        output = (result.stderr + result.stdout).decode(errors="replace")
        raise GoGenerateError(
            failure_message(request.name, failed_directive(output, directory, directives), said)
        )
    output_digest = await remove_prefix(RemovePrefix(result.output_digest, go_command.OUTPUT))
    lists = await get_digest_contents(
        await digest_subset_to_digest(
            DigestSubset(output_digest, PathGlobs(["written", "deleted"]))
        )
    )
    names = {file.path: read_list(file.content) for file in lists}
    problem = wrong_result(
        request.name, names["written"], names["deleted"], directory, directives, said
    )
    if problem:
        raise GoGenerateError(problem)
    files = await remove_prefix(
        RemovePrefix(
            await digest_subset_to_digest(DigestSubset(output_digest, PathGlobs(["files/**"]))),
            "files",
        )
    )
    return GoGenerated(files, names["written"])


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


def read_list(content: bytes) -> tuple[str, ...]:
    """Paths that start with `./`, one on a line."""
    lines = content.decode(errors="surrogateescape").splitlines()
    return tuple(posixpath.normpath(line) for line in lines if line)


def wrong_result(
    name: str,
    written: tuple[str, ...],
    deleted: tuple[str, ...],
    module_directory: str,
    directives: tuple[Directive, ...],
    said: str,
) -> str:
    """What is wrong with a run in which no directive failed; empty if nothing is."""
    run = "\n".join(f"  {directive}" for directive in directives)
    output = f"\n\nThey said:\n\n{said}" if said.strip() else ""
    if deleted:
        return (
            f"{name}: its directives deleted {', '.join(deleted)}, so nothing was built.\n\n{run}"
            f"{output}\n\nCode generation may create and change files only. Let the directives "
            "leave the others alone, or delete them from the repository."
        )
    if not written:
        return (
            f"{name}: its directives wrote no file, so nothing was built.\n\n{run}{output}\n\n"
            "Check that they write below the directory of the go.mod, and not to a place of the "
            "machine."
        )
    outside = [path for path in written if not paths.is_below(path, module_directory)]
    if outside:
        return (
            f"{name}: its directives wrote {', '.join(outside)}, which is outside of their module "
            f"in {module_directory or 'the root'}, so nothing was built.\n\n{run}{output}\n\n"
            "Let them write below the directory of the go.mod, or give the other module a "
            "`go_generate` of its own."
        )
    return ""


def failure_message(name: str, directive: Directive | None, said: str) -> str:
    """For a directive that failed."""
    which = f"\n\n  {directive}" if directive else ""
    return (
        f"{name}: `go generate` failed, so nothing was built.{which}\n\nIt said:\n\n{said}\n\n"
        "The directives run without a network, and see `go`, the programs that the field `tools` "
        "names, and the files of their packages, of what these import and of `dependencies`."
    )


def rules() -> Iterable[object]:
    return collect_rules()
