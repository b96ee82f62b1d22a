"""Find the machine's programs that a `go_codegen` names, and make them part of the cache key."""

from __future__ import annotations

import os
from collections.abc import Iterable

from pants.engine.env_vars import EnvironmentVarsRequest
from pants.engine.process import Process, ProcessCacheScope, ProcessExecutionEnvironment
from pants.util.logging import LogLevel

from go_static.builder.arguments import MachineTool
from go_static.engine.compat import environment_vars_subset, execute_process, implicitly
from go_static.engine.search_path import search_directories

# Identifies a program by its content, which takes 50 ms for a clang of 100 MB, and by its version,
# because it may be a wrapper or use shared libraries.
_PROBE = """\
name=$1
shift
for directory; do
    candidate=$directory/$name
    [ -f "$candidate" ] && [ -x "$candidate" ] || continue
    printf '%s\\n' "$candidate"
    "$candidate" --version </dev/null 2>&1 | head -n 5
    cksum <"$candidate"
    exit 0
done
exit 1
"""
_SYSTEM_DIRECTORIES = ("/usr/local/bin", "/usr/bin", "/bin")


class MissingToolError(Exception):
    """A program that is not on this machine. The text says where it was searched."""


async def find_tool(
    name: str, needed_by: str, execution: ProcessExecutionEnvironment
) -> MachineTool:
    """The program of this name; `needed_by` is the address of the target that names it.

    :raises MissingToolError: the machine has none.
    """
    environment = await environment_vars_subset(EnvironmentVarsRequest(["PATH"]), **implicitly())
    path = environment.get("PATH", "")
    directories = search_directories((*path.split(os.pathsep), *_SYSTEM_DIRECTORIES))
    result = await execute_process(
        Process(
            probe_command(name, directories),
            env={"PATH": os.pathsep.join(directories)},
            description=f"Look for {name}",
            # It may be upgraded at any time, even while pantsd runs.
            cache_scope=ProcessCacheScope.PER_SESSION,
            level=LogLevel.DEBUG,
        ),
        **implicitly(),
    )
    found, _, identity = result.stdout.decode(errors="replace").partition("\n")
    if result.exit_code != 0:
        raise MissingToolError(
            missing_tool_message(name, needed_by, directories, execution.remote_execution)
        )
    return MachineTool(name, found, identity)


def probe_command(name: str, directories: Iterable[str]) -> tuple[str, ...]:
    """The argv that prints a program's path and, on more lines, its identity."""
    return ("/bin/sh", "-c", _PROBE, "sh", name, *directories)


def missing_tool_message(name: str, needed_by: str, searched: Iterable[str], workers: bool) -> str:
    """The error for a program that is not there."""
    where = "the remote worker" if workers else "this machine"
    install = (
        "Install it in the image of the workers" if workers else "Install it and put it on PATH"
    )
    return (
        f"{needed_by}: `tools` names {name}, which is not on {where}.\n\n"
        f"Searched: {', '.join(searched)}.\n\n"
        f"{install}, or use `go run` with a package of a required module, which needs no "
        "installed tool."
    )
