"""Find the machine's programs that a `go_codegen` names, and make them part of the cache key."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.env_vars import EnvironmentVarsRequest
from pants.engine.process import Process, ProcessCacheScope, ProcessExecutionEnvironment
from pants.util.logging import LogLevel

from go_static.engine.compat import (
    environment_vars_subset,
    execute_process,
    implicitly,
    rule,
)
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


@dataclass(frozen=True)
class ToolRequest:
    """`needed_by` is the address of the target that names the program."""

    name: str
    needed_by: str


@dataclass(frozen=True)
class Tool:
    """`identity` changes with the program's version or content."""

    name: str
    path: str
    identity: str


@rule(desc="Look for a program", level=LogLevel.DEBUG)
async def find_tool(request: ToolRequest, execution: ProcessExecutionEnvironment) -> Tool:
    environment = await environment_vars_subset(EnvironmentVarsRequest(["PATH"]), **implicitly())
    path = environment.get("PATH", "")
    directories = search_directories((*path.split(os.pathsep), *_SYSTEM_DIRECTORIES))
    result = await execute_process(
        Process(
            probe_command(request.name, directories),
            env={"PATH": os.pathsep.join(directories)},
            description=f"Look for {request.name}",
            # It may be upgraded at any time, even while pantsd runs.
            cache_scope=ProcessCacheScope.PER_SESSION,
            level=LogLevel.DEBUG,
        ),
        **implicitly(),
    )
    found, _, identity = result.stdout.decode(errors="replace").partition("\n")
    if result.exit_code != 0:
        raise MissingToolError(
            missing_tool_message(request, directories, execution.remote_execution)
        )
    return Tool(request.name, found, identity)


def probe_command(name: str, directories: Iterable[str]) -> tuple[str, ...]:
    """The argv that prints a program's path and, on more lines, its identity."""
    return ("/bin/sh", "-c", _PROBE, "sh", name, *directories)


def missing_tool_message(request: ToolRequest, searched: Iterable[str], workers: bool) -> str:
    """The error for a program that is not there."""
    where = "the remote worker" if workers else "this machine"
    install = (
        "Install it in the image of the workers" if workers else "Install it and put it on PATH"
    )
    return (
        f"{request.needed_by}: `tools` names {request.name}, which is not on {where}.\n\n"
        f"Searched: {', '.join(searched)}.\n\n"
        f"{install}, or use `go run` with a package of a required module, which needs no "
        "installed tool."
    )
