"""Remote execution for the tests: a BuildGrid storage, and a worker with its own image.

BuildGrid's own scheduler would need a database server, and its packages include no worker. The
image contains only the programs that docs/remote-execution.md lists: no Go, no bash, no compiler.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from end_to_end.cache_server import CacheServer, buildgrid, cache_server, free_port, wait_for_answer

_SERVICE = Path(__file__).with_name("remote_worker_service.py")

# In addition to a Python.
PROGRAMS = ("cksum", "head", "ln", "mkdir", "sh")
# In the `tools` of the tests' `go_codegen`.
_TOOLS = ("sort",)
# A directory in the image that persists between actions.
KEPT = "/caches"
# Start an action in the image.
_STARTERS = ("env", "setpriv")

_ABOUT_PYTHON = """\
import os, sys, sysconfig
print(os.path.realpath(sys.executable), sysconfig.get_path("stdlib"), sep="\\n")
"""
_NOT_NEEDED = ("__pycache__", "config-*", "*-packages", "ensurepip", "idlelib", "test", "tests")


@dataclass(frozen=True)
class Command:
    """A process that a worker ran."""

    arguments: tuple[str, ...]
    environment: dict[str, str]
    exit_code: int
    errors: str


@dataclass(frozen=True)
class RemoteWorker:
    storage: CacheServer
    directory: Path
    port: int

    @property
    def options(self) -> str:
        """Lines for [GLOBAL] of pants.toml."""
        return (
            "remote_execution = true\n"
            f'remote_store_address = "grpc://127.0.0.1:{self.storage.port}"\n'
            f'remote_execution_address = "grpc://127.0.0.1:{self.port}"\n'
            'remote_instance_name = "main"\n'
            "remote_cache_read = true\n"
            'cache_content_behavior = "defer"\n'
            "remote_store_rpc_concurrency = 8\n"
            "remote_execution_rpc_concurrency = 8\n"
        )

    @property
    def ran(self) -> tuple[Command, ...]:
        """The processes run since the last `forget`."""
        record = self.directory / "record"
        lines = record.read_text().splitlines() if record.exists() else []
        return tuple(
            Command(
                tuple(said["arguments"]), said["environment"], said["exit_code"], said["errors"]
            )
            for said in map(json.loads, lines)
        )

    def forget(self) -> None:
        (self.directory / "record").unlink(missing_ok=True)


@contextlib.contextmanager
def remote_worker(directory: Path) -> Iterator[RemoteWorker]:
    directory.mkdir()
    python, packages = buildgrid()
    _make_image(directory / "image", python)
    port = free_port()
    log = directory / "log"
    with cache_server(directory / "storage") as storage, log.open("wb") as stream:
        process = subprocess.Popen(
            [python, "-I", _SERVICE, packages, directory, str(storage.port), str(port)],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
        try:
            wait_for_answer("the worker", process, port, log)
            yield RemoteWorker(storage, directory, port)
        finally:
            process.terminate()
            process.wait()


def _make_image(root: Path, python: str) -> None:
    """A root file system with the programs, the libraries that they load, and a Python."""
    for name in ("build", "caches", "dev", "tmp", "usr/bin", "usr/lib", "usr/lib64"):
        (root / name).mkdir(parents=True)
    for name in ("bin", "lib", "lib64"):
        (root / name).symlink_to(f"usr/{name}")
    for name in ("null", "random", "urandom", "zero"):
        (root / "dev" / name).touch()
    programs = (*PROGRAMS, *_TOOLS, *_STARTERS)
    found = {name: shutil.which(name, path="/usr/local/bin:/usr/bin:/bin") for name in programs}
    missing = [name for name, path in found.items() if path is None]
    assert not missing, f"the remote worker's image needs: {', '.join(missing)}"
    loading: list[str | Path] = []
    for name, path in found.items():
        assert path is not None
        shutil.copy(path, root / "usr" / "bin" / name)
        loading.append(path)
    interpreter, library = (
        Path(line)
        for line in subprocess.check_output(
            [python, "-I", "-c", _ABOUT_PYTHON], text=True
        ).splitlines()
    )
    _copy(interpreter, root)
    if not (root / "usr" / "bin" / "python3").exists():
        (root / "usr" / "bin" / "python3").symlink_to(interpreter)
    shutil.copytree(
        library,
        root / library.relative_to("/"),
        symlinks=True,
        ignore=shutil.ignore_patterns(*_NOT_NEEDED),
    )
    loading += [interpreter, *library.glob("lib-dynload/*.so")]
    said = subprocess.run(["ldd", *loading], capture_output=True, text=True, check=False).stdout
    for library_path in sorted(set(re.findall(r"(/\S+) \(0x", said))):
        _copy(Path(library_path), root)


def _copy(path: Path, root: Path) -> None:
    """A file on this machine, copied to the same path in `root`."""
    place = root / path.relative_to("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(os.path.realpath(path), place)
