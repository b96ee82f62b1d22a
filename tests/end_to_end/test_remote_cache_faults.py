"""A remote cache that fails: it dies, is slow, is full, or returns altered results.

No fault may change the binary, or stop a build that the machine can do itself.
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
    """Machines whose caches contain an SDK, a checker and the compiled standard library, but
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
        """Package and test. The result must be correct. Returns the log."""
        result = repository.pants(*arguments, "package", "test", "::").succeeded()
        assert "m#elf_static_test succeeded" in result.log
        assert sha256(repository.dist["m/m"]) == self.expected
        shutil.rmtree(repository.root / "dist")
        return result.log

    def assert_all_right_from(self, server: CacheServer, *arguments: str) -> str:
        """Another machine gets results from the server, or builds."""
        with self.machine(server) as another:
            return self.assert_right(another, *arguments)


@pytest.fixture(scope="module")
def network(module_path: Path, toolbox: Toolbox, warm_caches: Path) -> Network:
    root = module_path
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
def filled(module_path: Path, network: Network) -> Iterator[CacheServer]:
    """A server with all results."""
    with cache_server(module_path / "server") as server:
        with network.machine(server) as first:
            assert remote_hits(network.assert_right(first, "--stats-log")) == 0
        yield server


def test_a_healthy_server_gives_the_second_machine_every_result(
    network: Network, filled: CacheServer
) -> None:
    """Without a fault, so that the tests below prove something about faults."""
    log = network.assert_all_right_from(filled, "--stats-log")
    # A listing, the build and the test. Its other requests were hits too.
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


def test_a_server_that_dies_during_a_build_does_not_fail_it(
    network: Network, server: CacheServer
) -> None:
    with network.machine(server) as first, dying(server, when_it_stores):
        network.assert_right(first)
    server.start()
    network.assert_all_right_from(server)


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


def test_a_slow_server_does_not_fail_a_build(network: Network, server: CacheServer) -> None:
    with slow(server), network.machine(server) as first:
        network.assert_right(first)


def test_a_server_that_does_not_answer_does_not_fail_a_build(
    network: Network, server: CacheServer
) -> None:
    server.signal(signal.SIGSTOP)
    with network.machine(server) as first:
        # Limits how long the run waits at its end for background uploads.
        network.assert_right(first, "--session-end-tasks-timeout=3")


def test_a_server_with_a_full_disk_does_not_fail_a_build(network: Network, tmp_path: Path) -> None:
    # The program takes more than a megabyte.
    with cache_server(tmp_path / "full", size=500_000) as server:
        with network.machine(server) as first:
            network.assert_right(first)
        network.assert_all_right_from(server)


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
    network: Network, filled: CacheServer, damage: Callable[[Path], None]
) -> None:
    with damaged(filled, damage):
        log = network.assert_all_right_from(filled)
    if damage is empty:
        # BuildGrid keeps action results among the blobs. An empty one is valid: it
        # describes a process that succeeded without any output.
        assert "Ignoring an empty cached result for `Build m:m for linux/amd64`" in log
        assert "Ignoring an empty cached result for `Test m:m`" in log


def test_an_altered_binary_on_a_server_is_not_used(network: Network, filled: CacheServer) -> None:
    with damaged(filled, flip, b"\x7fELF"):
        network.assert_all_right_from(filled)


def test_a_server_that_dies_during_a_download_does_not_fail_a_build(
    network: Network, filled: CacheServer
) -> None:
    # This has to be the last test that uses this server.
    with network.machine(filled) as second, dying(filled, after_a_second):
        network.assert_right(second)
