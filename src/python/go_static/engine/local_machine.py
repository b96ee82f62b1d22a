"""The processes that run on this machine even if remote workers run everything else.

A worker has no credentials, may have no network and no Go, and the next process may run on another
one. So Go is found and copied on this machine, and modules are downloaded here; the results reach
the workers as digests. In a Docker environment, these processes run in the container too.
"""

from __future__ import annotations

from dataclasses import dataclass

from pants.engine.env_vars import CompleteEnvironmentVars, EnvironmentVarsRequest
from pants.engine.internals.session import SessionValues
from pants.engine.platform import Platform
from pants.engine.process import ProcessExecutionEnvironment
from pants.option.global_options import KeepSandboxes
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.engine.compat import environment_vars_subset, implicitly, local_execution, rule


@dataclass(frozen=True)
class Here:
    """How to run a process on this machine, and the platform of its Go. `workers` is whether remote
    workers run all other processes."""

    environment: ProcessExecutionEnvironment
    platform: Platform
    workers: bool


@dataclass(frozen=True)
class VariablesRequest:
    """Names, or `NAME=value`."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class VariablesHere:
    """The caller's variables."""

    values: FrozenDict[str, str]


def find_here(
    environment: ProcessExecutionEnvironment, platform: Platform, keep_sandboxes: KeepSandboxes
) -> Here:
    """Where to run processes that read this machine; the arguments are those of all others."""
    if not environment.remote_execution:
        return Here(environment, platform, workers=False)
    localhost = Platform.create_for_localhost()
    return Here(local_execution(localhost, keep_sandboxes), localhost, workers=True)


@rule(desc="Read the caller's environment", level=LogLevel.DEBUG)
async def read_variables_here(
    request: VariablesRequest, environment: ProcessExecutionEnvironment, session: SessionValues
) -> VariablesHere:
    if environment.remote_execution:
        # Pants would read the worker's variables.
        caller = session[CompleteEnvironmentVars]
        return VariablesHere(FrozenDict(caller.get_subset(request.names)))
    variables = await environment_vars_subset(EnvironmentVarsRequest(request.names), **implicitly())
    return VariablesHere(FrozenDict(variables))
