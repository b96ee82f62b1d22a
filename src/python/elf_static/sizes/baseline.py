"""A baseline: the sizes of programs in a committed file. A review of a change to it shows which
module made which program larger.

    {
      "schema": 1,
      "programs": {
        "dist/src.go.agent/agent": {           # the file, as reports name it
          "size": 2162872,                     # in bytes, like all numbers
          "contents": {"machine code": 803445, …},
          "main": "example.com/agent",         # the main module
          "modules": {                         # their machine code
            "example.com/agent": 5120,
            "golang.org/x/text@v0.14.0": 52416,
            "the standard library@go1.26.6": 745909
          }
        }
      }
    }
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from elf_static.elf.bounded_file import Source
from elf_static.elf.printable import printable
from elf_static.inspect.code_by_module import Origin
from elf_static.inspect.file_parts import Kind
from elf_static.report.model import SCHEMA, to_json
from elf_static.sizes.program import ModuleSize, ProgramSizes

MAX_SIZE = 16 << 20
"""The largest baseline that is read, in bytes."""

_ORIGINS = {origin.value: origin for origin in Origin}


class BaselineError(Exception):
    """The file is not a baseline. The text names it, and the place in it."""

    def __init__(self, message: str) -> None:
        # It quotes the file, and is printed to a terminal.
        super().__init__(printable(message))


def render_baseline(programs: Iterable[ProgramSizes]) -> str:
    """The file, the same for the same programs in any order."""
    ordered = sorted(programs, key=lambda program: program.name)
    return to_json({"programs": {program.name: _entry(program) for program in ordered}})


def _entry(program: ProgramSizes) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "size": program.size,
        "contents": {k.value: program.kinds[k] for k in Kind if k in program.kinds},
    }
    if program.problem:
        return entry
    main = [module.path for module in program.modules if module.origin is Origin.MAIN]
    if main:
        entry["main"] = main[0]
    entry["modules"] = dict(sorted((_key(module), module.size) for module in program.modules))
    return entry


def _key(module: ModuleSize) -> str:
    # The version of the main module is that of the repository, and changes with each commit.
    version = "" if module.origin is Origin.MAIN else module.version
    return f"{module.name}@{version}" if version else module.name


def read_baseline(source: Source, path: str) -> tuple[ProgramSizes, ...]:
    """
    :param path: for messages.
    :raises BaselineError: the file is not a baseline.
    :raises UnreadableError: reading the open file fails.
    """
    if source.size > MAX_SIZE:
        raise BaselineError(f"{path} has {source.size} bytes, more than any size baseline.")
    return parse_baseline(b"".join(data for _, data in source.pieces(0, source.size, 0)), path)


def parse_baseline(data: bytes, path: str) -> tuple[ProgramSizes, ...]:
    """As `read_baseline`."""
    try:
        document = json.loads(data, parse_int=_integer)
    except (ValueError, RecursionError) as e:
        raise BaselineError(f"{path} is not a size baseline: it is not JSON ({e}).") from None
    reader = _Reader(path)
    top = reader.table(document, "the file")
    if top.get("schema") != SCHEMA:
        raise BaselineError(
            f"{path} is not a size baseline of this version: its schema is {top.get('schema')}, "
            f"not {SCHEMA}."
        )
    programs = reader.table(top.get("programs"), "programs")
    return tuple(reader.program(name, entry) for name, entry in programs.items())


def _integer(digits: str) -> int:
    # Python takes minutes for a number of a million digits.
    if len(digits) > 19:
        raise ValueError("a number has too many digits")
    return int(digits)


class _Reader:
    def __init__(self, path: str) -> None:
        self._path = path

    def program(self, name: str, value: object) -> ProgramSizes:
        entry = self.table(value, name)
        kinds = self._sizes(entry.get("contents"), f"{name}: contents")
        unknown = [kind for kind in kinds if kind not in {known.value for known in Kind}]
        if unknown:
            raise self._error(f"{name}: contents: {unknown[0]}", "is not a kind of content")
        main = entry.get("main")
        modules = self._sizes(entry.get("modules", {}), f"{name}: modules")
        return ProgramSizes(
            name=printable(name),
            size=self._size(entry.get("size"), f"{name}: size"),
            kinds={Kind(kind): size for kind, size in kinds.items()},
            modules=tuple(_module(key, size, main) for key, size in modules.items()),
            problem="" if "modules" in entry else "has no sizes by module in the baseline",
        )

    def table(self, value: object, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._error(where, "must be an object")
        return value

    def _sizes(self, value: object, where: str) -> dict[str, int]:
        sizes = self.table(value, where)
        return {name: self._size(size, f"{where}: {name}") for name, size in sizes.items()}

    def _size(self, value: object, where: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._error(where, "must be a number of bytes")
        return value

    def _error(self, where: str, problem: str) -> BaselineError:
        return BaselineError(f"{self._path} is not a size baseline: {where} {problem}.")


def _module(key: str, size: int, main: object) -> ModuleSize:
    name, _, version = printable(key).partition("@")
    origin = _ORIGINS.get(name)
    if origin:
        return ModuleSize(origin, "", version, size)
    return ModuleSize(Origin.MAIN if name == main else Origin.DEPENDENCY, name, version, size)
