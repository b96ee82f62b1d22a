"""The guard process, which isolates a program under test.

The guard enters new namespaces, creates a root directory with a copy of the program, and forks PID
1 of the new PID namespace, which forks the program. When the program ends, its time is over or the
lifeline closes, PID 1 ends, and the kernel kills all processes of the namespace.

The guard itself watches the time. It is alone in its session, so the kernel runs it soon, where the
checker may wait for its turn for many seconds behind a program that starts a thousand sessions.

In a chroot, which replaces namespaces that the kernel refuses, the program runs as a user of its
own, and the guard kills all processes of that user.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from elf_static.scratch import linux
from elf_static.scratch.accounts import Account, tasks_counted_with
from elf_static.scratch.limits import MOST_TASKS, limit_resources, limit_tasks
from elf_static.scratch.setup import Program, Setup, Way

# The user and group that the program sees: `nobody`.
_SEEN_ID = 65534
_FAILED = 125


class _RefusedError(Exception):
    """The kernel refused a step."""


@contextmanager
def _step(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as e:
        reason = e.strerror or str(e)
        if e.errno in (errno.ENOSPC, errno.EUSERS) and name.endswith("namespace"):
            reason += " (see the limits in /proc/sys/user)"
        file = f"{e.filename}: " if e.filename else ""
        raise _RefusedError(f"{name}: {file}{reason}") from None


def be_guard(setup: Setup, output: int, report: int, lifeline: int) -> NoReturn:
    """Become the guard. It writes the result to `report`: `refused STEP: REASON`,
    `not-started REASON`, `ended STATUS` or `timeout`. All descriptors are above 2."""
    _run_child(lambda: _guard(setup, output, report, lifeline), report)


def _run_child(work: Callable[[], None], report: int) -> NoReturn:
    try:
        work()
    except _RefusedError as e:
        os.write(report, f"refused {e}\n".encode())
    except BaseException as e:
        os.write(report, f"refused start: {type(e).__name__}: {e}\n".encode())
    finally:
        os._exit(_FAILED)


def _guard(setup: Setup, output: int, report: int, lifeline: int) -> None:
    os.setsid()
    for number in (signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    linux.set_dumpable(True)  # Otherwise, a process that changed its user does not own /proc/self.
    source = setup.program.source.descriptor
    with _step("descriptors"):
        source = fcntl.fcntl(source, fcntl.F_DUPFD_CLOEXEC, 3)
        _keep_descriptors(output, report, lifeline, source)
    with contextlib.suppress(OSError):
        _write("/proc/self/oom_score_adj", "1000")  # Out of memory, kill the program first.
    account = setup.account
    tasks = MOST_TASKS + (0 if account else tasks_counted_with(os.getuid()))
    if setup.way is Way.USER_NAMESPACE:
        if account:
            with _step("unprivileged user"):
                account.become()
            linux.set_dumpable(True)
            account = None
        _enter_user_namespace()
    if setup.way is not Way.CHROOT:
        _enter_namespaces()
    _make_root(setup, source)
    os.close(source)
    # A program of the same user must not trace this process, which has capabilities and the
    # checker's memory.
    linux.set_dumpable(False)
    linux.adopt_orphans()

    ended, ended_end = os.pipe()
    first = os.fork()
    if first == 0:
        _run_child(lambda: _be_first(setup, account, tasks, report), report)
    os.close(ended_end)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(lifeline, select.POLLIN)
    if not poll.poll(setup.program.timeout * 1000):
        os.write(report, b"timeout\n")
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    if account and setup.way is Way.CHROOT:
        _kill_all_of(account)
    os._exit(0)


def _keep_descriptors(output: int, *others: int) -> None:
    """Close all other descriptors. Standard input becomes empty, and standard output and error
    become `output`. The program does not inherit the others."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        if descriptor > 2 and descriptor not in others:
            with contextlib.suppress(
                OSError
            ):  # The one that listed the directory is closed already.
                os.close(descriptor)


def _enter_user_namespace() -> None:
    """Become the owner of a new user namespace, with all capabilities in it."""
    user, group = os.geteuid(), os.getegid()
    with _step("user namespace"):
        linux.unshare(linux.NEW_USER)
    with _step("ids of the user namespace"):
        for file, line in (
            ("setgroups", "deny"),
            ("uid_map", f"{_SEEN_ID} {user} 1"),
            ("gid_map", f"{_SEEN_ID} {group} 1"),
        ):
            _write(f"/proc/self/{file}", line)


def _write(path: str, line: str) -> None:
    """Write without `open`, which may import an encoding that this user cannot read."""
    descriptor = os.open(path, os.O_WRONLY)
    os.write(descriptor, line.encode())
    os.close(descriptor)


def _enter_namespaces() -> None:
    for name, flag in linux.NAMESPACES.items():
        with _step(name):
            linux.unshare(flag)
    with _step("host name"):
        linux.set_host_name("scratch")
    # A program may connect to itself.
    with contextlib.suppress(OSError):
        linux.bring_up_loopback()


def _make_root(setup: Setup, source: int) -> None:
    size = setup.program.source.size
    root = setup.directory
    in_namespace = setup.way is not Way.CHROOT
    if in_namespace:
        with _step("root file system"):
            linux.keep_mounts_private()
            linux.mount_tmpfs(setup.directory, size)
            root = os.path.join(setup.directory, "root")
            os.mkdir(root)
            os.chmod(root, 0o755)
    with _step("copy of the program"):
        _copy(source, size, os.path.join(root, setup.program.name))
    if in_namespace:
        with _step("read-only root"):
            linux.make_read_only(setup.directory)
        with _step("pivot_root"):
            linux.become_root_directory(setup.directory)
        root = "/root"
    # Also after pivot_root: a process in a chroot cannot create a user namespace, which would give
    # it capabilities again (user_namespaces(7), EPERM).
    with _step("chroot"):
        os.chroot(root)
        os.chdir("/")


def _copy(source: int, size: int, path: str) -> None:
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    os.fchmod(target, 0o755)
    os.ftruncate(target, size)
    offset = 0
    while offset < size:
        copied = os.sendfile(target, source, offset, size - offset)
        if copied == 0:
            raise OSError(errno.EIO, "the file was truncated")
        offset += copied
    os.close(target)


def _be_first(setup: Setup, account: Account | None, tasks: int, report: int) -> None:
    linux.end_with_parent()
    linux.adopt_orphans()
    child = os.fork()
    if child == 0:
        _run_child(lambda: _become_program(setup, account, tasks, report), report)
    while True:
        pid, status = os.wait()
        if pid == child:
            os.write(report, f"ended {status}\n".encode())
            os._exit(0)


def _become_program(setup: Setup, account: Account | None, tasks: int, report: int) -> None:
    # Leave the guard's process group, which the program could kill.
    os.setsid()
    # Python ignores SIGPIPE and SIGXFSZ, nohup ignores SIGHUP, and the caller may block any signal.
    for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    # Some containers forbid this, for the program too.
    with contextlib.suppress(OSError):
        linux.join_new_session_keyring()
    with _step("limits"):
        limit_resources()
    with _step("capabilities"):
        linux.give_up_bounding_set()
    if account:
        with _step("unprivileged user"):
            account.become()
    with _step("capabilities"):
        linux.give_up_capabilities()
    with _step("limit of processes"):
        limit_tasks(tasks)
    linux.end_with_parent()
    _execute(setup.program, setup.way, report)


def _execute(program: Program, way: Way, report: int) -> None:
    try:
        os.execve(f"/{program.name}", [program.name, *program.arguments], {})
    except OSError as e:
        reason = e.strerror or str(e)
        if e.errno == errno.ENOENT:
            reason += " (its loader does not exist)"
        elif e.errno == errno.EACCES and way is Way.CHROOT:
            reason += " (the directory for temporary files must allow execution; set TMPDIR)"
        os.write(report, f"not-started {reason}\n".encode())


def _kill_all_of(account: Account) -> None:
    """Kill until no process of the program is left. This process is the parent of its orphans."""
    while True:
        killer = os.fork()
        if killer == 0:
            _run_killer(account)
        if os.waitpid(killer, 0)[1] != 0:
            raise _RefusedError("killing the program's processes: failed")
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.001)


def _run_killer(account: Account) -> NoReturn:
    """Kill every process that this user may kill, and exit."""
    try:
        # A sender may kill a process if its real or effective id is the real or saved id of that
        # process. So the program cannot kill this process, which can kill only the program's.
        other = account.user ^ 1
        os.setresuid(other, account.user, other)
        linux.give_up_capabilities()
        try:
            os.kill(os.getppid(), 0)
        except PermissionError:  # The parent is root's. Otherwise, this would kill everything.
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
            os._exit(0)
    finally:
        os._exit(_FAILED)
