"""Python programs that run in sandboxes: packages that Pants's own process could import, as a
digest, compiled for a Python on the machine.

A cached process compiles them once. Without bytecode, Python compiles everything at each start: for
the ELF checker, 0.6 s instead of 0.07 s.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from pants.engine.fs import CreateDigest, Digest, FileContent, RemovePrefix
from pants.engine.process import Process, ProcessExecutionEnvironment
from pants.util.logging import LogLevel

from go_static.engine.compat import create_digest, remove_prefix, rule
from go_static.engine.processes import execute_cached
from go_static.engine.python_interpreter import Interpreter, find_interpreter

_SUFFIXES = (".py", ".toml", ".json")


class MissingPackageError(Exception):
    """A package that a program needs is not installed next to Pants."""


class NoCompilationError(Exception):
    """A Python that cannot read the packages."""


@dataclass(frozen=True)
class PythonProgram:
    """`packages` are whole packages, modules, or subpackages (`elftools/elf`) of a package whose
    other code is not needed. In sandboxes, they are in `directory`.

    `needed_by` and `way_out` are for the error about a missing third-party package: what needs it,
    and how to get it.
    """

    name: str
    directory: str
    packages: tuple[str, ...]
    needed_by: str
    way_out: str


@dataclass(frozen=True)
class ShippedProgram:
    """The program, to place at its directory in a sandbox, and how to start it there."""

    program: PythonProgram
    digest: Digest
    interpreter: Interpreter

    def script(self, code: str, arguments: Iterable[str]) -> tuple[str, ...]:
        """The argv that runs Python code that can import `sys` and the program's packages."""
        find = f"import sys; sys.path.insert(0, {self.program.directory!r})\n"
        # -I and -S: only the standard library of this Python. -B: the packages are compiled.
        return (self.interpreter.path, "-I", "-S", "-B", "-c", find + code, *arguments)

    @property
    def environment(self) -> dict[str, str]:
        return _environment(self.interpreter)


@rule(desc="Prepare a Python program", level=LogLevel.DEBUG)
async def ship_program(
    program: PythonProgram, execution: ProcessExecutionEnvironment
) -> ShippedProgram:
    interpreter = await find_interpreter(execution)
    sources = await create_digest(
        CreateDigest(
            [
                FileContent(f"{program.directory}/{name}", content)
                for name, content in read_sources(program)
            ]
        )
    )
    result = await execute_cached(
        Process(
            (
                interpreter.path,
                "-I",
                "-S",
                "-m",
                "compileall",
                "-q",
                # In each sandbox, the sources have another date.
                "--invalidation-mode=unchecked-hash",
                program.directory,
            ),
            env=_environment(interpreter),
            input_digest=sources,
            output_directories=(program.directory,),
            description=f"Prepare {program.name}",
            level=LogLevel.DEBUG,
        )
    )
    if result.exit_code != 0:
        said = (result.stdout + result.stderr).decode(errors="replace").strip()
        raise NoCompilationError(
            f"{interpreter.path} cannot compile {program.name}:\n\n{said}\n\n"
            "Put a complete Python 3.9+ first on PATH."
        )
    digest = await remove_prefix(RemovePrefix(result.output_digest, program.directory))
    return ShippedProgram(program, digest, interpreter)


def read_sources(program: PythonProgram) -> tuple[tuple[str, bytes], ...]:
    """The files of a program, by their paths below a directory of Python's search path.

    :raises MissingPackageError: a package is missing; the text says how to get it.
    """
    files: dict[str, bytes] = {}
    for package in program.packages:
        top_package, _, below = package.partition("/")
        location = package_location(program, top_package)
        if below:
            files[f"{top_package}/__init__.py"] = b""
        for path in _files_of(os.path.join(location, below) if below else location):
            with open(path, "rb") as file:
                inside = os.path.relpath(path, os.path.dirname(location))
                files[inside] = file.read()
    return tuple(files.items())


def _files_of(path: str) -> Iterator[str]:
    if os.path.isfile(path):
        yield path
    for parent, directories, names in os.walk(path):
        directories[:] = sorted(set(directories) - {"__pycache__"})
        yield from (os.path.join(parent, n) for n in sorted(names) if n.endswith(_SUFFIXES))


def package_location(program: PythonProgram, package: str) -> str:
    """The directory or file that Pants's own process would import."""
    spec = find_spec(package)
    if spec is not None and spec.submodule_search_locations:
        return spec.submodule_search_locations[0]
    if spec is not None and spec.origin:
        return spec.origin
    way_out = program.way_out
    if package in ("elf_static", "go_sbom"):
        way_out = "It is next to the package go_static. Add it to the same `pythonpath`."
    raise MissingPackageError(
        f"{program.needed_by} needs the Python package `{package}`, which is not installed next "
        f"to Pants.\n\n{way_out}"
    )


def _environment(interpreter: Interpreter) -> dict[str, str]:
    # This makes the interpreter part of the cache key.
    return {"GO_STATIC_INTERPRETER": interpreter.identity}
