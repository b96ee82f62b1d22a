"""The limits of a program that is started for a test."""

from __future__ import annotations

import errno
import os
import resource

MOST_TASKS = 1024
"""Processes and threads that it may have at a time."""

# None on address space, of which Go reserves more than any limit would allow.
_LIMITS = (
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_DATA, 8 << 30),
    (resource.RLIMIT_FSIZE, 1 << 30),
    (resource.RLIMIT_NOFILE, 1024),
)


def limit_resources() -> None:
    """Of this process, and for good."""
    for kind, limit in _LIMITS:
        _limit(kind, limit)


def limit_tasks(tasks: int) -> None:
    """Those of this user.

    :raises OSError: the limit does not hold: the kernel has none for the root of the machine, in
        whatever user namespace, nor for CAP_SYS_RESOURCE and CAP_SYS_ADMIN (fork(2), EAGAIN).
    """
    _limit(resource.RLIMIT_NPROC, tasks)
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, hard))
    try:
        child = os.fork()
    except BlockingIOError:
        resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
        return
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    reason = "the kernel has none for root, which this user is outside of its user namespace"
    raise OSError(errno.EPERM, f"{reason}; run the test as another user")


def _limit(kind: int, limit: int) -> None:
    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(kind, (limit, limit))
