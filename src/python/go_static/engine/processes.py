"""How processes meet a cache that many share: they wait for its answer, and look at what it is."""

from __future__ import annotations

import dataclasses
import logging

from pants.engine.fs import EMPTY_DIGEST
from pants.engine.process import FallibleProcessResult, Process, ProcessCacheScope

from go_static.engine.compat import execute_process, execute_process_in, implicitly
from go_static.engine.local_machine import Here

logger = logging.getLogger(__name__)

LOOKUP_MILLIS = 2_000
"""How long a process waits for a remote cache before it starts here as well, in milliseconds.

Pants's own default is not to wait at all: it starts a process beside the lookup and cancels it when
the cache has the result, so that a build for which everything is cached still starts compilers.

A lookup that finds nothing ends the wait at once, and without a remote cache there is none; this is
what a server that does not answer costs, once per process.
"""


async def execute_cached(process: Process, here: Here | None = None) -> FallibleProcessResult:
    """The result of a process which, when it succeeds, prints something or has an output.

    A success with neither is no result of it: the record of a cache was lost in part, and what is
    missing from such a record reads as success (`ActionResult` of the Remote Execution API is valid
    when it is empty). The process is then run again.

    With `here`, it is run on this machine where others are run by remote workers.
    """
    result = await execute_here(
        dataclasses.replace(process, remote_cache_speculation_delay_millis=LOOKUP_MILLIS), here
    )
    if result.exit_code != 0 or result.stdout or result.output_digest != EMPTY_DIGEST:
        return result
    logger.warning(
        f"Ignoring an empty cached result for `{process.description}`; rerunning. Remove that "
        "result from the remote cache, or remove the local cache: `[GLOBAL].local_store_dir`."
    )
    # No cache is asked for this.
    return await execute_here(
        dataclasses.replace(process, cache_scope=ProcessCacheScope.PER_SESSION), here
    )


async def execute_here(process: Process, here: Here | None) -> FallibleProcessResult:
    """The result of a process that reads this machine, if there is a `here`."""
    if here is None:
        return await execute_process(process, **implicitly())
    return await execute_process_in(process, here.environment)
