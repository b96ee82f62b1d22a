"""Compile chunks once for all machines, and give them to the processes that need them.

On this machine, compiled packages get into Go's build cache, which is not part of a process's key:
so a build is found in a cache without a look at any chunk. A build that is not found asks for
compiled packages if its machine has not built the like lately: it ends with a special exit code.
Then each chunk is compiled or taken from a cache, and the build runs again.

A remote worker need not have a build cache that stays, so processes there share nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.fs import (
    AddPrefix,
    CreateDigest,
    Digest,
    Directory,
    MergeDigests,
    RemovePrefix,
)
from pants.engine.internals.session import RunId
from pants.engine.process import (
    FallibleProcessResult,
    Process,
    ProcessCacheScope,
    ProcessExecutionEnvironment,
    ProcessResultMetadata,
)
from pants.option.global_options import GlobalOptions
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.builder.arguments import Unpack
from go_static.builder.program import ASK_VARIABLE, ASKS, GIVEN_VARIABLE, command
from go_static.compiled.chunks import in_waves
from go_static.compiled.plan import CompiledPlan, CompiledRequest, PlannedChunk, plan_compiled
from go_static.engine.compat import (
    add_prefix,
    collect_rules,
    concurrently,
    create_digest,
    implicitly,
    merge_digests,
    remove_prefix,
    rule,
)
from go_static.engine.processes import execute_cached, execute_here
from go_static.go import sandbox
from go_static.go.subsystem import GoStaticSubsystem, ShareCompiled


@dataclass(frozen=True)
class SharingRequest:
    """For all processes of this environment."""


@dataclass(frozen=True)
class Sharing:
    """Whether machines share compiled packages."""

    is_on: bool


@dataclass(frozen=True)
class ChunkRequest:
    """The chunk of that number in a plan. `has_asked` is whether those that it imports from are in
    the build cache of this machine."""

    compiled: CompiledRequest
    number: int
    has_asked: bool = False


@dataclass(frozen=True)
class CompiledChunk:
    """A chunk is in the build cache, unless it does not compile: the build that needs it then says
    why. `asks` is whether it is not compiled yet, but asks for the chunks below."""

    asks: bool = False


@rule
async def find_sharing(
    _: SharingRequest,
    options: GoStaticSubsystem,
    global_options: GlobalOptions,
    environment: ProcessExecutionEnvironment,
) -> Sharing:
    return Sharing(
        shares(
            options.share_compiled,
            options.isolated_caches,
            reads=global_options.remote_cache_read,
            workers=environment.remote_execution,
        )
    )


def shares(chosen: ShareCompiled, isolated: bool, reads: bool, workers: bool) -> bool:
    """`reads` is whether there is a remote cache to read, `workers` whether remote workers run the
    processes."""
    if isolated or workers or chosen is ShareCompiled.NEVER:
        return False
    return reads or chosen is ShareCompiled.ALWAYS


def asking(process: Process) -> Process:
    """The same process, which asks before it compiles much. Its key is the same."""
    return dataclasses.replace(process, execution_slot_variable=ASK_VARIABLE)


def given(process: Process) -> Process:
    """The same process after it has asked."""
    return dataclasses.replace(process, execution_slot_variable=GIVEN_VARIABLE)


async def _unpack(planned: PlannedChunk, entries: Digest) -> None:
    """Put the entries of a chunk into this machine's build cache."""
    arguments = Unpack(planned.arguments.document().decode())
    directories = map(Directory, sandbox.caches(isolated=False).directories)
    own = await create_digest(CreateDigest([*directories, arguments.file()]))
    below = await add_prefix(AddPrefix(entries, sandbox.COMPILED))
    digests = planned.process.immutable_input_digests
    await execute_here(
        dataclasses.replace(
            given(planned.process),
            argv=command(arguments),
            input_digest=await merge_digests(MergeDigests([own, below])),
            immutable_input_digests=FrozenDict(
                {name: digests[name] for name in (sandbox.SDK, sandbox.BUILDER)}
            ),
            output_directories=(),
            concurrency_available=0,
            cache_scope=ProcessCacheScope.PER_SESSION,
            description=f"Take over what others have compiled: {planned.process.description}",
        ),
        None,
    )


@rule(desc="Compile Go packages for all machines", level=LogLevel.DEBUG)
async def compile_chunk(request: ChunkRequest, run: RunId) -> CompiledChunk:
    plan = await plan_compiled(request.compiled, **implicitly())
    planned = plan.chunks[request.number]
    may_ask = planned.chunk.below and not request.has_asked
    process = planned.process
    result = await execute_cached(asking(process) if may_ask else given(process))
    if result.exit_code != 0:
        return CompiledChunk(asks=result.exit_code == ASKS)
    if result.metadata.source(run) is not ProcessResultMetadata.Source.RAN:
        below_output = f"{sandbox.OUTPUT}/{sandbox.COMPILED}"
        entries = await remove_prefix(RemovePrefix(result.output_digest, below_output))
        await _unpack(planned, entries)
    return CompiledChunk()


async def _into_build_cache(
    compiled: CompiledRequest, plan: CompiledPlan, needed: Iterable[int]
) -> None:
    """Get chunks into the build cache of this machine. Those that no cache has are compiled, each
    after those below it."""
    chunks = tuple(made.chunk for made in plan.chunks)
    seen: set[int] = set()
    missing: set[int] = set()
    pending = set(needed)
    while pending:
        numbers = sorted(pending)
        taken = await concurrently(
            compile_chunk(ChunkRequest(compiled, number), **implicitly()) for number in numbers
        )
        seen.update(numbers)
        asking_now = {number for number, chunk in zip(numbers, taken) if chunk.asks}
        missing |= asking_now
        pending = {n for number in asking_now for n in chunks[number].below} - seen
    for together in in_waves(missing, chunks):
        await concurrently(
            compile_chunk(ChunkRequest(compiled, number, has_asked=True), **implicitly())
            for number in together
        )


async def execute_on_compiled(
    process: Process, compiled: CompiledRequest, main: str, graph: Mapping[str, tuple[str, ...]]
) -> FallibleProcessResult:
    """The result of a process that compiles the packages of the binary of `main`, on what other
    machines have compiled, if machines share. `graph` is as in import_graph.py."""
    sharing = await find_sharing(SharingRequest(), **implicitly())
    if not sharing.is_on:
        return await execute_cached(process)
    result = await execute_cached(asking(process))
    if result.exit_code != ASKS:
        return result
    plan = await plan_compiled(compiled, **implicitly())
    await _into_build_cache(compiled, plan, plan.needed(main, graph))
    return await execute_cached(given(process))


def rules() -> Iterable[object]:
    return collect_rules()
