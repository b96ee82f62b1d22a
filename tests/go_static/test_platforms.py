"""Which platforms are built for, and why the others are not."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from go_static.platforms import (
    GoPlatform,
    UnsupportedPlatformError,
    supported_goarch,
    supported_goos,
)

ALL = [(goos, goarch) for goos in supported_goos() for goarch in supported_goarch(goos)]


def test_every_platform_of_the_go_sdk_is_either_built_for_or_refused_with_a_reason(
    go: Path, tmp_path: Path
) -> None:
    said = subprocess.run(
        [str(go), "tool", "dist", "list"],
        capture_output=True,
        text=True,
        check=True,
        env={"HOME": str(tmp_path), "GOTOOLCHAIN": "local"},
    )
    for platform in said.stdout.split():
        goos, _, goarch = platform.partition("/")
        if (goos, goarch) in ALL:
            continue
        with pytest.raises(UnsupportedPlatformError) as e:
            GoPlatform.create(goos, goarch, None)
        assert "is not an operating system that this backend knows" not in str(e.value), platform


@pytest.mark.parametrize(("goos", "goarch"), ALL)
def test_the_environment_names_the_platform_and_its_level(goos: str, goarch: str) -> None:
    platform = GoPlatform.create(goos, goarch, None)

    assert platform.environment["GOOS"] == goos
    assert platform.environment["GOARCH"] == goarch
    assert len(platform.environment) == (3 if platform.level else 2)
    assert str(platform) == f"{goos}/{goarch}"


@pytest.mark.parametrize(
    ("goarch", "level", "variable"),
    [
        ("amd64", "v3", "GOAMD64"),
        ("arm64", "v9.0,lse", "GOARM64"),
        ("arm", "6,softfloat", "GOARM"),
        ("386", "softfloat", "GO386"),
        ("ppc64le", "power9", "GOPPC64"),
        ("riscv64", "rva22u64", "GORISCV64"),
        ("mips", "softfloat", "GOMIPS"),
        ("mips64le", "hardfloat", "GOMIPS64"),
    ],
)
def test_a_level_is_the_value_of_the_architectures_variable(
    goarch: str, level: str, variable: str
) -> None:
    assert GoPlatform.create("linux", goarch, level).environment[variable] == level


@pytest.mark.parametrize(
    ("goos", "goarch", "level", "message"),
    [
        ("windows", "amd64", None, "goos=`windows`: no statically linked ELF binary .* PE files"),
        ("darwin", "arm64", None, "Mach-O files, not ELF"),
        ("openbsd", "amd64", None, "always call the system's C library"),
        ("solaris", "amd64", None, "always call the system's C library"),
        ("illumos", "amd64", None, "always call the system's C library"),
        ("aix", "ppc64", None, "XCOFF"),
        ("android", "arm64", None, "its loader starts position-independent"),
        ("plan9", "amd64", None, "not ELF"),
        ("js", "wasm", None, "WebAssembly"),
        ("Linux", "amd64", None, "goos=`Linux` is not an operating system .* Use one of dragonfly"),
        (
            "linux",
            "x86_64",
            None,
            "goarch=`x86_64`: Go has no ELF port for linux/x86_64. For linux",
        ),
        ("netbsd", "s390x", None, "Go has no ELF port for netbsd/s390x"),
        ("linux", "amd64", "v5", "goarch_level=`v5` is not a value of GOAMD64, .* default is `v1`"),
        ("linux", "amd64", "v1,lse", "is not a value of GOAMD64"),
        ("linux", "s390x", "z14", "s390x has no instruction set levels. Remove the field."),
    ],
)
def test_an_unsupported_platform_is_refused_with_the_reason_and_the_choice(
    goos: str, goarch: str, level: str | None, message: str
) -> None:
    with pytest.raises(UnsupportedPlatformError) as e:
        GoPlatform.create(goos, goarch, level)

    assert re.search(message, str(e.value)), e.value
