"""Run processes with a shared cache: wait for its answer, and check the result."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from typing import Any

from pants.engine.fs import EMPTY_DIGEST
from pants.engine.process import FallibleProcessResult, Process, ProcessCacheScope
from pants.util.frozendict import FrozenDict

from go_static.engine.compat import execute_process, execute_process_in, implicitly
from go_static.engine.local_machine import Here

logger = logging.getLogger(__name__)

LOOKUP_MILLIS = 20_000
"""How long a process waits for a remote cache before it also starts here, in milliseconds.

By default, Pants starts the process during the lookup, and cancels it if the cache has the result.
So even a fully cached build starts compilers, and they slow down the transfer of what it needs.

A miss ends the wait at once, and so does a server that does not respond to a lookup (in
`[GLOBAL].remote_cache_rpc_timeout_millis`). One that stalls later costs this time for each process.
"""

TRANSFER_MILLIS = 300_000
"""The same for a process that must not start while its result is on its way: it would fail, or say
that no cache has it. A miss, or a server that does not respond, ends the wait before."""


async def execute_cached(
    process: Process, here: Here | None = None, lookup_millis: int = LOOKUP_MILLIS
) -> FallibleProcessResult:
    """The result of a process that prints something or has an output if it succeeds.

    A success with neither comes from a damaged record in a cache: an empty `ActionResult` of the
    Remote Execution API reads as success. The process then runs again.

    With `here`, it runs on this machine even if remote workers run the others.
    """
    result = await execute_here(
        dataclasses.replace(process, remote_cache_speculation_delay_millis=lookup_millis), here
    )
    if result.exit_code != 0 or result.stdout or result.output_digest != EMPTY_DIGEST:
        return result
    logger.warning(
        f"Ignoring an empty cached result for `{process.description}`; rerunning. Remove that "
        "result from the remote cache, or remove the local cache: `[GLOBAL].local_store_dir`."
    )
    # This does not look in any cache.
    return await execute_here(
        dataclasses.replace(process, cache_scope=ProcessCacheScope.PER_SESSION), here
    )


async def execute_attempts(process: Process, attempts: int) -> tuple[FallibleProcessResult, ...]:
    """The results of a process that runs again when it fails. Before Pants 2.18, there is one."""
    results = [await execute_cached(process)]
    while results[-1].exit_code != 0 and len(results) < attempts:
        attempt: dict[str, Any] = {"attempt": len(results)}
        results.append(await execute_cached(dataclasses.replace(process, **attempt)))
    return tuple(results)


async def execute_here(process: Process, here: Here | None) -> FallibleProcessResult:
    """The result of a process; with `here`, of one that must run on this machine."""
    if here is None:
        return await execute_process(process, **implicitly())
    return await execute_process_in(process, here.environment)


def not_shared(process: Process, store: Path) -> Process:
    """The process, with a result that no other machine gets: it takes less time to make than to
    transfer. `store` is `[GLOBAL].local_store_dir`."""
    scope = getattr(ProcessCacheScope, "LOCAL_SUCCESSFUL", None)
    if scope is not None:
        return dataclasses.replace(process, cache_scope=scope)
    # Older releases have no such scope (pull request 21290 of Pants). No remote cache has a key
    # with the time at which this store was created.
    try:
        created = str(store.stat().st_mtime_ns)
    except FileNotFoundError:
        # Deleted while pantsd runs; or the engine of Pants's RuleRunner, whose store is elsewhere.
        return process
    return dataclasses.replace(process, env=FrozenDict({**process.env, "STORE": created}))
