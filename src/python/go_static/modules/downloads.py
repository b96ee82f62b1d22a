"""The `downloads` step: provide the zips of the required modules as a digest.

No other step has a network. To keep credentials and machine paths out of cached actions, and the
cache key down to the module files, there are three processes:

1. A cached process takes the modules from the named cache, without a network.
2. If some are missing, a process with the caller's settings fills the named cache. It runs at most
   once per Pants run and is never cached. It reads the settings from a file that only the user can
   read, because Pants logs environments at `-ldebug`.
3. The first process runs again, and its result is cached for everybody, locally and remotely.

All three run on this machine, which has the credentials, even if remote workers do the rest. Each
enforces go.sum, and so does unpacking a zip.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum

from pants.engine.engine_aware import EngineAwareReturnType
from pants.engine.fs import EMPTY_DIGEST, Digest, RemovePrefix
from pants.engine.platform import Platform
from pants.engine.process import (
    FallibleProcessResult,
    Process,
    ProcessCacheScope,
    ProcessExecutionEnvironment,
)
from pants.option.global_options import KeepSandboxes
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.builder.arguments import GoModDownload
from go_static.builder.program import BuilderRequest, command, compile_builder
from go_static.engine.compat import implicitly, remove_prefix, rule
from go_static.engine.local_machine import Here, VariablesRequest, find_here, read_variables_here
from go_static.engine.processes import LOOKUP_MILLIS, TRANSFER_MILLIS, execute_cached, execute_here
from go_static.go import sandbox
from go_static.go.messages import GoMessage
from go_static.go.subsystem import GoStaticSubsystem
from go_static.modules import download_environment
from go_static.modules.download_errors import failure_message
from go_static.modules.modfile import GoMod
from go_static.modules.tree import ModuleTree
from go_static.sdk.find_sdk import GoSdk


class GoDownloadError(Exception):
    """Modules that cannot be downloaded. The text shows the settings, without credentials."""


class Scope(Enum):
    """What to download in addition to the zips of modules: nothing, the go.mod files of the whole
    graph, or those and the versions that a workspace selects."""

    MODULES = "modules"
    GRAPH = "graph"
    WORKSPACE = "workspace"


@dataclass(frozen=True)
class DownloadsRequest:
    """The arguments of `go mod download`, and the files that it reads.

    `module_files` holds the go.mod, go.sum and go.work files at their paths in the repository.
    `modules` are module paths, with versions in a workspace; empty means all.
    """

    directory: str
    module_files: Digest
    workspace: str
    modules: tuple[str, ...]
    scope: Scope
    sdk: GoSdk


def downloads_request(
    tree: ModuleTree, sdk: GoSdk, whole_graph: bool = False
) -> DownloadsRequest | None:
    """What to download to build this module; None if nothing.

    `whole_graph` is for packages that Go does not find in the modules that go.mod lists. Go then
    reads the go.mod of every version in the module graph.
    """
    if tree.vendored or not any(module.go_mod.requires for module in tree.mains):
        return None
    if tree.workspace.path:
        # A go.work.sum need not be complete: Go extends it by itself.
        sums = "".join((*(main.go_sum for main in tree.mains), tree.workspace.sums))
        hashed = tuple(sorted(f"{path}@{version}" for path, version in hashed_zips(sums)))
        modules = () if whole_graph else hashed
        scope = Scope.WORKSPACE
    else:
        (main,) = tree.mains
        hashed = modules_with_sums(main.go_mod, main.go_sum)
        modules = hashed if tree.has_graph_pruning else ()
        whole_graph = whole_graph or not tree.has_graph_pruning
        scope = Scope.GRAPH if whole_graph else Scope.MODULES
    if not hashed:
        return None
    return DownloadsRequest(
        directory=tree.directory,
        module_files=tree.module_files,
        workspace=tree.workspace.path,
        modules=modules,
        scope=scope,
        sdk=sdk,
    )


def hashed_zips(go_sum: str) -> frozenset[tuple[str, str]]:
    """The modules, as path and version, whose zip has a hash in a go.sum."""
    lines = (line.split() for line in go_sum.splitlines())
    return frozenset(
        (fields[0], fields[1])
        for fields in lines
        if len(fields) == 3 and not fields[1].endswith("/go.mod")
    )


def modules_with_sums(go_mod: GoMod, go_sum: str) -> tuple[str, ...]:
    """The required modules whose zip has a hash in go.sum.

    `go mod tidy` keeps that hash only for modules that provide a package. So these are all that a
    build may need, and often much fewer than go.mod requires.
    """
    hashed = {path for path, _ in hashed_zips(go_sum)}
    replaced = {r.old: r for r in go_mod.replaces}
    wanted = []
    for module in go_mod.requires:
        replacement = replaced.get(module)
        if replacement is not None and replacement.is_directory:
            continue
        if module in hashed or (replacement is not None and replacement.new in hashed):
            wanted.append(module)
    return tuple(wanted)


@dataclass(frozen=True)
class Downloads(EngineAwareReturnType):
    """`digest` is a tree that serves as GOPROXY=file://… `failure` is the error for the user, if
    any. It is a value because the engine remembers values within a run, but not exceptions: each
    rule that needs these downloads would try again."""

    digest: Digest
    failure: str = ""
    used_network: bool = dataclasses.field(default=False, compare=False)

    def cacheable(self) -> bool:
        # To check a result of an earlier run, the engine would rerun the process with a network,
        # whose file of settings is gone. It would ask the public servers for private modules.
        return not self.used_network


async def _caller_variables(names: Iterable[str]) -> FrozenDict[str, str]:
    """The shell's variables that the user lets through."""
    let_through = await read_variables_here(VariablesRequest(tuple(names)), **implicitly())
    caller: FrozenDict[str, str] = let_through.values
    if not caller.get("GIT_CONFIG_COUNT"):
        return caller
    git_config = await read_variables_here(
        VariablesRequest(git_config_variables(caller["GIT_CONFIG_COUNT"])), **implicitly()
    )
    return FrozenDict({**caller, **git_config.values})


async def _fetch(
    request: DownloadsRequest,
    from_cache: Process,
    here: Here,
    caller: Mapping[str, str],
    timeout: int,
) -> FallibleProcessResult:
    """Run the process with a network and the caller's variables; `timeout` is in seconds."""
    with private_file(download_environment.caller_settings(caller)) as settings:
        return await execute_here(
            dataclasses.replace(
                from_cache,
                argv=(*from_cache.argv, settings),
                env=FrozenDict(
                    download_environment.network_download_environment(request.workspace)
                ),
                cache_scope=ProcessCacheScope.PER_SESSION,
                timeout_seconds=timeout,
                description=f"Download the modules of {request.directory or '.'}/go.mod",
                level=LogLevel.INFO,
            ),
            here,
        )


@rule(desc="Download Go modules", level=LogLevel.DEBUG)
async def download_modules(
    request: DownloadsRequest,
    options: GoStaticSubsystem,
    variables: GoStaticSubsystem.EnvironmentAware,
    environment: ProcessExecutionEnvironment,
    platform: Platform,
    keep_sandboxes: KeepSandboxes,
) -> Downloads:
    here = find_here(environment, platform, keep_sandboxes)
    # Isolated builds share this cache too, because unpacking verifies the zips.
    caches = sandbox.caches(isolated=False)
    arguments = GoModDownload(request.directory, request.scope.value, request.modules)
    builder = await compile_builder(BuilderRequest(request.sdk.digest, here=True), **implicitly())
    from_cache = Process(
        command(arguments),
        env=download_environment.cached_download_environment(request.workspace),
        input_digest=await sandbox.lay_out(
            request.module_files, caches, arguments=arguments.file()
        ),
        immutable_input_digests={sandbox.SDK: request.sdk.digest, sandbox.BUILDER: builder.digest},
        append_only_caches=caches.named,
        output_directories=(f"{sandbox.OUTPUT}/downloads",),
        description=f"Collect the modules of {request.directory or '.'}/go.mod",
        level=LogLevel.DEBUG,
    )
    result = await execute_cached(from_cache, here, TRANSFER_MILLIS)
    used_network = result.exit_code != 0
    if used_network:
        caller = await _caller_variables(variables.subprocess_env_vars)
        fetched = await _fetch(request, from_cache, here, caller, options.download_timeout)
        if fetched.exit_code != 0:
            failure = failure_message(request.directory, fetched, caller)
            return Downloads(EMPTY_DIGEST, failure, used_network=True)
        # The delay is not part of the action, but makes the engine run it again.
        again = await execute_here(
            dataclasses.replace(from_cache, remote_cache_speculation_delay_millis=LOOKUP_MILLIS),
            here,
        )
        # Somebody may have emptied the named cache; the fetched modules are still valid.
        result = again if again.exit_code == 0 else fetched
    digest = await remove_prefix(RemovePrefix(result.output_digest, f"{sandbox.OUTPUT}/downloads"))
    return Downloads(digest, used_network=used_network)


def git_config_variables(count: str) -> tuple[str, ...]:
    """The variables that a GIT_CONFIG_COUNT announces."""
    # git reports a count that is not a number.
    settings = range(int(count)) if count.isdecimal() else ()
    return tuple(f"GIT_CONFIG_{part}_{number}" for number in settings for part in ("KEY", "VALUE"))


@contextmanager
def private_file(content: bytes) -> Iterator[str]:
    """The path of a file that only the user can read. On Linux it is in memory and vanishes with
    this process. Elsewhere it is a temporary file, which its reader removes."""
    if hasattr(os, "memfd_create"):
        with open(os.memfd_create(download_environment.SETTINGS_NAME), "wb") as stream:
            os.fchmod(stream.fileno(), 0o600)
            path = f"/proc/{os.getpid()}/fd/{stream.fileno()}"
            # If /proc belongs to another PID namespace, this path is missing or names another file.
            if os.path.exists(path) and os.path.samestat(os.stat(path), os.fstat(stream.fileno())):
                stream.write(content)
                stream.flush()
                yield path
                return
    descriptor, path = tempfile.mkstemp(prefix="go_static_")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        yield path
    finally:
        with suppress(FileNotFoundError):
            os.unlink(path)


def lacks_downloads(listing: FallibleProcessResult) -> bool:
    """Whether a `go list` did not find something among the downloads."""
    return any(
        GoMessage.NOT_DOWNLOADED.is_in(output.decode(errors="replace"))
        for output in (listing.stdout, listing.stderr)
    )
