"""The fields that name the platform of a `go_static_binary`."""

from __future__ import annotations

from pants.util.strutil import softwrap

from go_static.go.platforms import supported_goarch, supported_goos
from go_static.targets.one_value import OneValueField


class GoOsField(OneValueField):
    alias = "goos"
    default = "linux"
    help = softwrap(
        f"""
        The operating system to build for: {", ".join(supported_goos())}. An operating system whose
        Go programs are not ELF files, or always need the system's C library, is refused.
        """
    )
    value: str


class GoArchField(OneValueField):
    alias = "goarch"
    default = "amd64"
    help = softwrap(
        f"""
        The architecture to build for. On linux: {", ".join(supported_goarch("linux"))}. On
        freebsd and netbsd: {", ".join(supported_goarch("freebsd"))}. On dragonfly: amd64.

        The default does not depend on the build machine: the same target produces the same file
        everywhere. To build for several architectures, use `goarch=parametrize("amd64", "arm64")`.
        """
    )
    value: str


class GoArchLevelField(OneValueField):
    alias = "goarch_level"
    help = softwrap(
        """
        The instruction set level, for architectures that have levels: the value of GOAMD64
        (default `v1`), GOARM64 (`v8.0`), GOARM (`7`), GO386 (`sse2`), GOPPC64 (`power8`),
        GORISCV64 (`rva20u64`) or GOMIPS (`hardfloat`). It also affects build constraints.

        Example: `goarch="amd64", goarch_level="v3"`
        """
    )
