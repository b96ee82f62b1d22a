"""The `sdk` step: a Go SDK as a digest, from the machine or from a pinned download."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from pants.core.util_rules.external_tool import ExternalToolRequest, ExternalToolVersion
from pants.engine.env_vars import EnvironmentVarsRequest
from pants.engine.fs import (
    CreateDigest,
    Digest,
    DigestSubset,
    DownloadFile,
    FileContent,
    FileDigest,
    PathGlobs,
    RemovePrefix,
)
from pants.engine.platform import Platform
from pants.engine.process import Process, ProcessCacheScope
from pants.util.logging import LogLevel

from go_static import go_command
from go_static.compat import (
    collect_rules,
    create_digest,
    digest_subset_to_digest,
    download_external_tool,
    environment_vars_subset,
    execute_process,
    implicitly,
    remove_prefix,
    rule,
)
from go_static.go_version import GoVersion
from go_static.known_sdks import DEFAULT_VERSION
from go_static.subsystems import PATH_TOKEN, GoSdkSubsystem

# What a build uses of an SDK: 3,700 of some 11,500 files. go.env has Go's default module proxy.
_USED = (
    "VERSION",
    "bin/go",
    "go.env",
    "pkg/include/**",
    "pkg/tool/**",
    "src/**",
    "!src/**/*_test.go",
    "!src/**/testdata/**",
    "!src/cmd/**",
)


class GoSdkError(Exception):
    """No Go SDK can be had; the text says what was looked for, where, and what to do."""


@dataclass(frozen=True)
class SdkRequest:
    """A Go SDK that may build a module: `minimum` is the `go` line of `required_by`, a go.mod."""

    minimum: str
    required_by: str


@dataclass(frozen=True)
class GoSdk:
    """The digest has `bin/go` at its top. `version` is a release, such as `1.26.7`."""

    digest: Digest
    version: str


@dataclass(frozen=True)
class FoundSdk:
    """A Go that the machine has. `identity` changes whenever its files are replaced."""

    directory: str
    version: str
    root: str
    identity: str


@dataclass(frozen=True)
class FoundSdks:
    sdks: tuple[FoundSdk, ...]
    searched: tuple[str, ...]


@dataclass(frozen=True)
class SearchRequest:
    """Look for Go on the search path."""


@dataclass(frozen=True)
class CaptureRequest:
    """Copy the parts of a machine's Go that a build uses."""

    found: FoundSdk


@dataclass(frozen=True)
class DownloadSdkRequest:
    version: str
    url: str
    sha256: str
    length: int


@rule(desc="Look for Go on the search path", level=LogLevel.DEBUG)
async def search_for_sdks(
    request: SearchRequest, options: GoSdkSubsystem.EnvironmentAware
) -> FoundSdks:
    environment = await environment_vars_subset(EnvironmentVarsRequest(["PATH"]), **implicitly())
    path = environment.get("PATH", "")
    directories = search_directories(options.search_paths, path)
    if not directories:
        return FoundSdks((), ())
    result = await execute_process(
        Process(
            go_command.probe_command(directories),
            env=go_command.probe_environment(path),
            description="Look for Go on the search path",
            # A Go may be upgraded in place at any time, also while pantsd runs.
            cache_scope=ProcessCacheScope.PER_SESSION,
            level=LogLevel.DEBUG,
        ),
        **implicitly(),
    )
    return FoundSdks(parse_probe(result.stdout), directories)


@rule(desc="Copy the Go SDK into Pants's store", level=LogLevel.DEBUG)
async def capture_sdk(request: CaptureRequest) -> GoSdk:
    found = request.found
    inputs = await create_digest(
        CreateDigest(
            [FileContent("goroot", f"{found.root}\n{found.version}\n{found.identity}\n".encode())]
        )
    )
    result = await execute_process(
        Process(
            go_command.capture_command(),
            env=go_command.capture_environment(),
            input_digest=inputs,
            output_directories=(go_command.OUTPUT,),
            description=f"Copy Go {found.version} into Pants's store",
        ),
        **implicitly(),
    )
    if result.exit_code != 0:
        raise GoSdkError(
            f"Go {found.version} at {found.root} could not be copied into Pants's store:\n\n"
            f"{result.stderr.decode(errors='replace').strip()}\n\n"
            "Check that the directory is a complete Go installation and readable, or name another "
            "with `[go-sdk].search_paths`."
        )
    copied = await remove_prefix(RemovePrefix(result.output_digest, go_command.OUTPUT))
    return GoSdk(
        await digest_subset_to_digest(DigestSubset(copied, PathGlobs(_USED))), found.version
    )


@rule(desc="Download the Go SDK", level=LogLevel.DEBUG)
async def download_sdk(request: DownloadSdkRequest) -> GoSdk:
    archive = await download_external_tool(
        ExternalToolRequest(
            DownloadFile(request.url, FileDigest(request.sha256, request.length)), "go/bin/go"
        )
    )
    subset = await digest_subset_to_digest(
        DigestSubset(archive.digest, PathGlobs([_below_go(glob) for glob in _USED]))
    )
    return GoSdk(await remove_prefix(RemovePrefix(subset, "go")), request.version)


@rule(desc="Choose a Go SDK", level=LogLevel.DEBUG)
async def find_sdk(request: SdkRequest, options: GoSdkSubsystem, platform: Platform) -> GoSdk:
    found = await search_for_sdks(SearchRequest(), **implicitly())
    chosen = choose_found(found.sdks, options.version, request.minimum)
    if chosen is not None:
        captured: GoSdk = await capture_sdk(CaptureRequest(chosen), **implicitly())
        return captured
    known = choose_known(options.known_versions, platform.value, options.version, request.minimum)
    if known is None:
        raise GoSdkError(
            nothing_found_message(request, options.version, found, options.known_versions, platform)
        )
    downloaded: GoSdk = await download_sdk(
        DownloadSdkRequest(
            known.version, options.url(known.version, platform), known.sha256, known.filesize
        ),
        **implicitly(),
    )
    return downloaded


def search_directories(search_paths: Iterable[str], path: str) -> tuple[str, ...]:
    """The directories to look in, in order and once each, with `<PATH>` expanded."""
    directories: dict[str, None] = {}
    for entry in search_paths:
        parts = path.split(os.pathsep) if entry == PATH_TOKEN else [os.path.expanduser(entry)]
        for part in parts:
            # An empty or relative entry of PATH means the current directory, which in a sandbox
            # is not the one that the user meant.
            if os.path.isabs(part):
                directories.setdefault(os.path.normpath(part))
    return tuple(directories)


def parse_probe(output: bytes) -> tuple[FoundSdk, ...]:
    """Read the records of `go_command.probe_command`; development versions are left out."""
    sdks = []
    for line in output.decode(errors="replace").splitlines():
        fields = line.split("\t")
        if len(fields) != 4:
            continue
        if "devel" in fields[1]:
            continue
        try:
            version = str(GoVersion.parse(fields[1]))
        except ValueError:
            continue
        sdks.append(FoundSdk(fields[0], version, fields[2], fields[3]))
    return tuple(sdks)


def choose_found(sdks: Iterable[FoundSdk], version: str | None, minimum: str) -> FoundSdk | None:
    """The first Go of the machine that may be used, or None."""
    for sdk in sdks:
        if _acceptable(sdk.version, version, minimum):
            return sdk
    return None


def choose_known(
    known_versions: Iterable[str], platform: str, version: str | None, minimum: str
) -> ExternalToolVersion | None:
    """The download to use: the version that is set, else the default, else the newest that will
    do; None when there is none."""
    acceptable = [
        known
        for known in map(_decoded, known_versions)
        if known.platform == platform and _acceptable(known.version, version, minimum)
    ]
    for known in acceptable:
        if known.version == DEFAULT_VERSION:
            return known
    newest_first = sorted(acceptable, key=lambda k: GoVersion.parse(k.version), reverse=True)
    return newest_first[0] if newest_first else None


def _acceptable(candidate: str, version: str | None, minimum: str) -> bool:
    release = GoVersion.parse(candidate)
    if version is not None and release != _parsed_option(version):
        return False
    return not minimum or release >= GoVersion.parse(minimum)


def _decoded(entry: str) -> ExternalToolVersion:
    try:
        known = ExternalToolVersion.decode(entry)
        GoVersion.parse(known.version)
    except ValueError as e:
        raise GoSdkError(
            f"[go-sdk].known_versions: `{entry}` is not of the form "
            f"version|platform|sha256|length ({e})."
        ) from None
    return known


def _parsed_option(version: str) -> GoVersion:
    try:
        parsed = GoVersion.parse(version)
    except ValueError as e:
        raise GoSdkError(f"[go-sdk].version: {e}.") from None
    if parsed.kind == "":
        raise GoSdkError(
            f"[go-sdk].version: `{version}` names a line of Go, not a release. Write the whole "
            f"release, such as `{DEFAULT_VERSION}`."
        )
    return parsed


def nothing_found_message(
    request: SdkRequest,
    version: str | None,
    found: FoundSdks,
    known_versions: Iterable[str],
    platform: Platform,
) -> str:
    """Why no SDK was found, and what to do."""
    if version is None and not request.minimum:
        wanted = f"any Go, for {request.required_by}"
    elif version is None:
        wanted = f"at least Go {request.minimum}, which {request.required_by} asks for"
    elif request.minimum and _parsed_option(version) < GoVersion.parse(request.minimum):
        return (
            f"{request.required_by} asks for Go {request.minimum}, but [go-sdk].version is "
            f"{version}, which is older.\n\n"
            f"Set [go-sdk].version to {request.minimum} or newer, or lower the `go` line of "
            f"{request.required_by}."
        )
    else:
        wanted = f"exactly Go {version}, which [go-sdk].version asks for"
    here = [f"Go {sdk.version} in {sdk.directory}" for sdk in found.sdks] or [
        "no Go in " + (shlex.join(found.searched) or "no directory")
    ]
    downloads = sorted(
        {
            known.version
            for known in map(_decoded, known_versions)
            if known.platform == platform.value
        },
        key=GoVersion.parse,
    )
    return (
        f"No Go SDK was found: needed is {wanted}.\n\n"
        f"On the search path ([go-sdk].search_paths): {'; '.join(here)}.\n"
        f"Known for download on {platform.value} ([go-sdk].known_versions): "
        f"{', '.join(downloads) or 'none'}.\n\n"
        "Install such a Go and put it on the PATH, or add its archive to "
        "`[go-sdk].known_versions` (see `pants help-advanced go-sdk`)."
    )


def _below_go(glob: str) -> str:
    return f"!go/{glob[1:]}" if glob.startswith("!") else f"go/{glob}"


def rules() -> Iterable[object]:
    return collect_rules()
