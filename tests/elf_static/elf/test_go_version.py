"""Go versions are ordered as Go's own go/version package orders them."""

from __future__ import annotations

import itertools

import pytest

from elf_static.elf.go_version import GoVersion, VersionRange
from go_static_testing.go_tool import GoTool
from go_static_testing.oracle import Oracle

# Every spelling that Go has used for releases, release candidates and language versions.
VERSIONS = (
    "1",
    "1.0",
    "1.2rc1",
    "1.4",
    "1.4.3",
    "1.16",
    "1.19.13",
    "1.20beta1",
    "1.20rc3",
    "1.20",
    "1.20.0",
    "1.20.14",
    "1.21",
    "1.21alpha1",
    "1.21beta2",
    "1.21rc1",
    "1.21rc2",
    "1.21rc10",
    "1.21.0",
    "1.21.1",
    "1.21.13",
    "1.22",
    "1.26.7",
    "1.100.0",
    "2.0.0",
)


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return Oracle.build(GoTool.find(), tmp_path_factory.mktemp("oracle"))


def test_every_pair_of_versions_compares_as_in_gos_version_package(oracle: Oracle) -> None:
    pairs = list(itertools.product(VERSIONS, VERSIONS))
    expected = oracle.compare(pairs)
    ours = [
        (GoVersion.parse(a) > GoVersion.parse(b)) - (GoVersion.parse(a) < GoVersion.parse(b))
        for a, b in pairs
    ]
    wrong = [(pair, got, want) for pair, got, want in zip(pairs, ours, expected) if got != want]
    assert not wrong


def test_equal_versions_have_equal_hashes_however_they_are_spelled() -> None:
    assert hash(GoVersion.parse("1.20")) == hash(GoVersion.parse("go1.20.0"))
    assert GoVersion.parse("1.21") != GoVersion.parse("1.21.0")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("go", id="only the prefix"),
        pytest.param("1.", id="no minor number"),
        pytest.param("1.21.", id="no patch number"),
        pytest.param("1.021", id="a leading zero"),
        pytest.param("1.21rc01", id="a leading zero in a release candidate"),
        pytest.param("1.21.0rc1", id="a release candidate of a patch"),
        pytest.param("1.21gamma1", id="an unknown kind of release"),
        pytest.param("1.2१", id="digits of another script"),
        pytest.param("1.21\n1.22", id="two lines"),
    ],
)
def test_an_invalid_version_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="is not a Go version such as 1.26.7 or 1.27rc1") as raised:
        GoVersion.parse(text)
    assert f"`{text}`" in str(raised.value)


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("go1.21rc2", "go1.21"),
        ("go1.21beta1", "go1.21rc1"),
        ("go1.21", "go1.21.1"),
        ("go1.9.9", "go1.10"),
        ("go1.22.1-fips", "go1.22.2 X:boringcrypto"),
        ("go1.18.1b7", "go1.18.2"),
    ],
)
def test_releases_in_binaries_are_ordered(smaller: str, larger: str) -> None:
    first, second = GoVersion.parse_release(smaller), GoVersion.parse_release(larger)
    assert first is not None and second is not None and first < second


@pytest.mark.parametrize("text", ["", "1.22", ">=", ">=one", ">=1.22 <1.27", "~1.22", ">=1.22,"])
def test_an_invalid_range_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="must be comparisons with Go versions"):
        VersionRange.parse(text)
