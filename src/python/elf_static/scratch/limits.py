"""Resource limits for programs under test."""

from __future__ import annotations

import errno
import os
import resource

MOST_TASKS = 1024
"""The most processes and threads at a time."""

# No limit on address space, of which Go reserves more than any sensible limit.
_LIMITS = (
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_DATA, 8 << 30),
    (resource.RLIMIT_FSIZE, 1 << 30),
    (resource.RLIMIT_NOFILE, 1024),
)


def limit_resources() -> None:
    """Limit this process permanently."""
    for kind, limit in _LIMITS:
        _limit(kind, limit)


def limit_tasks(tasks: int) -> None:
    """Limit this user's processes and threads.

    :raises OSError: the limit has no effect. The kernel exempts the machine's root in any user
        namespace, CAP_SYS_RESOURCE and CAP_SYS_ADMIN (fork(2), EAGAIN).
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
    reason = "the kernel exempts root, which this user is outside its user namespace"
    raise OSError(errno.EPERM, f"{reason}; run the test as another user")


def _limit(kind: int, limit: int) -> None:
    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(kind, (limit, limit))
