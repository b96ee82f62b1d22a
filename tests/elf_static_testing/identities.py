"""Users that start a program in an empty root: a child of the tests changes its identity first."""

from __future__ import annotations

import ctypes
import os
import pickle
import struct
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

# Import these now: another identity may not be able to read the tests' Python.
from elf_static.scratch import (
    guard,  # noqa: F401
    linux,
)

of_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="NOT TESTED: the isolation as root. Run the tests as root too."
)

_NEW_USER = 0x10000000
_ORDINARY = 54321
_CAP_SYS_ADMIN, _CAP_SYS_CHROOT = 21, 18


def root() -> None:
    """With all privileges of this machine's root."""
    assert os.geteuid() == 0


def ordinary_user() -> None:
    os.setgroups([])
    os.setresgid(_ORDINARY, _ORDINARY, _ORDINARY)
    os.setresuid(_ORDINARY, _ORDINARY, _ORDINARY)
    linux.set_dumpable(True)  # as after an exec


def whoever_this_is() -> None:
    pass


def root_without_user_namespaces() -> None:
    """As with `sysctl user.max_user_namespaces=0`, which would affect the whole machine. Here it
    applies to a user namespace with all ids."""
    ready, ready_end = os.pipe()
    mapped, mapped_end = os.pipe()
    parent = os.getpid()
    mapper = os.fork()
    if mapper == 0:
        os.read(ready, 1)
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/{parent}/{name}", "w", encoding="ascii") as stream:
                stream.write("0 0 4294967295")
        os.write(mapped_end, b"x")
        os._exit(0)
    linux.unshare(_NEW_USER)
    os.write(ready_end, b"x")
    os.close(mapped_end)
    assert os.read(mapped, 1)
    os.waitpid(mapper, 0)
    with open("/proc/sys/user/max_user_namespaces", "w", encoding="ascii") as limit:
        limit.write("0")


def root_of_a_container() -> None:
    """Like root in Docker without --privileged: no CAP_SYS_ADMIN, and no user namespaces."""
    root_without_user_namespaces()
    _enter_pid_namespace()
    _drop(_CAP_SYS_ADMIN)


def root_without_chroot() -> None:
    root_without_user_namespaces()
    _enter_pid_namespace()
    _drop(_CAP_SYS_ADMIN, _CAP_SYS_CHROOT)


def root_as_in_unshare_map_root_user() -> None:
    linux.unshare(_NEW_USER)
    for name, line in (("setgroups", "deny"), ("uid_map", "0 0 1"), ("gid_map", "0 0 1")):
        Path("/proc/self", name).write_text(line)


def _enter_pid_namespace() -> None:
    """Contains whatever is killed by mistake. The work runs in the namespace's second process,
    because its first cannot be killed from within."""
    linux.unshare(linux.NAMESPACES["PID namespace"])
    for _ in range(2):
        child = os.fork()
        if child:
            while os.wait()[0] != child:
                pass
            os._exit(0)


def _drop(*capabilities: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header = struct.pack("Ii", 0x20080522, 0)
    sets = ctypes.create_string_buffer(24)
    assert libc.capget(header, sets) == 0
    words = list(struct.unpack("6I", sets.raw))
    for capability in capabilities:
        for kind in range(3):
            words[kind] &= ~(1 << capability)
    assert libc.capset(header, struct.pack("6I", *words)) == 0


def run_as(become: Callable[[], None], work: Callable[[], Any]) -> Any:
    """The result of `work` in a child with another identity."""
    result, result_end = os.pipe()
    child = os.fork()
    if child == 0:
        _work(become, work, result_end)
    os.close(result_end)
    with open(result, "rb") as stream:
        data = stream.read()
    os.waitpid(child, 0)
    value, problem = pickle.loads(data)
    assert not problem, problem
    return value


def _work(become: Callable[[], None], work: Callable[[], Any], result: int) -> NoReturn:
    try:
        try:
            become()
            said = pickle.dumps((work(), ""))
        except BaseException:
            said = pickle.dumps((None, traceback.format_exc()))
        with open(result, "wb") as stream:
            stream.write(said)
    finally:
        os._exit(0)
