"""`go generate` with the pinned SDK, offline, on the files that it needs and no others."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.addresses import Address
from pants.engine.fs import (
    EMPTY_DIGEST,
    CreateDigest,
    Digest,
    DigestSubset,
    FileContent,
    PathGlobs,
    RemovePrefix,
)
from pants.engine.platform import Platform
from pants.engine.process import FallibleProcessResult, Process
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.codegen import commands
from go_static.codegen.built_tools import build_tool
from go_static.codegen.directives import failed_directive
from go_static.codegen.errors import GoGenerateError, failure_message, wrong_result
from go_static.codegen.inputs import GenerateSources, find_generate_sources
from go_static.codegen.system_tools import ToolRequest, find_tool
from go_static.engine.compat import (
    collect_rules,
    concurrently,
    create_digest,
    digest_subset_to_digest,
    get_digest_contents,
    implicitly,
    remove_prefix,
    rule,
)
from go_static.go import sandbox
from go_static.go.clean_output import clean_output
from go_static.go.second_run import Run, execute_run
from go_static.go.subsystem import GoStaticSubsystem


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


async def _written_files(
    name: str, sources: GenerateSources, result: FallibleProcessResult
) -> GoGenerated:
    """What the directives have written.

    :raises GoGenerateError: one failed, or they did not write what they have to.
    """
    directory, directives = sources.module_directory, sources.directives
    said = clean_output(result.stderr + b"\n" + result.stdout, directory)
    if result.exit_code != 0:
        output = (result.stderr + result.stdout).decode(errors="replace")
        raise GoGenerateError(
            failure_message(name, failed_directive(output, directory, directives), said)
        )
    digest = await remove_prefix(RemovePrefix(result.output_digest, sandbox.OUTPUT))
    lists = await get_digest_contents(
        await digest_subset_to_digest(DigestSubset(digest, PathGlobs(["written", "deleted"])))
    )
    names = {file.path: read_list(file.content) for file in lists}
    problem = wrong_result(name, names["written"], names["deleted"], directory, directives, said)
    if problem:
        raise GoGenerateError(problem)
    files = await digest_subset_to_digest(DigestSubset(digest, PathGlobs(["files/**"])))
    return GoGenerated(await remove_prefix(RemovePrefix(files, "files")), names["written"])


@rule(desc="Run go generate", level=LogLevel.DEBUG)
async def generate_go(
    request: GoGenerateRequest,
    options: GoStaticSubsystem,
    platform: Platform,
) -> GoGenerated:
    caches = sandbox.caches(options.isolated_caches or not request.run.is_first)
    sources = await find_generate_sources(
        request.name, request.address.spec_path, request.packages, request.inputs, caches
    )
    found = await concurrently(
        find_tool(ToolRequest(tool, request.name), **implicitly()) for tool in request.tools
    )
    built = await concurrently(
        build_tool(tool, request.name, platform) for tool in request.built_tools
    )
    places = FileContent(commands.WITH_PLACES, commands.with_places(request.env).encode())
    others = (await create_digest(CreateDigest([places])), *built)
    result = await execute_run(
        Process(
            commands.generate_command(
                sources.module_directory,
                ((tool.name, tool.path) for tool in found),
                sources.patterns,
            ),
            env={
                **{
                    name: value
                    for name, value in request.env.items()
                    if not commands.has_place(value)
                },
                **commands.generate_environment(sources.toolchain.workspace),
                "TOOLS": " ".join(tool.identity for tool in found),
            },
            input_digest=await sandbox.lay_out(sources.digest, caches, *others),
            immutable_input_digests=sources.toolchain.digests,
            append_only_caches=caches.named,
            output_directories=(sandbox.OUTPUT,),
            description=f"Generate {request.name}",
        ),
        request.run,
    )
    return await _written_files(request.name, sources, result)


def read_list(content: bytes) -> tuple[str, ...]:
    """Paths that start with `./`, one on a line."""
    # A file's name may have any of the characters that `splitlines` splits at.
    lines = content.decode(errors="surrogateescape").split("\n")
    return tuple(posixpath.normpath(line) for line in lines if line)


def rules() -> Iterable[object]:
    return collect_rules()
