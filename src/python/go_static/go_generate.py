"""`go generate` with the pinned SDK, offline, on the files that it needs and no others."""

from __future__ import annotations

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

from go_static import generate_command, go_command, messages
from go_static.compat import (
    add_prefix,
    collect_rules,
    concurrently,
    create_digest,
    digest_subset_to_digest,
    get_digest_contents,
    implicitly,
    merge_digests,
    remove_prefix,
    rule,
)
from go_static.directives import failed_directive
from go_static.elsewhere import Run, execute_run
from go_static.generate_messages import GoGenerateError, failure_message, wrong_result
from go_static.generate_sources import GenerateSourcesRequest, find_generate_sources
from go_static.generate_tools import BuiltToolRequest, build_tool
from go_static.subsystems import GoStaticSubsystem
from go_static.tools import ToolRequest, find_tool


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
    caches = go_command.caches(options.isolated_caches or not request.run.is_first)
    sources = await find_generate_sources(
        GenerateSourcesRequest(
            request.name, request.address.spec_path, request.packages, request.inputs, caches
        ),
        **implicitly(),
    )
    directory, directives = sources.module_directory, sources.directives
    found = await concurrently(
        find_tool(ToolRequest(tool, request.name), **implicitly()) for tool in request.tools
    )
    built = await concurrently(
        build_tool(BuiltToolRequest(tool, request.name), **implicitly())
        for tool in request.built_tools
    )
    inputs = await add_prefix(AddPrefix(sources.digest, go_command.TREE))
    directories = await create_digest(CreateDigest([Directory(d) for d in caches.directories]))
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
                sources.patterns,
            ),
            env={
                **{
                    name: value
                    for name, value in request.env.items()
                    if not generate_command.has_place(value)
                },
                **generate_command.generate_environment(sources.workspace),
                "TOOLS": " ".join(tool.identity for tool in found),
            },
            input_digest=await merge_digests(
                MergeDigests([inputs, directories, places, *(tool.digest for tool in built)])
            ),
            immutable_input_digests={
                go_command.SDK: sources.sdk.digest,
                go_command.DOWNLOADS: sources.downloads,
            },
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


def read_list(content: bytes) -> tuple[str, ...]:
    """Paths that start with `./`, one on a line."""
    # A file's name may have any of the characters that `splitlines` splits at.
    lines = content.decode(errors="surrogateescape").split("\n")
    return tuple(posixpath.normpath(line) for line in lines if line)


def rules() -> Iterable[object]:
    return collect_rules()
