"""Which Go SDK is chosen, and the error if none is suitable, without an engine."""

from __future__ import annotations

import pytest
from pants.engine.platform import Platform

from go_static.sdk import choice, known_releases

FOUND = tuple(
    choice.FoundSdk(f"/opt/go{version}/bin", version, f"/opt/go{version}", "1 2")
    for version in ("1.21.5", "1.25.1", "1.26.7")
)


def wanted(version: str | None) -> choice.WantedVersion | None:
    return choice.wanted_version(choice.SdkRequest("", "a/go.mod"), version)


@pytest.mark.parametrize(
    ("search_paths", "path", "expected"),
    [
        (["<PATH>"], "/a:/b:/a", ("/a", "/b")),
        (["/x", "<PATH>", "/b"], "/a:/b/", ("/x", "/a", "/b")),
        (["<PATH>"], "/a::relative:./x", ("/a",)),
        ([], "/a", ()),
        (["<PATH>"], "", ()),
    ],
)
def test_search_directories_are_absolute_ordered_and_unique(
    search_paths: list[str], path: str, expected: tuple[str, ...]
) -> None:
    assert choice.expand_search_paths(search_paths, path) == expected


def test_a_probe_is_parsed_without_development_versions() -> None:
    output = (
        b"/a\tgo1.26.7\t/opt/go\t123 45\n/b\tdevel go1.27-abc\t/opt/dev\t1 2\nnoise\n"
        b"/c\tgo1.27rc1\t/opt/rc\t3 4\n"
    )

    assert choice.parse_probe(output) == (
        choice.FoundSdk("/a", "1.26.7", "/opt/go", "123 45"),
        choice.FoundSdk("/c", "1.27rc1", "/opt/rc", "3 4"),
    )


@pytest.mark.parametrize(
    ("version", "minimum", "expected"),
    [
        (None, "", "1.21.5"),
        (None, "1.21", "1.21.5"),
        (None, "1.21.6", "1.25.1"),
        (None, "1.26", "1.26.7"),
        (None, "1.27", None),
        ("1.26.7", "1.21", "1.26.7"),
        ("1.26.6", "1.21", None),
        ("1.21.5", "1.22", None),
    ],
)
def test_the_first_suitable_go_on_the_machine_is_chosen(
    version: str | None, minimum: str, expected: str | None
) -> None:
    chosen = choice.choose_found(FOUND, wanted(version), minimum)

    assert (chosen.version if chosen else None) == expected


@pytest.mark.parametrize(
    ("version", "minimum", "expected"),
    [
        (None, "1.21", known_releases.DEFAULT_VERSION),
        (None, "", known_releases.DEFAULT_VERSION),
        (None, "1.27", "1.27.0"),
        (None, "1.99", None),
        ("1.24.13", "1.21", "1.24.13"),
        ("1.24.12", "1.21", None),
    ],
)
def test_the_default_download_is_used_unless_a_newer_go_is_required(
    version: str | None, minimum: str, expected: str | None
) -> None:
    chosen = choice.choose_known(
        known_releases.KNOWN_VERSIONS, "linux_x86_64", wanted(version), minimum
    )

    assert (chosen.version if chosen else None) == expected


def test_every_known_sdk_exists_for_every_platform() -> None:
    entries = [entry.split("|") for entry in known_releases.KNOWN_VERSIONS]
    platforms = set(known_releases.PLATFORM_NAMES)

    assert all(len(sha256) == 64 and int(length) > 50_000_000 for _, _, sha256, length in entries)
    for version in {entry[0] for entry in entries}:
        assert {platform for v, platform, *_ in entries if v == version} == platforms


@pytest.mark.parametrize(
    ("version", "minimum", "parts"),
    [
        (
            None,
            "1.99",
            [
                "Required: at least Go 1.99 (required by a/go.mod).",
                "Go 1.21.5 in /opt/go1.21.5/bin; Go 1.25.1 in",
                "Available for download on linux_x86_64 ([go-sdk].known_versions): 1.21.13, ",
                "Install a suitable Go and put it on the PATH",
            ],
        ),
        ("1.26.1", "1.21", ["Required: exactly Go 1.26.1 (set by [go-sdk].version)."]),
        (
            "1.21.5",
            "1.25",
            [
                "a/go.mod requires at least Go 1.25, but [go-sdk].version is 1.21.5.",
                "Set [go-sdk].version to 1.25 or newer, or lower the `go` line of a/go.mod.",
            ],
        ),
    ],
)
def test_without_an_sdk_the_error_names_what_is_required_found_and_downloadable(
    version: str | None, minimum: str, parts: list[str]
) -> None:
    message = choice.nothing_found_message(
        choice.SdkRequest(minimum, "a/go.mod"),
        wanted(version),
        choice.FoundSdks(FOUND, ("/usr/bin",)),
        known_releases.KNOWN_VERSIONS,
        Platform.linux_x86_64,
    )

    for part in parts:
        assert part in message


@pytest.mark.parametrize(("version", "reason"), [("1.26", "not a release"), ("new", "is not a Go")])
def test_a_version_option_that_is_not_a_release_is_an_error(version: str, reason: str) -> None:
    with pytest.raises(choice.GoSdkError, match=rf"\[go-sdk\].version: .*{reason}"):
        wanted(version)
