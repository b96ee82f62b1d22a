"""How long a process waits for a remote cache before it starts here as well.

Pants's own default is not to wait at all: it starts a process beside the lookup and cancels it when
the cache has the result, so that a build for which everything is cached still starts compilers.
"""

from __future__ import annotations

LOOKUP_MILLIS = 2_000
"""`remote_cache_speculation_delay_millis` of every cached process, in milliseconds.

A lookup that finds nothing ends the wait at once, and without a remote cache there is none; this is
what a server that does not answer costs, once per process.
"""
