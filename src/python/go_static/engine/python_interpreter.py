"""The Python for programs in sandboxes: any Python 3.9 or newer on the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.env_vars import EnvironmentVarsRequest
from pants.engine.process import Process, ProcessCacheScope, ProcessExecutionEnvironment
from pants.util.logging import LogLevel

from go_static.engine.compat import environment_vars_subset, execute_process, implicitly
from go_static.engine.search_path import search_directories

_MINIMUM = (3, 9)

# Most machines have one here. The same path on many machines lets them share a cache.
_FIRST_DIRECTORIES = ("/usr/bin", "/usr/local/bin")
_NAMES = ("python3", *(f"python3.{minor}" for minor in range(14, 8, -1)), "python")

# Prints something that changes if the interpreter is replaced.
_CHECK = f"""
import hashlib, sys
if sys.version_info[:2] < {_MINIMUM}: sys.exit(1)
import argparse, ast, compileall, ctypes, json, xml.sax.saxutils
with open(sys.executable, "rb") as file: content = file.read()
print("%d.%d.%d" % sys.version_info[:3], hashlib.sha256(content).hexdigest())
"""

# A `python3` may be a version manager's shim that does not run, so this takes the first that works.
_PROBE = """
for candidate; do
    [ -x "$candidate" ] || continue
    identity=$("$candidate" -I -S -c "$CHECK" </dev/null 2>/dev/null) || continue
    printf '%s\\t%s' "$candidate" "$identity"
    exit 0
done
"""


class NoPythonError(Exception):
    """No Python was found. The text says where it was searched."""


@dataclass(frozen=True)
class Interpreter:
    """`identity` changes if the file at `path` is replaced."""

    path: str
    identity: str


async def find_interpreter(execution: ProcessExecutionEnvironment) -> Interpreter:
    """A Python for processes of this environment.

    :raises NoPythonError: there is none.
    """
    environment = await environment_vars_subset(EnvironmentVarsRequest(["PATH"]), **implicitly())
    on_path = environment.get("PATH", "").split(os.pathsep)
    directories = search_directories((*_FIRST_DIRECTORIES, *on_path))
    result = await execute_process(
        Process(
            ("/bin/sh", "-c", _PROBE, "sh", *candidates(directories, execution.remote_execution)),
            env={"CHECK": _CHECK},
            description="Look for a Python",
            cache_scope=ProcessCacheScope.PER_RESTART_SUCCESSFUL,
            level=LogLevel.DEBUG,
        ),
        **implicitly(),
    )
    path, _, identity = result.stdout.decode(errors="replace").partition("\t")
    if not identity:
        raise NoPythonError(no_python_message(directories, execution.remote_execution))
    return Interpreter(path, identity)


def candidates(directories: Iterable[str], workers: bool) -> tuple[str, ...]:
    """The files that may be a Python. The last is Pants's own, which every machine has, but a
    container may lack, and remote workers do lack."""
    found = [os.path.join(directory, name) for directory in directories for name in _NAMES]
    return tuple(found) if workers else (*found, sys.executable)


def no_python_message(directories: Iterable[str], workers: bool) -> str:
    """The error for a machine, or for remote workers, without Python."""
    who = "the remote workers" if workers else "this machine"
    way_out = (
        "Install it in the image of the workers (on Debian and Ubuntu: apt-get install python3)."
        if workers
        else "Install it (on Debian and Ubuntu: apt-get install python3), or put it on PATH."
    )
    return (
        "The ELF test and the supply-chain record need a working Python "
        f"{'.'.join(map(str, _MINIMUM))}+ on {who}; none found.\n\n"
        f"Searched for python3 and python in: {', '.join(directories)}.\n\n{way_out}"
    )
