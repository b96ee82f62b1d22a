"""Give compiled packages to processes on remote workers, as inputs.

Only the entries of the packages that a process needs are inputs: its key does not depend on what
else is in a chunk. Of the standard library, each gets what the module's packages import together.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pants.engine.fs import CreateDigest, Digest, FileEntry, RemovePrefix
from pants.engine.process import Process
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.compiled.chunks import Origin, in_waves
from go_static.compiled.plan import CompiledPlan, CompiledRequest, plan_compiled
from go_static.engine.compat import (
    concurrently,
    create_digest,
    get_digest_entries,
    implicitly,
    remove_prefix,
    rule,
)
from go_static.engine.processes import execute_cached
from go_static.go import sandbox

# The length of a package's key: `keyLength` in builder/_go/entries.go.
_KEY_LENGTH = 32


@dataclass(frozen=True)
class EntriesRequest:
    """The chunk of that number in a plan, on entries of all that it imports."""

    compiled: CompiledRequest
    number: int
    below: Digest


@dataclass(frozen=True)
class Entries:
    """The entries of a chunk; none if it does not compile: the process that needs it then says
    why."""

    files: tuple[FileEntry, ...]


def package_key(import_path: str) -> str:
    """What the names of a package's entries begin with: `packageKey` in builder/_go/entries.go."""
    return hashlib.sha256(import_path.encode()).hexdigest()[:_KEY_LENGTH]


def with_all_below(numbers: Iterable[int], plan: CompiledPlan) -> frozenset[int]:
    """These chunks, and those that they import from."""
    found: set[int] = set()
    pending = set(numbers)
    while pending:
        found |= pending
        pending = {below for n in pending for below in plan.chunks[n].chunk.below} - found
    return frozenset(found)


def choose(
    packages: Iterable[str], made: Mapping[int, Entries], plan: CompiledPlan
) -> tuple[FileEntry, ...]:
    """The entries of these packages among those of chunks, and all of the standard library."""
    chosen = []
    keys = frozenset(map(package_key, packages))
    for number, entries in sorted(made.items()):
        every = plan.chunks[number].chunk.origin is Origin.STANDARD
        chosen += [f for f in entries.files if every or f.path[:_KEY_LENGTH] in keys]
    return tuple(chosen)


def with_entries(process: Process, entries: Digest) -> Process:
    inputs = {**process.immutable_input_digests, sandbox.COMPILED: entries}
    return dataclasses.replace(process, immutable_input_digests=FrozenDict(inputs))


@rule(desc="Compile Go packages for remote workers", level=LogLevel.DEBUG)
async def compile_for_workers(request: EntriesRequest) -> Entries:
    plan = await plan_compiled(request.compiled, **implicitly())
    process = plan.chunks[request.number].process
    result = await execute_cached(with_entries(process, request.below))
    if result.exit_code != 0:
        return Entries(())
    output = f"{sandbox.OUTPUT}/{sandbox.COMPILED}"
    files = await get_digest_entries(
        await remove_prefix(RemovePrefix(result.output_digest, output))
    )
    return Entries(tuple(file for file in files if isinstance(file, FileEntry)))


async def on_inputs(
    process: Process, compiled: CompiledRequest, packages: Collection[str]
) -> Process:
    """A process with what other processes have compiled of these packages; they include all that
    they import."""
    plan = await plan_compiled(compiled, **implicitly())
    chunks = tuple(planned.chunk for planned in plan.chunks)
    made: dict[int, Entries] = {}
    for together in in_waves(with_all_below(plan.needed(packages), plan), chunks):
        below = await concurrently(
            create_digest(CreateDigest(choose(plan.chunks[number].imported, made, plan)))
            for number in together
        )
        entries = await concurrently(
            compile_for_workers(EntriesRequest(compiled, number, digest), **implicitly())
            for number, digest in zip(together, below)
        )
        made.update(zip(together, entries))
    chosen = await create_digest(CreateDigest(choose(packages, made, plan)))
    return with_entries(process, chosen)
