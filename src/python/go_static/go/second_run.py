"""A second run of a process, in another place, and without what the first run left behind.

If the two were the same action, the second result would come from a cache. So in the second,
everything is one directory deeper, including the SDK: the paths of GOROOT, the module cache and the
sources all differ. And there are no named caches.
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
    """Which run of a step; `AGAIN_NOW` does not reuse the result of an earlier second run."""

    FIRST = "first"
    AGAIN = "again"
    AGAIN_NOW = "again, now"

    @property
    def is_first(self) -> bool:
        return self is Run.FIRST


async def execute_run(process: Process, run: Run) -> FallibleProcessResult:
    """The result of a process with the layout of go/sandbox.py; a second run needs the directories
    of isolated caches. The outputs have the same paths in both runs."""
    if run.is_first:
        return await execute_cached(process)
    apart = dict(process.immutable_input_digests)
    # An immutable input would be a symlink to the same place in every sandbox.
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
