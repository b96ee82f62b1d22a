"""A real remote cache: BuildGrid on 127.0.0.1, with its disk storage and its LRU action cache.

Needs Python 3.11 or newer on the machine. Its packages are pinned with hashes in buildgrid.txt and
kept in a directory that git ignores.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pip

_PINNED = Path(__file__).with_name("buildgrid.txt")
_READ_ACTIONS = Path(__file__).with_name("cache_server_actions.py")
_KEPT = Path(__file__).resolve().parents[2] / ".pants.env" / "buildgrid"
_MINIMUM = (3, 11)

# Pants opens many streams at once; each of them occupies a thread of the server.
_CONFIGURATION = """\
server:
  - !channel
    address: 127.0.0.1:{port}
    insecure-mode: true
thread-pool-size: 200
storages:
  - !disk-storage &cas
    path: {directory}/storage
caches:
  - !lru-action-cache &cache
    storage: *cas
    max-cached-refs: 10000
    cache-failed-actions: false
    allow-updates: true
instances:
  - name: main
    services:
      - !cas
        storage: *cas
      - !bytestream
        storage: *cas
      - !action-cache
        cache: *cache
"""

_OWN_MOUNTS = ("unshare", "--user", "--map-root-user", "--mount", "--kill-child")

_RUN = """\
import sys
sys.path.insert(0, sys.argv.pop(1))
from buildgrid.server.app.cli import cli
cli()
"""


@dataclass(frozen=True)
class Action:
    """An action that Pants stored, as recorded by the server."""

    arguments: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    platform: tuple[tuple[str, str], ...]
    outputs: tuple[str, ...]


@dataclass
class CacheServer:
    """A server that stores its data below `directory`; with a `size`, on a disk of its own with
    that many bytes. It remembers until it stops which result belongs to which action."""

    directory: Path
    port: int
    size: int | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def options(self) -> str:
        """Lines for [GLOBAL] of pants.toml."""
        return (
            "remote_cache_read = true\n"
            "remote_cache_write = true\n"
            f'remote_store_address = "grpc://127.0.0.1:{self.port}"\n'
            'remote_instance_name = "main"\n'
            "remote_store_rpc_concurrency = 8\n"
            "remote_cache_rpc_concurrency = 8\n"
            # Pants stores the outputs of the last processes in the background.
            "session_end_tasks_timeout = 60\n"
        )

    @property
    def blobs(self) -> list[Path]:
        """The files of the content-addressed storage."""
        objects = self.directory / "storage" / "cas" / "objects"
        return [path for path in objects.rglob("*") if path.is_file()]

    def start(self) -> None:
        python = _python()
        self.directory.mkdir(exist_ok=True)
        configuration = self.directory / "configuration.yaml"
        configuration.write_text(_CONFIGURATION.format(port=self.port, directory=self.directory))
        log = self.directory / "log"
        with log.open("ab") as stream:
            command = [python, "-I", "-c", _RUN, _installed(python), "server", "start"]
            if self.size is not None:
                storage = self.directory / "storage"
                storage.mkdir(exist_ok=True)
                mount = f"mount -t tmpfs -o size={self.size} tmpfs '{storage}' && exec \"$@\""
                command = [*_OWN_MOUNTS, "sh", "-c", mount, "sh", *command]
            self.process = subprocess.Popen(
                [*command, str(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
            )
        wait_for_answer("the cache server", self.process, self.port, log)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        assert self.process is not None
        self.process.wait()

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def actions(self) -> tuple[Action, ...]:
        """All actions stored so far."""
        python = _python()
        done = subprocess.run(
            [python, "-I", _READ_ACTIONS, _installed(python), self.directory / "storage"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return tuple(
            Action(
                tuple(action["arguments"]),
                tuple(map(tuple, action["environment"])),
                tuple(map(tuple, action["platform"])),
                tuple(action["outputs"]),
            )
            for action in json.loads(done.stdout)
        )


@contextlib.contextmanager
def cache_server(directory: Path, size: int | None = None) -> Iterator[CacheServer]:
    server = CacheServer(directory, free_port(), size)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def wait_for_answer(name: str, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a server on this machine accepts connections."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, f"{name} ended:\n{log.read_text()}"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise AssertionError(f"{name} does not answer:\n{log.read_text()}")


def buildgrid() -> tuple[str, str]:
    """A Python on this machine, and the directory with BuildGrid's packages for it."""
    python = _python()
    return python, _installed(python)


@functools.cache
def _python() -> str:
    """A Python on this machine that can run BuildGrid."""
    names = [f"python3.{minor}" for minor in range(14, _MINIMUM[1] - 1, -1)]
    check = f"import sys; sys.exit(sys.version_info < {_MINIMUM})"
    for candidate in map(shutil.which, ["python3", *names]):
        if candidate and _runs([candidate, "-I", "-c", check]):
            return candidate
    raise AssertionError(
        f"The tests of remote caching need a Python {'.'.join(map(str, _MINIMUM))} or newer for "
        "the cache server. Install it; on Debian and Ubuntu: apt-get install -y python3"
    )


def _runs(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@functools.cache
def _installed(python: str) -> str:
    """The directory with BuildGrid's packages for a Python."""
    said = "import sys, platform as p; print(*sys.version_info[:2], p.machine(), sep='.')"
    version = subprocess.check_output([python, "-I", "-c", said], text=True).strip()
    directory = _KEPT / f"{version}-{zlib.crc32(_PINNED.read_bytes()):08x}"
    if not directory.is_dir():
        _KEPT.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=_KEPT))
        try:
            # Use this environment's pip, because that Python may have none.
            done = subprocess.run(
                [
                    *(python, Path(pip.__file__).parent, "install", "--quiet", "--no-deps"),
                    *("--disable-pip-version-check", "--no-input", "--require-hashes"),
                    *("--only-binary=:all:", "--target", work / "installed", "-r", _PINNED),
                ],
                env={**os.environ, "PIP_USER": "0"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"BuildGrid could not be installed:\n{done.stderr}"
            # Another test run may have installed it meanwhile. Keep the first one.
            with contextlib.suppress(OSError):
                (work / "installed").rename(directory)
        finally:
            shutil.rmtree(work)
    return str(directory)
