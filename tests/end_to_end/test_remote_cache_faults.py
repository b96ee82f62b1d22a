"""A remote cache that fails: it dies, is slow, is full, or gives back something else.

Nothing of that may change what is built, nor end a build that the machine can do by itself.
"""

from __future__ import annotations

import contextlib
import re
import shutil
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
    """Machines that start with an SDK, a checker and the standard library in their caches, and
    nothing of the program."""

    toolbox: Toolbox
    root: Path
    caches: Path
    expected: str
    count: int = 0

    @contextlib.contextmanager
    def machine(self, server: CacheServer | None) -> Iterator[Repository]:
        self.count += 1
        root = self.root / f"machine-{self.count}"
        with machine(root, self.toolbox, server, caches=self.caches) as repository:
            repository.write(tiny_program("m"))
            yield repository
        shutil.rmtree(root)

    def assert_right(self, repository: Repository, *arguments: str) -> str:
        """Package and test: the result has to be right. Returns the log."""
        result = repository.pants(*arguments, "package", "test", "::").succeeded()
        assert "m#elf_static_test succeeded" in result.log
        assert sha256(repository.dist["m/m"]) == self.expected
        shutil.rmtree(repository.root / "dist")
        return result.log

    def assert_all_right_from(self, server: CacheServer, *arguments: str) -> str:
        """What another machine gets from the server, or builds."""
        with self.machine(server) as another:
            return self.assert_right(another, *arguments)


@pytest.fixture(scope="module")
def network(
    tmp_path_factory: pytest.TempPathFactory, toolbox: Toolbox, warm_caches: Path
) -> Network:
    root = tmp_path_factory.mktemp("network")
    with machine(root / "alone", toolbox, None, caches=warm_caches) as alone:
        alone.write(tiny_program("m"))
        alone.pants("package", "::").succeeded()
        expected = sha256(alone.dist["m/m"])
    return Network(toolbox, root, warm_caches, expected)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[CacheServer]:
    with cache_server(tmp_path / "server") as started:
        yield started


def remote_hits(log: str) -> int:
    return int(re.findall(r"remote_cache_requests_cached: (\d+)", log)[-1])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, network: Network) -> Iterator[CacheServer]:
    """A server that has everything."""
    with cache_server(tmp_path_factory.mktemp("filled") / "server") as server:
        with network.machine(server) as first:
            assert remote_hits(network.assert_right(first, "--stats-log")) == 0
        yield server


def test_a_healthy_server_gives_the_second_machine_all(
    network: Network, filled: CacheServer
) -> None:
    """So that the tests below speak of faults."""
    log = network.assert_all_right_from(filled, "--stats-log")
    # A listing, the build and the test; what it asked for besides was there too.
    assert remote_hits(log) >= 3
    assert re.findall(r"remote_cache_requests: (\d+)", log)[-1] == str(remote_hits(log))


def when_it_stores(server: CacheServer) -> None:
    before = len(server.blobs)
    while len(server.blobs) == before:
        time.sleep(0.002)


def after_a_second(server: CacheServer) -> None:
    time.sleep(1)


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


@pytest.mark.parametrize("moment", [after_a_second, when_it_stores])
def test_a_server_that_dies_during_a_build(
    network: Network, server: CacheServer, moment: Callable[[CacheServer], None]
) -> None:
    with network.machine(server) as first, dying(server, moment):
        network.assert_right(first)
    server.start()
    network.assert_all_right_from(server)


@contextlib.contextmanager
def slow(server: CacheServer) -> Iterator[None]:
    """It runs for a twentieth of the time."""
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


def test_a_server_that_answers_slowly(network: Network, server: CacheServer) -> None:
    with slow(server), network.machine(server) as first:
        network.assert_right(first)


def test_a_server_that_does_not_answer(network: Network, server: CacheServer) -> None:
    server.signal(signal.SIGSTOP)
    with network.machine(server) as first:
        # How long the end of a run waits for what it stores in the background.
        network.assert_right(first, "--session-end-tasks-timeout=3")


def test_a_server_without_room(network: Network, tmp_path: Path) -> None:
    # The program takes more than a megabyte.
    with cache_server(tmp_path / "full", size=500_000) as server:
        with network.machine(server) as first:
            network.assert_right(first)
        network.assert_all_right_from(server)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes() or b"\0")
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@contextlib.contextmanager
def damaged(
    server: CacheServer, damage: Callable[[Path], None], start: bytes = b""
) -> Iterator[None]:
    """With all blobs damaged that start so; they are restored afterwards."""
    blobs = {blob: blob.read_bytes() for blob in server.blobs}
    chosen = [blob for blob, content in blobs.items() if content.startswith(start)]
    assert chosen
    for blob in chosen:
        damage(blob)
    yield
    for blob, content in blobs.items():
        blob.write_bytes(content)


@pytest.mark.parametrize("damage", [flip, truncate, empty, Path.unlink])
def test_a_server_with_damaged_blobs(
    network: Network, filled: CacheServer, damage: Callable[[Path], None]
) -> None:
    with damaged(filled, damage):
        log = network.assert_all_right_from(filled)
    if damage is empty:
        # BuildGrid keeps the results of actions among the blobs. An empty one is valid: it says
        # that a process succeeded, printed nothing and made nothing.
        assert "Ignoring an empty cached result for `Build m:m for linux/amd64`" in log
        assert "Ignoring an empty cached result for `Test m:m`" in log


def test_a_server_whose_binary_is_another(network: Network, filled: CacheServer) -> None:
    with damaged(filled, flip, b"\x7fELF"):
        network.assert_all_right_from(filled)


def test_a_server_that_dies_while_it_is_read_from(network: Network, filled: CacheServer) -> None:
    # The last one that needs this server.
    with network.machine(filled) as second, dying(filled, after_a_second):
        network.assert_right(second)
