"""The `sdk` step: provide a Go SDK as a digest, from the machine or from a pinned download."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pants.core.util_rules.external_tool import ExternalToolVersion
from pants.engine.fs import (
    CreateDigest,
    Digest,
    DownloadFile,
    FileContent,
    FileDigest,
    MergeDigests,
    RemovePrefix,
)
from pants.engine.platform import Platform
from pants.engine.process import (
    FallibleProcessResult,
    Process,
    ProcessCacheScope,
    ProcessExecutionEnvironment,
)
from pants.option.global_options import GlobalOptions, KeepSandboxes
from pants.util.logging import LogLevel

from go_static.engine.compat import (
    concurrently,
    create_digest,
    download_file,
    implicitly,
    merge_digests,
    remove_prefix,
    rule,
)
from go_static.engine.files import subset
from go_static.engine.local_machine import Here, VariablesRequest, find_here, read_variables_here
from go_static.engine.processes import execute_cached, execute_here, not_shared
from go_static.go import sandbox
from go_static.sdk.choice import (
    FoundSdk,
    FoundSdks,
    GoSdkError,
    SdkRequest,
    choose_found,
    choose_known,
    download_failed_message,
    expand_search_paths,
    nothing_found_message,
    parse_probe,
    wanted_version,
)
from go_static.sdk.commands import (
    Part,
    capture_command,
    capture_environment,
    probe_command,
    probe_environment,
    unpack_command,
)
from go_static.sdk.subsystem import GoSdkSubsystem

# A build uses 2,500 to 3,600 of about 11,500 files. go.env sets Go's default module proxy.
_USED = (
    "VERSION",
    "bin/go",
    "bin/gofmt",
    "go.env",
    "lib/fips140/**",
    "pkg/include/**",
    "pkg/tool/**",
    "src/**",
    "!src/**/*_test.go",
    "!src/**/testdata/**",
    "!src/**/_*/**",
    "!src/**/*.syso",
    "!src/cmd/**",
)

_TITLES = {Part.USUAL: "", Part.OTHER_PLATFORMS: " for other platforms"}


@dataclass(frozen=True)
class GoSdk:
    """The digest has `bin/go` at its top. `version` is a release, such as `1.26.7`."""

    digest: Digest
    version: str


async def search_for_sdks(here: Here, options: GoSdkSubsystem.EnvironmentAware) -> FoundSdks:
    """The Go releases on the search path of this machine."""
    variables = await read_variables_here(VariablesRequest(("PATH",)), **implicitly())
    path = variables.values.get("PATH", "")
    directories = expand_search_paths(options.search_paths, path)
    if not directories:
        return FoundSdks((), ())
    result = await execute_here(
        Process(
            probe_command(directories),
            env=probe_environment(path),
            description="Look for Go on the search path",
            # Go may be upgraded in place at any time, even while pantsd runs.
            cache_scope=ProcessCacheScope.PER_SESSION,
            level=LogLevel.DEBUG,
        ),
        here,
    )
    return FoundSdks(parse_probe(result.stdout), directories)


async def execute_copy(
    process: Process, here: Here, options: GlobalOptions
) -> FallibleProcessResult:
    """The result of a process that makes the files of an SDK. It takes a second or two, but a cache
    sends them one by one, thousands of them; unless Pants asks a cache only for their names."""
    # The enum has moved between releases of Pants.
    if options.cache_content_behavior.value == "fetch":
        process = not_shared(process, Path(options.local_store_dir))
    return await execute_cached(process, here)


async def capture_sdk(found: FoundSdk, here: Here, part: Part, options: GlobalOptions) -> Digest:
    """Copy a part of the machine's Go.

    :raises GoSdkError: the installation is incomplete.
    """
    inputs = await create_digest(
        CreateDigest(
            [FileContent("goroot", f"{found.root}\n{found.version}\n{found.identity}\n".encode())]
        )
    )
    result = await execute_copy(
        Process(
            capture_command(part),
            env=capture_environment(),
            input_digest=inputs,
            output_directories=(sandbox.OUTPUT,),
            description=f"Copy Go {found.version}{_TITLES[part]} into Pants's store",
            level=LogLevel.DEBUG,
        ),
        here,
        options,
    )
    if result.exit_code != 0:
        raise GoSdkError(
            f"Could not copy Go {found.version} at {found.root} into Pants's store:\n\n"
            f"{result.stderr.decode(errors='replace').strip()}\n\n"
            "Check that the directory is a complete, readable Go installation, or set "
            "`[go-sdk].search_paths` to use another."
        )
    copied = await remove_prefix(RemovePrefix(result.output_digest, sandbox.OUTPUT))
    return await subset(copied, _USED)


async def download_sdk(
    known: ExternalToolVersion, url: str, here: Here, part: Part, options: GlobalOptions
) -> Digest:
    """Download the release `known` and unpack a part of it.

    :raises GoSdkError: the archive does not contain Go.
    """
    archive = await download_file(
        DownloadFile(url, FileDigest(known.sha256, known.filesize)), **implicitly()
    )
    result = await execute_copy(
        Process(
            unpack_command(part),
            env=capture_environment(),
            input_digest=archive,
            output_directories=(sandbox.OUTPUT,),
            description=f"Unpack Go {known.version}{_TITLES[part]}",
            level=LogLevel.DEBUG,
        ),
        here,
        options,
    )
    if result.exit_code != 0:
        reason = result.stderr.decode(errors="replace").strip()
        raise GoSdkError(f"downloaded, but cannot be unpacked: {reason}")
    unpacked = await remove_prefix(RemovePrefix(result.output_digest, f"{sandbox.OUTPUT}/go"))
    return await subset(unpacked, _USED)


@rule(desc="Choose a Go SDK", level=LogLevel.DEBUG)
async def find_sdk(
    request: SdkRequest,
    options: GoSdkSubsystem,
    search: GoSdkSubsystem.EnvironmentAware,
    environment: ProcessExecutionEnvironment,
    platform: Platform,
    keep_sandboxes: KeepSandboxes,
    global_options: GlobalOptions,
) -> GoSdk:
    wanted = wanted_version(request, options.version)
    here = find_here(environment, platform, keep_sandboxes)
    if request.here:
        platform = here.platform
    if platform == here.platform:
        found = await search_for_sdks(here, search)
    else:
        found = FoundSdks((), (), of_platform=here.platform.value)
    parts = tuple(Part) if request.all_platforms or platform.is_macos else (Part.USUAL,)
    chosen = choose_found(found.sdks, wanted, request.minimum)
    if chosen is not None:
        copies = await concurrently(
            [capture_sdk(chosen, here, part, global_options) for part in parts]
        )
        return GoSdk(await merge_digests(MergeDigests(copies)), chosen.version)
    known = choose_known(options.known_versions, platform.value, wanted, request.minimum)
    if known is None:
        raise GoSdkError(
            nothing_found_message(request, wanted, found, options.known_versions, platform)
        )
    url = options.url(known.version, platform)
    try:
        unpacked = await concurrently(
            [download_sdk(known, url, here, part, global_options) for part in parts]
        )
    except Exception as e:
        # The engine's own errors share no narrower type.
        raise GoSdkError(download_failed_message(request, wanted, found, url, str(e))) from None
    return GoSdk(await merge_digests(MergeDigests(unpacked)), known.version)
