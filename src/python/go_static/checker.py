"""The ELF checker as a digest: `elf_static` with pyelftools and toml, compiled for an interpreter.

Its files are those that Pants's own process would import. They are compiled once, by a cached
process, because a Python that finds no bytecode compiles everything at each start: 0.6 s instead of
0.07 s.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

from pants.engine.fs import CreateDigest, Digest, FileContent, RemovePrefix
from pants.engine.process import Process
from pants.util.logging import LogLevel

from go_static.compat import (
    collect_rules,
    create_digest,
    remove_prefix,
    rule,
)
from go_static.interpreter import Interpreter
from go_static.remote_cache import execute_cached

CHECKER = "__elf_static__"
"""Where the checker lies in a sandbox."""

# What pyelftools' structures need of it; the rest is for DWARF.
_PACKAGES = ("elf_static", "toml", "elftools/common", "elftools/construct", "elftools/elf")
_SUFFIXES = (".py", ".toml")

_FIND = f"import sys; sys.path.insert(0, {CHECKER!r})\n"
_START = "from elf_static.command_line import main; sys.exit(main(sys.argv[1:]))"


class MissingPackageError(Exception):
    """A package that the checker needs is not installed beside Pants."""


@dataclass(frozen=True)
class CheckerRequest:
    interpreter: Interpreter


@dataclass(frozen=True)
class Checker:
    """The checker, to be put at `CHECKER` in a sandbox, and how to start it there."""

    digest: Digest
    interpreter: Interpreter

    def command(self, arguments: Iterable[str]) -> tuple[str, ...]:
        """The argv that runs `elf-static`."""
        return self.script(_START, arguments)

    def script(self, code: str, arguments: Iterable[str]) -> tuple[str, ...]:
        """The argv that runs Python code with `elf_static` at hand, and `sys`."""
        # -I and -S: nothing of the machine's Python but its own library. -B: it is compiled.
        return (self.interpreter.path, "-I", "-S", "-B", "-c", _FIND + code, *arguments)

    @property
    def environment(self) -> dict[str, str]:
        return _environment(self.interpreter)


@rule(desc="Prepare the ELF checker", level=LogLevel.DEBUG)
async def prepare_checker(request: CheckerRequest) -> Checker:
    interpreter = request.interpreter
    sources = await create_digest(
        CreateDigest(
            [FileContent(f"{CHECKER}/{name}", content) for name, content in read_sources()]
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
                # The sources in a sandbox have another date each time.
                "--invalidation-mode=unchecked-hash",
                CHECKER,
            ),
            env=_environment(interpreter),
            input_digest=sources,
            output_directories=(CHECKER,),
            description="Prepare the ELF checker",
            level=LogLevel.DEBUG,
        )
    )
    if result.exit_code != 0:
        raise MissingPackageError(
            f"The ELF checker cannot be compiled by {interpreter.path}:\n\n"
            f"{(result.stdout + result.stderr).decode(errors='replace').strip()}\n\n"
            "Put a complete Python, of version 3.9 or newer, first on the PATH."
        )
    return Checker(await remove_prefix(RemovePrefix(result.output_digest, CHECKER)), interpreter)


def read_sources() -> tuple[tuple[str, bytes], ...]:
    """The files of the checker, by their paths below a directory of Python's search path.

    :raises MissingPackageError: saying which package is missing and how to get it.
    """
    files: dict[str, bytes] = {}
    for package in _PACKAGES:
        directory = package_directory(package.partition("/")[0])
        top = os.path.join(directory, *package.split("/")[1:])
        if package.count("/"):
            files[f"{package.partition('/')[0]}/__init__.py"] = b""
        for parent, directories, names in os.walk(top):
            directories[:] = sorted(set(directories) - {"__pycache__"})
            for name in sorted(names):
                if name.endswith(_SUFFIXES):
                    path = os.path.join(parent, name)
                    with open(path, "rb") as file:
                        files[f"{package}/{os.path.relpath(path, top)}"] = file.read()
    return tuple(files.items())


def package_directory(package: str) -> str:
    """Where Pants's own process would import a package from."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        distribution = {"elftools": "pyelftools==0.32", "toml": "toml==0.10.2"}.get(package, "")
        raise MissingPackageError(
            f"The ELF test needs the Python package `{package}`, which is not installed beside "
            "Pants.\n\n"
            + (
                "Let Pants install it: in pants.toml, under [GLOBAL], "
                f'`plugins = ["{distribution}"]`.'
                if distribution
                else "It lies beside the package go_static: put it on the same `pythonpath`."
            )
        )
    return spec.submodule_search_locations[0]


def _environment(interpreter: Interpreter) -> dict[str, str]:
    # Part of the cache key: another interpreter at the same path is another action.
    return {"ELF_STATIC_INTERPRETER": interpreter.identity}


def rules() -> Iterable[object]:
    return collect_rules()
