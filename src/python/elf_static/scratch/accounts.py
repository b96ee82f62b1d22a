"""The accounts that programs under test run as."""

from __future__ import annotations

import os
from dataclasses import dataclass

# The first of 2^24 ids that no software assigns ("unused" in https://systemd.io/UIDS-GIDS).
_UNUSED = 0x70000000
_NOBODY = 65534


@dataclass(frozen=True)
class Account:
    """The ids of a user and a group."""

    user: int
    group: int

    def become(self) -> None:
        """
        :raises OSError: CAP_SETUID or CAP_SETGID is missing.
        """
        os.setgroups([])
        os.setresgid(self.group, self.group, self.group)
        os.setresuid(self.user, self.user, self.user)


def unused_account() -> Account | None:
    """A user and a group. No process runs as the user, or as its neighbor `user ^ 1`. None in a
    user namespace with only one id, such as that of `unshare --map-root-user`."""
    taken = {_NOBODY, *(user for _, user in _processes())}
    while True:
        user, group = _pick("/proc/self/uid_map"), _pick("/proc/self/gid_map")
        if user is None or group is None:
            return None
        if user not in taken and user ^ 1 not in taken:
            return Account(user, group)


def _pick(map_file: str) -> int | None:
    """A random id: one that no software assigns if possible, else one in the upper quarter of the
    largest mapped range. A line has the first id inside, the first id outside, and the number."""
    try:
        with open(map_file, encoding="ascii") as lines:
            ranges = [tuple(map(int, line.split())) for line in lines]
    except OSError:
        return None
    at_random = int.from_bytes(os.urandom(3), "big")
    if any(first <= _UNUSED and first + size >= _UNUSED + (1 << 24) for first, _, size in ranges):
        return _UNUSED + at_random
    size, first = max((size, first) for first, _, size in ranges)
    return (first + size - 2 - at_random % (size // 4)) & ~1 if size >= 1024 else None


def tasks_counted_with(user: int) -> int:
    """How many processes and threads RLIMIT_NPROC counts in addition to those of a new user
    namespace: before Linux 5.14, all of the user's."""
    release = os.uname().release.split(".")
    if (int(release[0]), int(release[1].partition("-")[0])) >= (5, 14):
        return 0
    count = 0
    for pid, owner in _processes():
        if owner == user:
            try:
                count += len(os.listdir(f"/proc/{pid}/task"))
            except OSError:
                continue  # The process has ended.
    return count


def _processes() -> list[tuple[str, int]]:
    """The ids and users of all processes."""
    found = []
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    for name in names:
        if name.isdigit():
            try:
                found.append((name, os.stat(f"/proc/{name}").st_uid))
            except OSError:
                continue  # The process has ended.
    return found
