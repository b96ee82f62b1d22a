"""The builder: compiled once for each SDK and platform, and started in each sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pants.engine.fs import CreateDigest, Digest, Directory, FileContent, RemovePrefix
from pants.engine.platform import Platform
from pants.engine.process import FallibleProcessResult, Process, ProcessExecutionEnvironment
from pants.option.global_options import KeepSandboxes
from pants.util.logging import LogLevel

from go_static.builder.arguments import ARGUMENTS, Arguments
from go_static.engine.compat import create_digest, remove_prefix, rule
from go_static.engine.local_machine import find_here
from go_static.engine.processes import execute_cached
from go_static.go import sandbox
from go_static.go.clean_output import clean_output
from go_static.go.subsystem import GoStaticSubsystem

_SOURCES = Path(__file__).with_name("_go")
_SOURCES_IN_SANDBOX = "source"
_COMPILE = "compile.sh"
_NAME = "builder"


# The exit code of the builder's own errors: `exitFailed` in _go/main.go.
_FAILED = 70

# The exit code of a process that asks for compiled packages, and the variables of one that may ask
# and of one that has asked: `exitAsks`, `askVariable` and `givenVariable` in _go/compile.go.
ASKS = 71
ASK_VARIABLE = "GO_STATIC_ASK"
GIVEN_VARIABLE = "GO_STATIC_GIVEN"


class BuilderError(Exception):
    """The builder cannot be compiled, or failed; the text says why."""


@dataclass(frozen=True)
class BuilderRequest:
    """`here` is for processes that run on this machine, whatever runs the others; `sdk` is for the
    same platform."""

    sdk: Digest
    here: bool = False


@dataclass(frozen=True)
class Builder:
    """`digest` is placed at `sandbox.BUILDER` in sandboxes."""

    digest: Digest


def command(arguments: Arguments, *more: str) -> tuple[str, ...]:
    """The argv of a process that has the builder, and the file with the arguments."""
    return (f"./{sandbox.BUILDER}/{_NAME}", arguments.command, ARGUMENTS, *more)


@dataclass(frozen=True)
class Cores:
    """How many actions one `go` runs side by side: `argument` is for the builder, after its other
    arguments, and `at_most` for Pants."""

    argument: str
    at_most: int

    @classmethod
    def of(cls, workers: bool) -> Cores:
        """Pants divides the machine's cores among the processes that run, and replaces the argument
        with a process's share. Remote workers distribute theirs themselves: Go uses all that it
        sees."""
        return cls("", 0) if workers else cls("{pants_concurrency}", 64)


def compile_command(cores: Cores) -> tuple[str, ...]:
    """The argv that compiles the builder."""
    return "/bin/sh", f"{_SOURCES_IN_SANDBOX}/{_COMPILE}", cores.argument


def compile_environment() -> dict[str, str]:
    return {**sandbox.OFFLINE, "GOPROXY": "off", "GOWORK": sandbox.gowork("")}


@rule(desc="Compile the builder", level=LogLevel.DEBUG)
async def compile_builder(
    request: BuilderRequest,
    options: GoStaticSubsystem,
    environment: ProcessExecutionEnvironment,
    platform: Platform,
    keep_sandboxes: KeepSandboxes,
) -> Builder:
    caches = sandbox.caches(options.isolated_caches)
    cores = Cores.of(environment.remote_execution and not request.here)
    inputs = await create_digest(
        CreateDigest([*sources(), *(Directory(directory) for directory in caches.directories)])
    )
    result = await execute_cached(
        Process(
            compile_command(cores),
            env=compile_environment(),
            input_digest=inputs,
            immutable_input_digests={sandbox.SDK: request.sdk},
            append_only_caches=caches.named,
            output_files=(f"{sandbox.OUTPUT}/{_NAME}",),
            concurrency_available=cores.at_most,
            description="Compile the builder",
            level=LogLevel.DEBUG,
        ),
        find_here(environment, platform, keep_sandboxes) if request.here else None,
    )
    if result.exit_code != 0:
        raise BuilderError(
            "The Go SDK cannot compile go_static's builder, which runs `go` in sandboxes. It "
            f"printed:\n\n{clean_output(result.stderr, '')}\n\n"
            "Check that the SDK is complete: its own `go build` must be able to compile a program."
        )
    return Builder(await remove_prefix(RemovePrefix(result.output_digest, sandbox.OUTPUT)))


def sources() -> Iterable[FileContent]:
    """The builder's sources, for a sandbox."""
    for path in sorted(_SOURCES.iterdir()):
        if path.name in ("go.mod", _COMPILE) or (
            path.suffix == ".go" and not path.name.endswith("_test.go")
        ):
            yield FileContent(f"{_SOURCES_IN_SANDBOX}/{path.name}", path.read_bytes())


def checked(result: FallibleProcessResult) -> FallibleProcessResult:
    """The result of a process that ran the builder.

    :raises BuilderError: the builder failed, so this is not a result of `go`.
    """
    failure = failure_of_builder(result)
    if failure:
        raise BuilderError(failure)
    return result


def failure_of_builder(result: FallibleProcessResult) -> str:
    """Why the builder itself failed; empty if it did not."""
    if result.exit_code != _FAILED:
        return ""
    *_, last = result.stderr.decode(errors="replace").strip().split("\n")
    try:
        error = json.loads(last)["error"]
    except (KeyError, TypeError, ValueError):
        error = last
    return (
        f"go_static's builder, which runs `go` in sandboxes, failed: {error}\n\n"
        "If the text names a file or directory, check its permissions and the space on its disk. "
        "Otherwise, please report this."
    )
