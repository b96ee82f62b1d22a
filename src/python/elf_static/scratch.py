"""Starting a program in an empty root file system: the last word on "static".

The program is copied into an empty directory, which becomes its root: in a user namespace, which
needs no rights, or else by chroot alone, which needs those of root. It gets no environment and
nothing to read. This keeps the program from files, not from harm: run what you trust.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass

from elf_static import rules
from elf_static.facts import Facts, Header
from elf_static.machines import go_name
from elf_static.observation import Observation
from elf_static.policy import WARN
from elf_static.structures import text

_CLONE_NEWUSER = 0x10000000
_SETUP_FAILED = 125
_KEPT_OUTPUT = 4096

# What Linux on a machine can run, by `uname -m`.
_RUNS = {
    "x86_64": ("amd64", "386"),
    "aarch64": ("arm64", "arm"),
    "armv7l": ("arm",),
    "i686": ("386",),
    "loongarch64": ("loong64",),
    "ppc64": ("ppc64",),
    "ppc64le": ("ppc64le",),
    "riscv64": ("riscv64",),
    "s390x": ("s390x",),
}


@dataclass(frozen=True)
class ScratchRun:
    """`timeout` is in seconds. With `optional`, a machine that cannot do it is worth a warning
    only."""

    path: str
    arguments: tuple[str, ...]
    optional: bool
    timeout: float


class CannotIsolateError(Exception):
    """This machine gives the program no root of its own; the text says why."""


@dataclass(frozen=True)
class _Ended:
    """How the program ended. `not_started` says why the kernel refused it, `status` is as
    `os.waitpid` has it, None after the timeout. `output` is the end of what it printed."""

    output: str
    status: int | None = None
    not_started: str = ""


def run_in_scratch(run: ScratchRun, facts: Facts) -> tuple[Observation, ...]:
    """Start the program, and say what was wrong with that: nothing, if it exited with 0."""
    foreign = _foreign(facts)
    if foreign:
        return (
            _not_run(
                run,
                f"cannot be started here: {foreign}",
                "Run the test on such a machine, or leave run_in_scratch out for this platform.",
            ),
        )
    try:
        ended = _start(run)
    except CannotIsolateError as e:
        return (
            _not_run(
                run,
                f"cannot be started in an empty root file system on this machine: {e}",
                "Allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, "
                "or kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu), give the container "
                "CAP_SYS_CHROOT, or set run_in_scratch_optional.",
            ),
        )
    problem = _problem(run, ended)
    if not problem:
        return ()
    said = f"; it printed: {ended.output}" if ended.output else "; it printed nothing"
    return (
        Observation(
            rules.SCRATCH,
            problem if ended.not_started else problem + said,
            "Find what it expects to find: strace -f, or the findings above.",
        ),
    )


def _not_run(run: ScratchRun, message: str, fix: str) -> Observation:
    return Observation(rules.SCRATCH, message, fix, level=WARN if run.optional else "")


def _foreign(facts: Facts) -> str:
    """Why no machine like this one runs the program; empty if one does."""
    uname = os.uname()
    built_for = facts.build_info.setting("GOOS") if facts.build_info else None
    system = facts.notes.os or built_for or "linux"
    if not sys.platform.startswith("linux"):
        return f"this machine runs {uname.sysname}, and an empty root needs Linux"
    if system != "linux":
        return f"it is for {system}, and this machine runs Linux"
    header = facts.header
    runs = _RUNS.get(uname.machine)
    if header is None or runs is None:
        return ""
    name = _architecture(header)
    return "" if name in runs else f"it is for {name}, and this machine is {runs[0]}"


def _architecture(header: Header) -> str:
    return go_name(header.machine, header.bits, header.byte_order)


def _problem(run: ScratchRun, ended: _Ended) -> str:
    command = " ".join([os.path.basename(run.path), *run.arguments])
    where = f"when `{command}` was started in an empty root file system"
    if ended.not_started:
        return f"could not be started in an empty root file system: {ended.not_started}"
    if ended.status is None:
        return f"did not end within {run.timeout:g} s {where}"
    if os.WIFSIGNALED(ended.status):
        number = os.WTERMSIG(ended.status)
        return f"was killed by signal {number} ({signal.strsignal(number)}) {where}"
    code = os.WEXITSTATUS(ended.status)
    return f"exited with {code} {where}" if code else ""


def _start(run: ScratchRun) -> _Ended:
    """
    :raises CannotIsolateError: neither way to an own root works here.
    """
    with tempfile.TemporaryDirectory(prefix="elf-static-scratch-") as root:
        name = os.path.basename(run.path)
        program = os.path.join(root, name)
        shutil.copyfile(run.path, program)
        os.chmod(program, 0o755)
        reasons = []
        for in_namespace in (True, False):
            try:
                return _start_isolated(run, root, name, in_namespace)
            except CannotIsolateError as e:
                reasons.append(str(e))
        raise CannotIsolateError("; ".join(reasons))


def _start_isolated(run: ScratchRun, root: str, name: str, in_namespace: bool) -> _Ended:
    output, output_end = os.pipe()
    failure, failure_end = os.pipe()
    child = os.fork()
    if child == 0:
        _become_program(run, root, name, in_namespace, output_end, failure_end)
    os.close(output_end)
    os.close(failure_end)
    try:
        tail, status = _wait(child, output, time.monotonic() + run.timeout)
        step, _, reason = _drain(failure).partition(":")
    finally:
        os.close(output)
        os.close(failure)
    if step == "exec":
        return _Ended("", not_started=reason)
    if step:
        raise CannotIsolateError(f"{step}: {reason}")
    return _Ended(text(tail.strip()), status)


def _drain(descriptor: int) -> str:
    """What the child said of its failure; it holds the other end until it becomes the program."""
    return os.read(descriptor, _KEPT_OUTPUT).decode("utf-8", "replace")


def _become_program(
    run: ScratchRun, root: str, name: str, in_namespace: bool, output: int, failure: int
) -> None:
    """The child: does not return. Says on `failure` which step did not work."""
    step = "start"
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        if in_namespace:
            step = "user namespace"
            _enter_user_namespace()
        step = "chroot in a user namespace" if in_namespace else "chroot"
        os.chroot(root)
        os.chdir("/")
        step = "exec"
        os.execve(f"/{name}", [name, *run.arguments], {})
    except OSError as e:
        reason = e.strerror or str(e)
        if step == "exec" and e.errno == errno.ENOENT:
            reason += " (the loader that it asks for is not there)"
        elif step == "exec" and e.errno == errno.EACCES:
            reason += " (the directory for temporary files must allow programs; see TMPDIR)"
        os.write(failure, f"{step}:{reason}".encode())
    finally:
        os._exit(_SETUP_FAILED)


def _enter_user_namespace() -> None:
    """Become the owner of a new user namespace, as oneself: that allows chroot."""
    user, group = os.geteuid(), os.getegid()
    if hasattr(os, "unshare"):  # CPython 3.12
        os.unshare(_CLONE_NEWUSER)
    else:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_CLONE_NEWUSER) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    for file, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{file}", "w", encoding="ascii") as stream:
            stream.write(line)


def _wait(child: int, output: int, deadline: float) -> tuple[bytes, int | None]:
    """The end of what the child printed, and how it ended; None if it had to be killed."""
    tail = b""
    status: int | None = None
    ended = False
    while not ended and time.monotonic() < deadline:
        tail = _read_for(output, tail, 0.02)
        pid, found = os.waitpid(child, os.WNOHANG)
        if pid:
            ended, status = True, found
    # What the program has started is in its session, and ends with it.
    _kill_session(child)
    if not ended:
        os.waitpid(child, 0)
    return _read_for(output, tail, 0), status


def _read_for(output: int, tail: bytes, seconds: float) -> bytes:
    while select.select([output], [], [], seconds)[0]:
        data = os.read(output, 65536)
        if not data:
            time.sleep(min(seconds, 0.005))
            break
        tail = (tail + data)[-_KEPT_OUTPUT:]
        if seconds:
            break
    return tail


def _kill_session(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
