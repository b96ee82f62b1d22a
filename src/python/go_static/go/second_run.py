"""A second run of what has been run once: at another place, and without what the first left behind.

Two runs of the same action would be one: the second would be the first's result from a cache. So
the second one is another action. Everything lies one directory deeper, the SDK too, which makes it
another GOROOT, another module cache and other sources for everybody who looks at paths; and there
are no named caches.
"""

from __future__ import annotations

import dataclasses
from enum import Enum

from pants.engine.fs import AddPrefix, MergeDigests
from pants.engine.process import FallibleProcessResult, Process, ProcessCacheScope
from pants.util.frozendict import FrozenDict

from go_static.engine.compat import add_prefix, merge_digests
from go_static.engine.processes import execute_cached
from go_static.go import sandbox

DIRECTORY = "elsewhere"


class Run(Enum):
    """Which run of a step it is; `AGAIN_NOW` does not take the result of an earlier second run."""

    FIRST = "first"
    AGAIN = "again"
    AGAIN_NOW = "again, now"

    @property
    def is_first(self) -> bool:
        return self is Run.FIRST


async def execute_run(process: Process, run: Run) -> FallibleProcessResult:
    """The result of a process that has the layout of go/sandbox.py. For a second run it must have
    the directories of isolated caches; its outputs are where those of the first are."""
    if run.is_first:
        return await execute_cached(process)
    apart = dict(process.immutable_input_digests)
    # As an immutable input it would be a link, to the same place for all sandboxes.
    sdk = await add_prefix(AddPrefix(apart.pop(sandbox.SDK), sandbox.SDK))
    inputs = await merge_digests(MergeDigests([process.input_digest, sdk]))
    return await execute_cached(
        dataclasses.replace(
            process,
            working_directory=DIRECTORY,
            input_digest=await add_prefix(AddPrefix(inputs, DIRECTORY)),
            immutable_input_digests=FrozenDict(
                {f"{DIRECTORY}/{name}": digest for name, digest in apart.items()}
            ),
            append_only_caches=FrozenDict(),
            cache_scope=ProcessCacheScope.PER_SESSION
            if run is Run.AGAIN_NOW
            else process.cache_scope,
            description=f"{process.description} again, elsewhere",
        )
    )
