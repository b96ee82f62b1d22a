"""The platforms on which Go builds static ELF files, and why the others are refused.

Sources: `go tool dist list`, and internal/platform/supported.go of the Go distribution. Measured
with Go 1.26: on each port here, a `CGO_ENABLED=0` build of a program that uses net and os/user has
neither PT_INTERP nor PT_DYNAMIC (on every openbsd port it has both).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# GOARCH values with a port that produces ELF files, by GOOS.
_STATIC_ELF: dict[str, frozenset[str]] = {
    "linux": frozenset(
        {
            "386",
            "amd64",
            "arm",
            "arm64",
            "loong64",
            "mips",
            "mips64",
            "mips64le",
            "mipsle",
            "ppc64",
            "ppc64le",
            "riscv64",
            "s390x",
        }
    ),
    "dragonfly": frozenset({"amd64"}),
    "freebsd": frozenset({"386", "amd64", "arm", "arm64"}),
    "netbsd": frozenset({"386", "amd64", "arm", "arm64"}),
}

_LIBC_IS_MANDATORY = (
    "its Go programs always call the system's C library, so the linker makes them dynamic"
)
_NOT_ELF = "its executables are {} files, not ELF"

# Every other GOOS, and why it has no static ELF binaries.
_REFUSED: dict[str, str] = {
    "aix": _NOT_ELF.format("XCOFF"),
    "android": "its loader only starts position-independent, dynamically linked executables",
    "darwin": _NOT_ELF.format("Mach-O"),
    "illumos": _LIBC_IS_MANDATORY,
    "ios": _NOT_ELF.format("Mach-O"),
    "js": _NOT_ELF.format("WebAssembly"),
    "openbsd": _LIBC_IS_MANDATORY,
    "plan9": _NOT_ELF.format("a.out"),
    "solaris": _LIBC_IS_MANDATORY,
    "wasip1": _NOT_ELF.format("WebAssembly"),
    "windows": _NOT_ELF.format("PE"),
}

# The variable that selects an instruction set level, by GOARCH, with Go's own default. The default
# is always set explicitly: some of Go's defaults depend on the machine that Go was built on.
# Values: https://go.dev/wiki/MinimumRequirements and internal/buildcfg/cfg.go.
_LEVELS: dict[str, tuple[str, str, str]] = {
    "386": ("GO386", "sse2", r"sse2|softfloat"),
    "amd64": ("GOAMD64", "v1", r"v[1-4]"),
    "arm": ("GOARM", "7", r"[567](,(soft|hard)float)?"),
    "arm64": ("GOARM64", "v8.0", r"v(8\.[0-9]|9\.[0-5])(,(lse|crypto))*"),
    "mips": ("GOMIPS", "hardfloat", r"hardfloat|softfloat"),
    "mipsle": ("GOMIPS", "hardfloat", r"hardfloat|softfloat"),
    "mips64": ("GOMIPS64", "hardfloat", r"hardfloat|softfloat"),
    "mips64le": ("GOMIPS64", "hardfloat", r"hardfloat|softfloat"),
    "ppc64": ("GOPPC64", "power8", r"power(8|9|10)"),
    "ppc64le": ("GOPPC64", "power8", r"power(8|9|10)"),
    "riscv64": ("GORISCV64", "rva20u64", r"rva2[023]u64"),
}


class UnsupportedPlatformError(ValueError):
    """A GOOS, GOARCH or level without static ELF binaries. The text says why."""


@dataclass(frozen=True)
class GoPlatform:
    """The target of a build; `level` is the value of GOAMD64, GOARM, … or empty."""

    goos: str
    goarch: str
    level: str

    @classmethod
    def create(cls, goos: str, goarch: str, level: str | None) -> GoPlatform:
        """Check the three values; `level` of None means Go's default for the architecture.

        :raises UnsupportedPlatformError: naming the value, the reason, and what is supported.
        """
        if goos in _REFUSED:
            raise UnsupportedPlatformError(
                f"goos=`{goos}`: no statically linked ELF binary can be built for {goos}: "
                f"{_REFUSED[goos]}. Use one of {_listing(_STATIC_ELF)}."
            )
        if goos not in _STATIC_ELF:
            raise UnsupportedPlatformError(
                f"goos=`{goos}` is not a supported operating system. Use one of "
                f"{_listing(_STATIC_ELF)}."
            )
        if goarch not in _STATIC_ELF[goos]:
            raise UnsupportedPlatformError(
                f"goarch=`{goarch}`: Go has no ELF port for {goos}/{goarch}. "
                f"For {goos}, use one of {_listing(_STATIC_ELF[goos])}."
            )
        if goarch not in _LEVELS:
            if level:
                raise UnsupportedPlatformError(
                    f"goarch_level=`{level}`: {goarch} has no instruction set levels. "
                    "Remove the field."
                )
            return cls(goos, goarch, "")
        variable, default, pattern = _LEVELS[goarch]
        if level and not re.fullmatch(pattern, level):
            raise UnsupportedPlatformError(
                f"goarch_level=`{level}` is not a valid {variable}, the level of {goarch}. "
                f"Correct the field, or remove it for the default, `{default}`."
            )
        return cls(goos, goarch, level or default)

    @classmethod
    def of_machine(cls, name: str) -> GoPlatform:
        """The platform of the machine that runs tests, such as `darwin/arm64`."""
        goos, goarch = name.split("/")
        return cls(goos, goarch, _LEVELS[goarch][1] if goarch in _LEVELS else "")

    @property
    def is_usual(self) -> bool:
        """Whether the SDK of most builds, without files for other platforms, can build for it."""
        return self.goos == "linux" and self.goarch in ("amd64", "arm64")

    @property
    def environment(self) -> dict[str, str]:
        """GOOS, GOARCH and the level's variable, for the environment of `go`."""
        result = {"GOOS": self.goos, "GOARCH": self.goarch}
        # Older releases of Go ignore GOARM64 and GORISCV64, and do what their defaults say.
        if self.level:
            result[_LEVELS[self.goarch][0]] = self.level
        return result

    def __str__(self) -> str:
        return f"{self.goos}/{self.goarch}"


# The kernel of the first platform can run programs for the second.
_ALSO_RUNS = frozenset({("linux/amd64", "linux/386"), ("linux/arm64", "linux/arm")})


def runs_on(platform: str, here: str) -> bool:
    """Whether a machine with platform `here` (`linux/amd64`) runs programs for `platform`."""
    return platform == here or (here, platform) in _ALSO_RUNS


def supported_goos() -> tuple[str, ...]:
    return tuple(sorted(_STATIC_ELF))


def supported_goarch(goos: str) -> tuple[str, ...]:
    return tuple(sorted(_STATIC_ELF[goos]))


def _listing(names: object) -> str:
    assert isinstance(names, (dict, frozenset))
    return ", ".join(sorted(names))
