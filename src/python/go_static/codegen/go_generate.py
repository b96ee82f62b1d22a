"""Run `go generate` with the pinned SDK, offline, on exactly the files that it needs."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pants.engine.addresses import Address
from pants.engine.fs import EMPTY_DIGEST, Digest, RemovePrefix
from pants.engine.platform import Platform
from pants.engine.process import FallibleProcessResult, Process, ProcessExecutionEnvironment
from pants.util.frozendict import FrozenDict

from go_static.builder.arguments import GoGenerate
from go_static.builder.program import checked, command
from go_static.codegen import environment
from go_static.codegen.built_tools import build_tool
from go_static.codegen.directives import failed_directive
from go_static.codegen.errors import GoGenerateError, failure_message, wrong_result
from go_static.codegen.inputs import GenerateSources, find_generate_sources
from go_static.codegen.system_tools import find_tool
from go_static.engine.compat import concurrently, remove_prefix
from go_static.go import sandbox
from go_static.go.clean_output import clean_output
from go_static.go.second_run import Run, execute_run
from go_static.go.subsystem import GoStaticSubsystem

# Where the builder puts what directives wrote.
_FILES = f"{sandbox.OUTPUT}/files"


@dataclass(frozen=True)
class GoGenerateRequest:
    """Run the directives of `packages`: directories of the repository, where a last element `...`
    matches all below. `tools` are names of programs on the machine, `built_tools` addresses.
    `inputs` holds files in addition to those of the module."""

    name: str
    address: Address
    packages: tuple[str, ...]
    tools: tuple[str, ...]
    built_tools: tuple[str, ...]
    env: FrozenDict[str, str]
    inputs: Digest = EMPTY_DIGEST
    run: Run = Run.FIRST


async def _written_files(
    name: str, sources: GenerateSources, result: FallibleProcessResult
) -> Digest:
    """The files that the directives wrote.

    :raises GoGenerateError: one failed, or they did not write what they have to.
    """
    directory, directives = sources.module_directory, sources.directives
    said = clean_output(result.stderr, directory)
    if result.exit_code != 0:
        output = result.stderr.decode(errors="replace")
        raise GoGenerateError(
            failure_message(name, failed_directive(output, directory, directives), said)
        )
    names = json.loads(result.stdout)
    written, deleted = tuple(names["written"]), tuple(names["deleted"])
    problem = wrong_result(name, written, deleted, directory, directives, said)
    if problem:
        raise GoGenerateError(problem)
    return await remove_prefix(RemovePrefix(result.output_digest, _FILES))


async def generate_go(
    request: GoGenerateRequest,
    options: GoStaticSubsystem,
    platform: Platform,
    execution: ProcessExecutionEnvironment,
) -> Digest:
    """The files that the directives write, at their paths in the repository.

    :raises GoGenerateError: there are no directives, or one of them failed.
    """
    caches = sandbox.caches(options.isolated_caches or not request.run.is_first)
    sources = await find_generate_sources(
        request.name, request.address.spec_path, request.packages, request.inputs, caches
    )
    found = await concurrently(find_tool(tool, request.name, execution) for tool in request.tools)
    built = await concurrently(
        build_tool(tool, request.name, platform) for tool in request.built_tools
    )
    arguments = GoGenerate(
        directory=sources.module_directory,
        packages=sources.patterns,
        tools=found,
        environment=dict(request.env),
    )
    result = await execute_run(
        Process(
            command(arguments),
            env=environment.generate_environment(sources.toolchain.workspace),
            input_digest=await sandbox.lay_out(
                sources.digest, caches, *built, arguments=arguments.file()
            ),
            immutable_input_digests=sources.toolchain.digests,
            append_only_caches=caches.named,
            output_directories=(_FILES,),
            description=f"Generate {request.name}",
        ),
        request.run,
    )
    return await _written_files(request.name, sources, checked(result))
