"""Choose the Go SDK that satisfies the target, the options and the go.mod."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from pants.core.util_rules.external_tool import ExternalToolVersion
from pants.engine.platform import Platform

from elf_static.elf.go_version import GoVersion, Stage
from go_static.engine.search_path import search_directories
from go_static.go.redact import without_credentials
from go_static.sdk.known_releases import DEFAULT_VERSION
from go_static.sdk.subsystem import PATH_TOKEN


class GoSdkError(Exception):
    """No suitable Go SDK. The text says what is required, what was searched, and what to do."""


@dataclass(frozen=True)
class SdkRequest:
    """What a module requires of a Go SDK. `minimum` is the `go` line of `required_by`, a go.mod.

    `version` is the exact release that a target sets (`go_sdk`), or empty; `version_from` names
    that target. With `here`, the SDK must run on this machine, even if remote workers with another
    platform run everything else. Without `all_platforms`, it builds for `GoPlatform.is_usual` only.
    """

    minimum: str
    required_by: str
    version: str = ""
    version_from: str = ""
    here: bool = False
    all_platforms: bool = False


@dataclass(frozen=True)
class FoundSdk:
    """A Go on the machine. `identity` changes whenever its files are replaced."""

    directory: str
    version: str
    root: str
    identity: str


@dataclass(frozen=True)
class FoundSdks:
    """`of_platform` is this machine's platform if the search was skipped because Go must run on a
    different one, else empty."""

    sdks: tuple[FoundSdk, ...]
    searched: tuple[str, ...]
    of_platform: str = ""


@dataclass(frozen=True)
class WantedVersion:
    """An exact release, and the setting that requires it."""

    version: GoVersion
    setting: str


def wanted_version(request: SdkRequest, option: str | None) -> WantedVersion | None:
    """The release that a target or the option requires, or None.

    :raises GoSdkError: the version is not a release.
    """
    if request.version:
        return _release(request.version, f"the `go_sdk` of {request.version_from}")
    return None if option is None else _release(option, "[go-sdk].version")


def expand_search_paths(search_paths: Iterable[str], path: str) -> tuple[str, ...]:
    """The directories to search for Go. `path` replaces `<PATH>`."""
    return search_directories(
        directory
        for entry in search_paths
        for directory in (
            path.split(os.pathsep) if entry == PATH_TOKEN else [os.path.expanduser(entry)]
        )
    )


def parse_probe(output: bytes) -> tuple[FoundSdk, ...]:
    """Parse the output of `commands.probe_command`, without development versions."""
    sdks = []
    for line in output.decode(errors="replace").splitlines():
        fields = line.split("\t")
        if len(fields) != 4 or "devel" in fields[1]:
            continue
        try:
            version = str(GoVersion.parse(fields[1]))
        except ValueError:
            continue
        sdks.append(FoundSdk(fields[0], version, fields[2], fields[3]))
    return tuple(sdks)


def choose_found(
    sdks: Iterable[FoundSdk], wanted: WantedVersion | None, minimum: str
) -> FoundSdk | None:
    """The first suitable Go on the machine, or None."""
    return next((sdk for sdk in sdks if _acceptable(sdk.version, wanted, minimum)), None)


def choose_known(
    known_versions: Iterable[str], platform: str, wanted: WantedVersion | None, minimum: str
) -> ExternalToolVersion | None:
    """The download to use: the required version, else the default, else the newest suitable one;
    None if nothing is suitable."""
    acceptable = [
        known
        for known in map(_decoded, known_versions)
        if known.platform == platform and _acceptable(known.version, wanted, minimum)
    ]
    for known in acceptable:
        if known.version == DEFAULT_VERSION:
            return known
    newest_first = sorted(acceptable, key=lambda k: GoVersion.parse(k.version), reverse=True)
    return newest_first[0] if newest_first else None


def _acceptable(candidate: str, wanted: WantedVersion | None, minimum: str) -> bool:
    release = GoVersion.parse(candidate)
    if wanted is not None and release != wanted.version:
        return False
    return not minimum or release >= GoVersion.parse(minimum)


def _decoded(entry: str) -> ExternalToolVersion:
    try:
        known = ExternalToolVersion.decode(entry)
        GoVersion.parse(known.version)
    except ValueError as e:
        raise GoSdkError(
            f"[go-sdk].known_versions: `{entry}` does not have the form "
            f"version|platform|sha256|length ({e}). Correct this entry."
        ) from None
    return known


def _release(version: str, setting: str) -> WantedVersion:
    try:
        parsed = GoVersion.parse(version)
    except ValueError as e:
        raise GoSdkError(f"{setting}: {e}.") from None
    if parsed.stage is Stage.LANGUAGE:
        raise GoSdkError(
            f"{setting}: `{version}` is a Go language version, not a release. Write the full "
            f"release, such as `{DEFAULT_VERSION}`."
        )
    return WantedVersion(parsed, setting)


def nothing_found_message(
    request: SdkRequest,
    wanted: WantedVersion | None,
    found: FoundSdks,
    known_versions: Iterable[str],
    platform: Platform,
) -> str:
    """The error if no SDK is suitable."""
    if wanted and request.minimum and wanted.version < GoVersion.parse(request.minimum):
        return (
            f"{request.required_by} requires at least Go {request.minimum}, but {wanted.setting} "
            f"is {wanted.version}.\n\n"
            f"Set {wanted.setting} to {request.minimum} or newer, or lower the `go` line of "
            f"{request.required_by}."
        )
    downloads = sorted(
        {
            known.version
            for known in map(_decoded, known_versions)
            if known.platform == platform.value
        },
        key=GoVersion.parse,
    )
    return (
        f"No suitable Go SDK found. Required: {_required(request, wanted)}.\n\n"
        f"{_on_the_search_path(found)}\n"
        f"Available for download on {platform.value} ([go-sdk].known_versions): "
        f"{', '.join(downloads) or 'none'}.\n\n"
        "Install a suitable Go and put it on the PATH, or add its archive to "
        "`[go-sdk].known_versions` (see `pants help-advanced go-sdk`)."
    )


def download_failed_message(
    request: SdkRequest, wanted: WantedVersion | None, found: FoundSdks, url: str, reason: str
) -> str:
    """The error if the machine has no suitable Go and cannot download one."""
    shown_reason = without_credentials(reason, {"url": url})
    return (
        f"Could not download the Go SDK. Required: {_required(request, wanted)}.\n\n"
        f"  {without_credentials(url)}: {shown_reason}\n\n"
        f"{_on_the_search_path(found)}\n\n"
        "Install a suitable Go and put it on the PATH, or set `[go-sdk].url_template` to a site "
        "that this machine can reach (see `pants help-advanced go-sdk`)."
    )


def _required(request: SdkRequest, wanted: WantedVersion | None) -> str:
    if wanted is not None:
        return f"exactly Go {wanted.version} (set by {wanted.setting})"
    if request.minimum:
        return f"at least Go {request.minimum} (required by {request.required_by})"
    return f"any Go release, for {request.required_by}"


def _on_the_search_path(found: FoundSdks) -> str:
    if found.of_platform:
        return (
            "The search path ([go-sdk].search_paths) was not searched: this machine is "
            f"{found.of_platform}, but the remote workers are not."
        )
    here = [f"Go {sdk.version} in {sdk.directory}" for sdk in found.sdks] or [
        f"no Go in {shlex.join(found.searched)}" if found.searched else "no directories"
    ]
    return f"On the search path ([go-sdk].search_paths): {'; '.join(here)}."
