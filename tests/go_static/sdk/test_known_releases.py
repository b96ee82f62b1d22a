"""The table of Go releases that can be downloaded by default."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from pants.core.util_rules.external_tool import ExternalToolVersion
from pants.engine.platform import Platform

from elf_static.elf.go_version import GoVersion, Stage
from go_static.sdk.known_releases import DEFAULT_VERSION, KNOWN_VERSIONS, PLATFORM_NAMES

KNOWN = [ExternalToolVersion.decode(line) for line in KNOWN_VERSIONS]


@pytest.mark.parametrize("known", [pytest.param(k, id=f"{k.version} {k.platform}") for k in KNOWN])
def test_an_entry_is_a_release_with_a_checksum_and_a_plausible_size(
    known: ExternalToolVersion,
) -> None:
    assert GoVersion.parse(known.version).stage is Stage.RELEASE
    assert str(GoVersion.parse(known.version)) == known.version
    assert re.fullmatch("[0-9a-f]{64}", known.sha256)
    assert 40_000_000 < known.filesize < 200_000_000


def test_every_release_exists_for_every_platform_of_pants() -> None:
    platforms = defaultdict(set)
    for known in KNOWN:
        platforms[known.version].add(known.platform)
    assert set(PLATFORM_NAMES) == {platform.value for platform in Platform}
    for version, found in platforms.items():
        assert found == set(PLATFORM_NAMES), version


def test_releases_and_checksums_are_unique() -> None:
    assert len({(known.version, known.platform) for known in KNOWN}) == len(KNOWN)
    assert len({known.sha256 for known in KNOWN}) == len(KNOWN)


def test_the_default_release_is_known() -> None:
    assert DEFAULT_VERSION in {known.version for known in KNOWN}


def test_platform_names_match_gos_archives() -> None:
    for name in PLATFORM_NAMES.values():
        assert re.fullmatch("(linux|darwin)-(amd64|arm64)", name)
