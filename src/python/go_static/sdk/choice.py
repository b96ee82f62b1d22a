"""Which Go SDK to use: what a target, the options and a go.mod ask for, against what there is."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from pants.core.util_rules.external_tool import ExternalToolVersion
from pants.engine.platform import Platform

from go_static.engine.search_path import search_directories
from go_static.go.redact import without_credentials
from go_static.go.version import GoVersion
from go_static.sdk.known_releases import DEFAULT_VERSION
from go_static.sdk.subsystem import PATH_TOKEN


class GoSdkError(Exception):
    """No Go SDK can be had; the text says what was looked for, where, and what to do."""


@dataclass(frozen=True)
class SdkRequest:
    """A Go SDK that may build a module: `minimum` is the `go` line of `required_by`, a go.mod.

    `version` is an exact release where a target asks for one (`go_sdk`), and `version_from` says
    which target that is. `here` is for a Go that runs on this machine, where remote workers, which
    may be of another platform, run all that is not asked for so.
    """

    minimum: str
    required_by: str
    version: str = ""
    version_from: str = ""
    here: bool = False


@dataclass(frozen=True)
class FoundSdk:
    """A Go that the machine has. `identity` changes whenever its files are replaced."""

    directory: str
    version: str
    root: str
    identity: str


@dataclass(frozen=True)
class FoundSdks:
    """`of_platform` is what this machine is, where Go is needed for another and so was not looked
    for."""

    sdks: tuple[FoundSdk, ...]
    searched: tuple[str, ...]
    of_platform: str = ""


@dataclass(frozen=True)
class WantedVersion:
    """An exact release, and the setting that asks for it."""

    version: GoVersion
    setting: str


def wanted_version(request: SdkRequest, option: str | None) -> WantedVersion | None:
    """The release that a target or the option asks for, or None.

    :raises GoSdkError: for a version that names no release.
    """
    if request.version:
        return _release(request.version, f"the `go_sdk` of {request.version_from}")
    return None if option is None else _release(option, "[go-sdk].version")


def expand_search_paths(search_paths: Iterable[str], path: str) -> tuple[str, ...]:
    """The directories to look for Go in; `path` is what `<PATH>` stands for."""
    return search_directories(
        directory
        for entry in search_paths
        for directory in (
            path.split(os.pathsep) if entry == PATH_TOKEN else [os.path.expanduser(entry)]
        )
    )


def parse_probe(output: bytes) -> tuple[FoundSdk, ...]:
    """Read the records of `sdk_command.probe_command`; development versions are left out."""
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


def choose_found(
    sdks: Iterable[FoundSdk], wanted: WantedVersion | None, minimum: str
) -> FoundSdk | None:
    """The first Go of the machine that may be used, or None."""
    for sdk in sdks:
        if _acceptable(sdk.version, wanted, minimum):
            return sdk
    return None


def choose_known(
    known_versions: Iterable[str], platform: str, wanted: WantedVersion | None, minimum: str
) -> ExternalToolVersion | None:
    """The download to use: the version that is set, else the default, else the newest that will
    do; None when there is none."""
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
            f"[go-sdk].known_versions: `{entry}` is not of the form "
            f"version|platform|sha256|length ({e})."
        ) from None
    return known


def _release(version: str, setting: str) -> WantedVersion:
    try:
        parsed = GoVersion.parse(version)
    except ValueError as e:
        raise GoSdkError(f"{setting}: {e}.") from None
    if parsed.kind == "":
        raise GoSdkError(
            f"{setting}: `{version}` names a line of Go, not a release. Write the whole "
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
    """Why no SDK was found, and what to do."""
    if wanted and request.minimum and wanted.version < GoVersion.parse(request.minimum):
        return (
            f"{request.required_by} asks for Go {request.minimum}, but {wanted.setting} is "
            f"{wanted.version}, which is older.\n\n"
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
        f"No Go SDK was found: needed is {_needed(request, wanted)}.\n\n"
        f"{_on_the_search_path(found)}\n"
        f"Known for download on {platform.value} ([go-sdk].known_versions): "
        f"{', '.join(downloads) or 'none'}.\n\n"
        "Install such a Go and put it on the PATH, or add its archive to "
        "`[go-sdk].known_versions` (see `pants help-advanced go-sdk`)."
    )


def download_failed_message(
    request: SdkRequest, wanted: WantedVersion | None, found: FoundSdks, url: str, reason: str
) -> str:
    """For a machine that has no fitting Go and cannot fetch one."""
    shown_reason = without_credentials(reason, {"url": url})
    return (
        f"The Go SDK could not be downloaded: needed is {_needed(request, wanted)}.\n\n"
        f"  {without_credentials(url)}: {shown_reason}\n\n"
        f"{_on_the_search_path(found)}\n\n"
        "Install such a Go and put it on the PATH, or name a place that this machine can reach: "
        "`[go-sdk].url_template` (see `pants help-advanced go-sdk`)."
    )


def _needed(request: SdkRequest, wanted: WantedVersion | None) -> str:
    if wanted is not None:
        return f"exactly Go {wanted.version}, which {wanted.setting} asks for"
    if request.minimum:
        return f"at least Go {request.minimum}, which {request.required_by} asks for"
    return f"any Go, for {request.required_by}"


def _on_the_search_path(found: FoundSdks) -> str:
    if found.of_platform:
        return (
            "The search path ([go-sdk].search_paths) was not looked at: this machine is "
            f"{found.of_platform}, and the remote workers are not."
        )
    here = [f"Go {sdk.version} in {sdk.directory}" for sdk in found.sdks] or [
        "no Go in " + (shlex.join(found.searched) or "no directory")
    ]
    return f"On the search path ([go-sdk].search_paths): {'; '.join(here)}."
