"""A program that tries to get out of its empty root, started by root and by an ordinary user."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from elf_static.elf.reader import open_path, read_source
from elf_static.judge.observation import Observation
from elf_static.judge.severity import Severity
from elf_static.scratch.run import ScratchRun, run_in_scratch
from elf_static_testing import identities
from elf_static_testing.go_programs import need_gcc
from elf_static_testing.identities import of_root, run_as

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).parents[2] / "elf_static_testing" / "escapes.c"
Identity = Callable[[], None]

IN_NAMESPACES = [
    pytest.param(identities.root, marks=of_root),
    pytest.param(identities.ordinary_user, marks=of_root),
    pytest.param(identities.root_without_user_namespaces, marks=of_root),
    *([] if os.geteuid() == 0 else [identities.whoever_this_is]),
]
EVERY = [*IN_NAMESPACES, pytest.param(identities.root_of_a_container, marks=of_root)]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need_gcc()
    path = tmp_path_factory.mktemp("escapes") / f"esc-{os.getpid()}"
    subprocess.run(["gcc", "-O1", "-Wall", "-static", "-o", path, SOURCE], check=True)
    return path


@pytest.fixture
def try_as(program: Path) -> Callable[..., list[str]]:
    def attempt(identity: Identity, *arguments: object, timeout: float = 60) -> list[str]:
        with open_path(str(program)) as source:
            facts = read_source(source)

            def work() -> tuple[Observation, ...]:
                known = tuple(str(each() if callable(each) else each) for each in arguments)
                run = ScratchRun(str(program), known, True, timeout)
                observed = run_in_scratch(run, source, facts)
                assert _named(program.name) == [], "something outlived the test"
                return observed

            observed = run_as(identity, work)
        messages = [each.message for each in observed]
        if identity is identities.root_of_a_container:
            assert messages.pop(0).startswith("ran in a plain chroot")
            assert observed[0].severity is Severity.WARN
        return messages

    return attempt


def _named(name: str) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "comm").read_text().strip() == name:
                found.append(process.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize("identity", EVERY)
@pytest.mark.parametrize(
    "attempt", ["root", "mounts", "user-namespace", "rights", "outlive", "many"]
)
def test_the_program_does_not_get_out(
    try_as: Callable[..., list[str]], identity: Identity, attempt: str
) -> None:
    assert try_as(identity, attempt) == []


@pytest.mark.parametrize("identity", EVERY)
def test_the_program_inherits_no_descriptor(
    try_as: Callable[..., list[str]], identity: Identity
) -> None:
    directory = os.open("/", os.O_RDONLY)
    leaked = (os.dup2(directory, 777), os.dup2(directory, 1000))
    try:
        assert try_as(identity, "descriptors") == []
    finally:
        for descriptor in (directory, *leaked):
            os.close(descriptor)


@pytest.mark.parametrize("identity", EVERY)
def test_other_processes_are_out_of_reach(
    try_as: Callable[..., list[str]], identity: Identity
) -> None:
    assert try_as(identity, "processes", os.getpid) == []


@pytest.mark.parametrize("identity", EVERY)
def test_the_exit_code_is_known_whatever_the_program_kills(
    try_as: Callable[..., list[str]], identity: Identity
) -> None:
    (message,) = try_as(identity, "kill-all")
    assert message.startswith(f"exited with 5 when `esc-{os.getpid()} kill-all` was started")


@pytest.mark.parametrize("identity", EVERY)
def test_a_fork_bomb_ends_in_time(try_as: Callable[..., list[str]], identity: Identity) -> None:
    start = time.monotonic()
    (message,) = try_as(identity, "bomb", timeout=1)
    assert message.startswith("did not end within 1 s")
    # Some seconds, but a thousand processes must all be scheduled to end, beside other tests.
    assert time.monotonic() - start < 180


@pytest.mark.parametrize("identity", IN_NAMESPACES)
def test_the_network_is_out_of_reach(try_as: Callable[..., list[str]], identity: Identity) -> None:
    name = f"elf-static-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as local:
        local.bind(f"\0{name}")
        local.listen()
        assert try_as(identity, "network", tcp.getsockname()[1], name) == []


@pytest.mark.parametrize("identity", IN_NAMESPACES)
def test_shared_memory_is_out_of_reach(
    try_as: Callable[..., list[str]], identity: Identity
) -> None:
    libc = ctypes.CDLL(None)
    key = 0x5C0000 + os.getpid()
    created = libc.shmget(key, 4096, 0o1000 | 0o666)
    assert created != -1
    try:
        assert try_as(identity, "shared", key) == []
    finally:
        libc.shmctl(created, 0, None)


@pytest.mark.parametrize("identity", IN_NAMESPACES)
def test_keys_and_the_host_name_are_out_of_reach(
    try_as: Callable[..., list[str]], identity: Identity
) -> None:
    libc = ctypes.CDLL(None)
    add_key, keyctl, session = 248, 250, -3
    with_key = f"elf-static-{os.getpid()}".encode()

    def join() -> None:
        # Each user in these tests has its own session, with a key that it may read.
        identity()
        assert libc.syscall(keyctl, 1, None) > 0
        key = libc.syscall(add_key, b"user", with_key, b"secret", 6, session)
        assert key > 0 and libc.syscall(keyctl, 5, key, 0x3F3F3F3F) == 0

    assert try_as(join, "keys", with_key.decode()) == []


@pytest.mark.parametrize("identity", EVERY)
def test_killing_the_checker_kills_the_program(program: Path, identity: Identity) -> None:
    def check() -> None:
        try:
            run_in_scratch(ScratchRun(str(program), ("stay",), True, 60), source, facts)
        finally:
            os._exit(1)

    def work() -> None:
        checker = os.fork()
        if checker == 0:
            check()
        while len(_named(program.name)) < 2:
            assert os.waitpid(checker, os.WNOHANG) == (0, 0)
            time.sleep(0.01)
        os.kill(checker, signal.SIGKILL)
        os.waitpid(checker, 0)
        deadline = time.monotonic() + 10
        while _named(program.name):
            assert time.monotonic() < deadline, "the program outlived the checker"
            time.sleep(0.01)

    with open_path(str(program)) as source:
        facts = read_source(source)
        run_as(identity, work)


def test_a_checker_without_standard_descriptors_works(program: Path) -> None:
    def close_all() -> None:
        for descriptor in range(3):
            os.close(descriptor)

    with open_path(str(program)) as source:
        facts = read_source(source)

    def work() -> object:
        with open_path(str(program)) as opened:
            assert opened.descriptor < 3
            run = ScratchRun(str(program), ("descriptors",), False, 30)
            return run_in_scratch(run, opened, facts)

    assert run_as(close_all, work) == ()


def test_the_judged_file_is_the_one_that_runs(program: Path, tmp_path: Path) -> None:
    path = tmp_path / "program"
    shutil.copyfile(program, path)
    with open_path(str(path)) as source:
        facts = read_source(source)
        other = tmp_path / "other"
        other.write_bytes(b"#!/bin/sh\nexit 3\n")
        other.replace(path)
        assert run_in_scratch(ScratchRun(str(path), ("rights",), False, 30), source, facts) == ()
