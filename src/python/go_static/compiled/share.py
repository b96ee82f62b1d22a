"""Compile chunks once for all machines, and give them to the processes that need them.

On this machine, compiled packages get into Go's build cache, which is not part of a process's key:
so a build is found in a cache without a look at any chunk. A build that is not found asks for
compiled packages if its machine has not built the like lately: it ends with a special exit code.
Then chunks are taken from a cache. If it lacks some, the build runs without them, records what it
has compiled, and the missing chunks are made of that. Builds that run at once with the same plan
have their records, and the chunks, in common.

A remote worker need not have a build cache that stays, so a process there gets compiled packages as
inputs (as_inputs.py).
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from pants.engine.fs import AddPrefix, CreateDigest, Digest, Directory, MergeDigests, RemovePrefix
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
from go_static.compiled.as_inputs import on_inputs
from go_static.compiled.plan import CompiledRequest, PlannedChunk, plan_compiled
from go_static.engine.compat import (
    add_prefix,
    concurrently,
    create_digest,
    implicitly,
    merge_digests,
    remove_prefix,
    rule,
)
from go_static.engine.processes import TRANSFER_MILLIS, execute_cached, execute_here
from go_static.go import sandbox
from go_static.go.subsystem import GoStaticSubsystem, ShareCompiled
from go_static.listing.import_graph import importers

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SharingRequest:
    """For all processes of this environment."""


class Way(Enum):
    """How a process gets what other machines have compiled."""

    NONE = "none"
    BUILD_CACHE = "build cache"
    INPUTS = "inputs"


@dataclass(frozen=True)
class Sharing:
    way: Way


@dataclass(frozen=True)
class AskRequest:
    process: Process


@dataclass(frozen=True)
class Asked:
    """The result of a process, or None if it asks for compiled packages."""

    result: FallibleProcessResult | None = None


@dataclass(frozen=True)
class ChunkRequest:
    """The chunk of that number in a plan. It is made of what builds have recorded of that plan, or
    else taken from a cache."""

    compiled: CompiledRequest
    number: int
    recorded: bool = False


@dataclass(frozen=True)
class CompiledChunk:
    """`is_missing` is whether no cache has it, and this machine has compiled nothing like it."""

    is_missing: bool = False


@rule
async def find_sharing(
    _: SharingRequest,
    options: GoStaticSubsystem,
    global_options: GlobalOptions,
    environment: ProcessExecutionEnvironment,
) -> Sharing:
    return Sharing(
        way_of_sharing(
            options.share_compiled,
            options.isolated_caches,
            reads=global_options.remote_cache_read,
            workers=environment.remote_execution,
        )
    )


def way_of_sharing(chosen: ShareCompiled, isolated: bool, reads: bool, workers: bool) -> Way:
    """`reads` is whether there is a remote cache to read, `workers` whether remote workers run the
    processes."""
    if isolated or chosen is ShareCompiled.NEVER:
        return Way.NONE
    if workers:
        return Way.INPUTS
    return Way.BUILD_CACHE if reads or chosen is ShareCompiled.ALWAYS else Way.NONE


def asking(process: Process) -> Process:
    """The same process, which asks before it compiles much. Its key is the same. Pants does not say
    that it has completed, as it may only have asked."""
    return dataclasses.replace(process, execution_slot_variable=ASK_VARIABLE, level=LogLevel.DEBUG)


def given(process: Process, record: str = "") -> Process:
    """The same process after it has asked. A build that compiles chunks records this under the name
    `record`, and a process that makes a chunk reads it."""
    return dataclasses.replace(process, execution_slot_variable=f"{GIVEN_VARIABLE}{record}")


@rule
async def execute_asking(request: AskRequest, run: RunId) -> Asked:
    process = request.process
    result = await execute_cached(asking(process))
    if result.exit_code == ASKS:
        return Asked()
    if result.metadata.source(run) is ProcessResultMetadata.Source.RAN:
        logger.log(process.level.level, f"Completed: {process.description}")
    return Asked(result)


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
    if request.recorded:
        await execute_cached(given(planned.process, plan.name))
        return CompiledChunk()
    result = await execute_cached(asking(planned.process), lookup_millis=TRANSFER_MILLIS)
    # A chunk that does not compile is left to the build that needs it: it then says why.
    if result.exit_code != 0:
        return CompiledChunk(is_missing=result.exit_code == ASKS)
    if result.metadata.source(run) is not ProcessResultMetadata.Source.RAN:
        below_output = f"{sandbox.OUTPUT}/{sandbox.COMPILED}"
        entries = await remove_prefix(RemovePrefix(result.output_digest, below_output))
        await _unpack(planned, entries)
    return CompiledChunk()


async def _compile_chunks(
    compiled: CompiledRequest, numbers: Iterable[int], *, recorded: bool = False
) -> tuple[CompiledChunk, ...]:
    return await concurrently(
        compile_chunk(ChunkRequest(compiled, number, recorded), **implicitly())
        for number in numbers
    )


async def execute_unless_it_asks(process: Process) -> FallibleProcessResult | None:
    """The result of a process that compiles packages, or None if it needs those that other machines
    have compiled."""
    sharing = await find_sharing(SharingRequest(), **implicitly())
    if sharing.way is Way.NONE:
        return await execute_cached(process)
    if sharing.way is Way.INPUTS:
        return None
    asked: Asked = await execute_asking(AskRequest(process), **implicitly())
    return asked.result


async def execute_on_compiled(
    process: Process, compiled: CompiledRequest, main: str
) -> FallibleProcessResult:
    """The result of a process that compiles the packages of `main`, one of those in `compiled`, on
    what other machines have compiled."""
    packages = importers(main, compiled.listed.graph)
    sharing = await find_sharing(SharingRequest(), **implicitly())
    if sharing.way is Way.INPUTS:
        return await execute_cached(await on_inputs(process, compiled, packages))
    plan = await plan_compiled(compiled, **implicitly())
    needed = plan.needed(packages)
    taken = await _compile_chunks(compiled, needed)
    missing = [number for number, chunk in zip(needed, taken) if chunk.is_missing]
    if not missing:
        return await execute_cached(given(process))
    result = await execute_cached(given(process, plan.name))
    if result.exit_code == 0:
        await _compile_chunks(compiled, missing, recorded=True)
    return result
