"""Linux system calls that Python has no function for, through the C library.

Like those in `os`, they raise OSError if the kernel refuses. The numbers are from the kernel's
headers (include/uapi/linux: sched.h, mount.h, prctl.h, capability.h, securebits.h, keyctl.h).
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import struct

# In the order of use. The user namespace comes first, for the capabilities that it gives.
NEW_USER = 0x10000000
NAMESPACES = {
    "mount namespace": 0x00020000,
    "PID namespace": 0x20000000,
    "network namespace": 0x40000000,
    "IPC namespace": 0x08000000,
    "UTS namespace": 0x04000000,
}

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT = 1, 2, 4, 32
_MS_REC, _MS_PRIVATE = 1 << 14, 1 << 18
_MNT_DETACH = 2

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_SECUREBITS = 28
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4

# NOROOT, NO_SETUID_FIXUP and NO_CAP_AMBIENT_RAISE, and the locks of these and of KEEP_CAPS.
_SECURE_BITS = 0xEF
_CAPABILITY_VERSION_3 = 0x20080522

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_AF_INET, _SOCK_DGRAM = 2, 2

_KEYCTL_JOIN_SESSION_KEYRING = 1
# By `uname -m`. Other machines use the number of asm-generic/unistd.h.
_KEYCTL = {"armv7l": 311, "i686": 288, "ppc64": 271, "ppc64le": 271, "s390x": 280, "x86_64": 250}
_KEYCTL_GENERIC = 219

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.mount.argtypes = [ctypes.c_char_p] * 3 + [ctypes.c_ulong, ctypes.c_char_p]
_LIBC.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
_LIBC.syscall.restype = ctypes.c_long


def unshare(flag: int) -> None:
    """Enter a new namespace of that kind."""
    _check(_LIBC.unshare(flag))


def keep_mounts_private() -> None:
    """Hide later mounts from other mount namespaces."""
    _check(_LIBC.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None))


def mount_tmpfs(directory: str, size: int) -> None:
    """Mount an empty file system for one file of `size` bytes. Huge pages within the file's size
    make writing it three times as fast."""
    options = f"size={size + (4 << 20)},nr_inodes=8,mode=755"
    for more in (",huge=within_size", ""):
        try:
            _mount(b"elf-static", directory, b"tmpfs", 0, f"{options}{more}".encode())
            return
        except OSError as e:
            if not more or e.errno != errno.EINVAL:  # A kernel without huge pages.
                raise


def make_read_only(directory: str) -> None:
    """Make the file system that is mounted there read-only."""
    _mount(None, directory, None, _MS_REMOUNT | _MS_RDONLY, None)


def become_root_directory(directory: str) -> None:
    """Replace the root with the file system that is mounted there, and unmount the old root:
    pivot_root(2), "pivot_root(".", ".")"."""
    os.chdir(directory)
    _check(_LIBC.pivot_root(b".", b"."))
    _check(_LIBC.umount2(b".", _MNT_DETACH))
    os.chdir("/")


def set_host_name(name: str) -> None:
    """Set the host name of this UTS namespace."""
    _check(_LIBC.sethostname(name.encode(), len(name)))


def bring_up_loopback() -> None:
    """Bring up the interface `lo` of this network namespace, which is down in a new one."""
    descriptor = _check(_LIBC.socket(_AF_INET, _SOCK_DGRAM, 0))
    try:
        request = struct.pack("16sh14x", b"lo", 0)
        name, flags = struct.unpack("16sh14x", fcntl.ioctl(descriptor, _SIOCGIFFLAGS, request))
        fcntl.ioctl(descriptor, _SIOCSIFFLAGS, struct.pack("16sh14x", name, flags | _IFF_UP))
    finally:
        os.close(descriptor)


def join_new_session_keyring() -> None:
    """Drop access to the session's keys, such as those of a network file system."""
    number = _KEYCTL.get(os.uname().machine, _KEYCTL_GENERIC)
    _check(_LIBC.syscall(ctypes.c_long(number), ctypes.c_long(_KEYCTL_JOIN_SESSION_KEYRING), None))


def end_with_parent() -> None:
    """Have the kernel kill this process when its parent ends."""
    _prctl(_PR_SET_PDEATHSIG, 9)


def set_dumpable(dumpable: bool) -> None:
    """Set whether processes of the same user may trace this one and own its files in /proc."""
    _prctl(_PR_SET_DUMPABLE, int(dumpable))


def adopt_orphans() -> None:
    """Become the parent of orphaned descendants."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def give_up_bounding_set() -> None:
    """Prevent programs started from now on from gaining capabilities, even as root."""
    capability = 0
    while True:
        try:
            _prctl(_PR_CAPBSET_DROP, capability)
        except OSError:
            if capability == 0:
                raise
            break  # The kernel has no capability with that number.
        capability += 1
    _prctl(_PR_SET_SECUREBITS, _SECURE_BITS)


def give_up_capabilities() -> None:
    """Drop this process's capabilities permanently: see no_new_privs in prctl(2)."""
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _check(_LIBC.capset(header, bytes(24)))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def _mount(
    source: bytes | None, directory: str, kind: bytes | None, flags: int, options: bytes | None
) -> None:
    flags |= _MS_NOSUID | _MS_NODEV
    _check(_LIBC.mount(source, os.fsencode(directory), kind, flags, options))


def _prctl(option: int, value: int) -> None:
    _check(_LIBC.prctl(option, value, 0, 0, 0))


def _check(result: int) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
