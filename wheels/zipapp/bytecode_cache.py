"""Imports the packages of the archive, and keeps their bytecode for the next start.

Compiling them takes 100 ms. All bytecode is in one file below the user's cache directory, and is
used only if nobody else can have written it: whoever writes it decides what the checker does. Where
there is no such directory, everything works without it.
"""

from __future__ import annotations

import _imp
import marshal
import os
import stat
import sys
from importlib.machinery import ModuleSpec
from importlib.util import MAGIC_NUMBER
from types import CodeType, ModuleType
from typing import Any

_PACKAGES = ("elf_static", "elftools", "toml")
# More than anybody has versions of this file and of Python.
_MAX_FILES = 8
_MAX_BYTES = 16 << 20
_CHECKSUM = 8


def run(archive: Any) -> int:
    """Run the command, and return its exit code.

    :param archive: the zipimporter of the archive.
    """
    importer = Importer(archive, cache_file(archive.archive))
    sys.meta_path.insert(0, importer)
    try:
        from elf_static.cli.main import main

        return main(sys.argv[1:])
    finally:
        importer.keep_bytecode()


class Importer:
    """Finds and loads the modules of the archive."""

    def __init__(self, archive: Any, cache: str | None) -> None:
        self._archive = archive
        self._cache = cache
        self._bytecode = _read(cache) if cache else {}
        self._compiled = False

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        if name.partition(".")[0] not in _PACKAGES:
            return None
        place = os.path.join(self._archive.archive, *name.split("."))
        is_package = False
        code = self._bytecode.get(name)
        if code:
            is_package = code[:1] == b"p"
        else:
            is_package = self._holds(os.path.join(place, "__init__.py"))
            if not is_package and not self._holds(f"{place}.py"):
                return None
        origin = os.path.join(place, "__init__.py") if is_package else f"{place}.py"
        spec = ModuleSpec(name, self, origin=origin, is_package=is_package)  # type: ignore[arg-type]
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [place]
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None and spec.origin is not None
        exec(self._code(spec.name, spec.origin), module.__dict__)

    def get_data(self, path: str) -> bytes:
        """A file of the archive, as any loader gives it."""
        return bytes(self._archive.get_data(path))

    def get_source(self, name: str) -> str:
        spec = self.find_spec(name)
        return self.get_data(spec.origin).decode()

    def keep_bytecode(self) -> None:
        if self._compiled and self._cache and not sys.dont_write_bytecode:
            _write(self._cache, self._bytecode)

    def _holds(self, path: str) -> bool:
        try:
            self._archive.get_data(path)
        except OSError:
            return False
        return True

    def _code(self, name: str, origin: str) -> CodeType:
        kept = self._bytecode.get(name)
        if kept is None:
            code = compile(self.get_data(origin), origin, "exec", dont_inherit=True)
            kind = b"p" if origin.endswith("__init__.py") else b"m"
            self._bytecode[name] = kind + marshal.dumps(code)
            self._compiled = True
            return code
        loaded = marshal.loads(memoryview(kept)[1:])
        assert isinstance(loaded, CodeType)
        return loaded


def cache_file(archive: str) -> str | None:
    """Where the bytecode is, for this archive, this Python and its options; None if no directory is
    the user's own."""
    home = os.environ.get("HOME", "")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    if not home.startswith("/") or not base.startswith("/") or os.getuid() != os.geteuid():
        return None
    directory = os.path.join(os.path.realpath(base), "elf-static")
    try:
        if not sys.dont_write_bytecode and os.path.isdir(home):
            os.makedirs(directory, 0o700, exist_ok=True)
        if not _is_private(directory):
            return None
        with open(archive, "rb") as file:
            content = file.read()
    except OSError:
        return None
    # The name of the archive is in the bytecode, for error messages.
    key = _imp.source_hash(_number(MAGIC_NUMBER), content + os.fsencode(archive)).hex()
    python = f"{sys.implementation.cache_tag}-{sys.flags.optimize}"
    return os.path.join(directory, f"{python}-{key}.bytecode")


def _is_private(directory: str) -> bool:
    """Whether only this user and root can change the directory's files, and put another one in its
    place."""
    status = os.lstat(directory)
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        return False
    while directory != "/":
        directory = os.path.dirname(directory)
        status = os.lstat(directory)
        others_write = status.st_mode & 0o022 and not status.st_mode & stat.S_ISVTX
        if status.st_uid not in (0, os.geteuid()) or others_write:
            return False
    return True


def _read(path: str) -> dict[str, bytes]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return {}
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if (
            not stat.S_ISREG(status.st_mode)
            or status.st_uid != os.geteuid()
            or status.st_mode & 0o077
            or status.st_size > _MAX_BYTES
        ):
            return {}
        try:
            data = file.read()
        except OSError:
            return {}
    # A machine that lost power may have kept a part of it.
    if _checksum(data[_CHECKSUM:]) != data[:_CHECKSUM]:
        return {}
    read: dict[str, bytes] = marshal.loads(memoryview(data)[_CHECKSUM:])
    return read


def _write(path: str, bytecode: dict[str, bytes]) -> None:
    data = marshal.dumps({**_read(path), **bytecode})
    directory = os.path.dirname(path)
    unfinished = f"{path}.{os.getpid()}"
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(unfinished, flags, 0o600), "wb") as file:
            file.write(_checksum(data) + data)
        os.replace(unfinished, path)
        others = (os.path.join(directory, name) for name in os.listdir(directory))
        for old in sorted(others, key=os.path.getmtime)[:-_MAX_FILES]:
            os.unlink(old)
    except OSError:
        # A full disk, or another process that removed the same old file.
        return


def _checksum(data: bytes) -> bytes:
    return _imp.source_hash(_CHECKSUM, data)


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")
