"""The levels of an architecture are those that Go itself accepts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from go_static.go.platforms import (
    GoPlatform,
    UnsupportedPlatformError,
    supported_goarch,
    supported_goos,
)
from go_static_testing.go_tool import GoTool

# Each level variable, with values that Go takes and values that it does not.
LEVELS = {
    ("386", "GO386"): (("sse2", "softfloat"), ("387", "sse3")),
    ("amd64", "GOAMD64"): (("v1", "v2", "v3", "v4"), ("v0", "v5", "V1", "1", "v1 ")),
    ("arm", "GOARM"): (
        ("5", "6", "7", "5,softfloat", "7,hardfloat", "5,hardfloat"),
        ("8", "7,", "7,float", "softfloat"),
    ),
    ("arm64", "GOARM64"): (
        ("v8.0", "v8.9", "v9.0", "v9.5", "v8.0,lse", "v8.1,crypto", "v8.0,lse,crypto"),
        ("v8", "v8.10", "v9.6", "v8.0,", "v8.0,sve", "v10.0"),
    ),
    ("mips", "GOMIPS"): (("hardfloat", "softfloat"), ("hard",)),
    ("mipsle", "GOMIPS"): (("hardfloat", "softfloat"), ("float",)),
    ("mips64", "GOMIPS64"): (("hardfloat", "softfloat"), ("soft",)),
    ("mips64le", "GOMIPS64"): (("hardfloat", "softfloat"), ("x",)),
    ("ppc64", "GOPPC64"): (("power8", "power9", "power10"), ("power7", "8")),
    ("ppc64le", "GOPPC64"): (("power8", "power9", "power10"), ("power11",)),
    ("riscv64", "GORISCV64"): (("rva20u64", "rva22u64", "rva23u64"), ("rva21u64", "rv64gc")),
}


@pytest.mark.parametrize(
    ("goarch", "variable", "level", "valid"),
    [
        pytest.param(goarch, variable, level, valid, id=f"{variable}={level} on {goarch}")
        for (goarch, variable), (good, bad) in LEVELS.items()
        for levels, valid in ((good, True), (bad, False))
        for level in levels
    ],
)
def test_exactly_the_levels_that_go_accepts_are_accepted(
    goarch: str, variable: str, level: str, valid: bool, go: GoTool, tmp_path: Path
) -> None:
    if valid:
        platform = GoPlatform.create("linux", goarch, level)
        assert platform.environment == {"GOOS": "linux", "GOARCH": goarch, variable: level}
        assert _compile(go, tmp_path, platform.environment).returncode == 0
    else:
        # Go itself overlooks some of these (1.26 compiles with GOAMD64=v5), so it is not asked.
        with pytest.raises(UnsupportedPlatformError) as raised:
            GoPlatform.create("linux", goarch, level)
        assert f"goarch_level=`{level}` is not a valid {variable}, the level of" in str(
            raised.value
        )


@pytest.mark.parametrize(("goarch", "variable"), LEVELS)
def test_the_default_level_is_set_explicitly_and_is_one_that_go_accepts(
    goarch: str, variable: str, go: GoTool, tmp_path: Path
) -> None:
    platform = GoPlatform.create("linux", goarch, None)
    assert platform == GoPlatform.create("linux", goarch, "")
    assert variable in platform.environment
    assert _compile(go, tmp_path, platform.environment).returncode == 0


def _compile(
    go: GoTool, directory: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    (directory / "empty.go").write_text("package empty\n")
    return go.run(
        "tool",
        "compile",
        "-o",
        "empty.o",
        "-p",
        "empty",
        "empty.go",
        cwd=directory,
        env=environment,
    )


def test_every_port_of_a_supported_goos_is_supported_and_nothing_else(go: GoTool) -> None:
    ports = {tuple(line.split("/")) for line in go.output("tool", "dist", "list").split()}
    ours = {(goos, goarch) for goos in supported_goos() for goarch in supported_goarch(goos)}
    assert ours == {port for port in ports if port[0] in supported_goos()}
