"""A remote cache that fails: it dies, is slow, is full, or returns altered results.

No fault may change the binary, or stop a build that the machine can do itself.
"""

from __future__ import annotations

import contextlib
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from end_to_end.cache_server import CacheServer, cache_server
from end_to_end.elf import sha256
from end_to_end.machines import machine
from end_to_end.programs import tiny_program
from end_to_end.repository import Repository, Toolbox


@dataclass
class Network:
    """Two machines with pantsd that share a server, and one without it. Their caches contain an
    SDK, a checker and the compiled standard library, but nothing of the program: `change` writes
    another one."""

    server: CacheServer
    first: Repository
    second: Repository
    alone: Repository
    expected: str = ""
    count: int = 0

    def change(self) -> None:
        self.count += 1
        for repository in (self.alone, self.first, self.second):
            repository.clear()
            repository.write(tiny_program("m", f"remote {self.count}"))
        self.alone.pants("package", "::").succeeded()
        self.expected = sha256(self.alone.dist["m/m"])

    def assert_right(self, repository: Repository, *arguments: str) -> str:
        """Package and test. The result must be correct. Returns the log."""
        result = repository.pants(*arguments, "package", "test", "::").succeeded()
        assert "m#elf_static_test succeeded" in result.log
        assert sha256(repository.dist["m/m"]) == self.expected
        return result.log


@pytest.fixture(scope="module")
def machines(
    module_path: Path, toolbox: Toolbox, warm_caches: Path, shared_repository: Repository
) -> Iterator[Network]:
    with cache_server(module_path / "server") as server, contextlib.ExitStack() as stack:
        first, second = (
            stack.enter_context(machine(module_path / name, toolbox, server, caches=warm_caches))
            for name in ("first", "second")
        )
        for repository in (first, second):
            repository.pantsd = True
            # How long a run waits at its end for uploads, also if the server does not answer.
            repository.environment["PANTS_SESSION_END_TASKS_TIMEOUT"] = "10"
        yield Network(server, first, second, shared_repository)
        shared_repository.clear()


@pytest.fixture
def network(machines: Network) -> Network:
    machines.change()
    return machines


def remote_hits(log: str) -> int:
    return int(re.findall(r"remote_cache_requests_cached: (\d+)", log)[-1])


def test_a_healthy_server_gives_the_second_machine_every_result(network: Network) -> None:
    """Without a fault, so that the tests below prove something about faults."""
    assert remote_hits(network.assert_right(network.first, "--stats-log")) == 0
    log = network.assert_right(network.second, "--stats-log")
    # A listing, the build and the test. Its other requests were hits too.
    assert remote_hits(log) >= 3
    assert re.findall(r"remote_cache_requests: (\d+)", log)[-1] == str(remote_hits(log))


@contextlib.contextmanager
def slow(server: CacheServer) -> Iterator[None]:
    """The server runs for a twentieth of the time."""
    ended = threading.Event()

    def stop_and_go() -> None:
        while not ended.is_set():
            server.signal(signal.SIGSTOP)
            time.sleep(0.38)
            server.signal(signal.SIGCONT)
            time.sleep(0.02)

    thread = threading.Thread(target=stop_and_go)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_a_slow_server_does_not_fail_a_build(network: Network) -> None:
    with slow(network.server):
        network.assert_right(network.first)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes() or b"\0")
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@contextlib.contextmanager
def damaged(
    server: CacheServer, damage: Callable[[Path], None], start: bytes = b""
) -> Iterator[None]:
    """Damage all blobs with this prefix, and restore them afterwards."""
    blobs = {blob: blob.read_bytes() for blob in server.blobs}
    chosen = [blob for blob, content in blobs.items() if content.startswith(start)]
    assert chosen
    for blob in chosen:
        damage(blob)
    yield
    for blob, content in blobs.items():
        blob.write_bytes(content)


@pytest.mark.parametrize("damage", [flip, empty, Path.unlink])
def test_damaged_blobs_on_a_server_are_not_used(
    network: Network, damage: Callable[[Path], None]
) -> None:
    network.assert_right(network.first)
    with damaged(network.server, damage):
        log = network.assert_right(network.second)
    if damage is empty:
        # BuildGrid keeps action results among the blobs. An empty one is valid: it
        # describes a process that succeeded without any output.
        assert "Ignoring an empty cached result for `Build m:m for linux/amd64`" in log
        assert "Ignoring an empty cached result for `Test m:m`" in log


def test_an_altered_binary_on_a_server_is_not_used(network: Network) -> None:
    network.assert_right(network.first)
    with damaged(network.server, flip, b"\x7fELF"):
        network.assert_right(network.second)


def test_a_server_that_does_not_answer_does_not_fail_a_build(network: Network) -> None:
    network.server.signal(signal.SIGSTOP)
    network.assert_right(network.first)
    network.server.signal(signal.SIGCONT)


def when_it_stores(server: CacheServer) -> None:
    before = len(server.blobs)
    while len(server.blobs) == before:
        time.sleep(0.002)


def when_it_sends(server: CacheServer) -> None:
    """It has read a part of a blob as large as a program."""
    assert server.process is not None
    counters = Path(f"/proc/{server.process.pid}/io")

    def read() -> int:
        (line,) = re.findall(r"^rchar: (\d+)", counters.read_text(), re.MULTILINE)
        return int(line)

    before = read()
    while read() < before + 500_000:
        time.sleep(0.002)


@contextlib.contextmanager
def dying(server: CacheServer, moment: Callable[[CacheServer], None]) -> Iterator[None]:
    def wait_and_kill() -> None:
        moment(server)
        server.kill()

    thread = threading.Thread(target=wait_and_kill, daemon=True)
    thread.start()
    yield
    thread.join(timeout=10)
    assert not thread.is_alive(), "the server outlived the build"


def test_a_server_that_dies_during_a_download_does_not_fail_a_build(network: Network) -> None:
    network.assert_right(network.first)
    with dying(network.server, when_it_sends):
        network.assert_right(network.second)
    network.server.start()


def test_a_server_that_dies_during_a_build_does_not_fail_it(network: Network) -> None:
    with dying(network.server, when_it_stores):
        network.assert_right(network.first)
    network.server.start()
    network.assert_right(network.second)


def test_a_server_with_a_full_disk_does_not_fail_a_build(network: Network) -> None:
    # The program takes more than a megabyte.
    network.server.kill()
    network.server.size = 500_000
    network.server.start()
    network.assert_right(network.first)
    network.assert_right(network.second)
