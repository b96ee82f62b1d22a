"""Go versions: parsing, ordering, and ranges in policies.

The order is that of https://go.dev/doc/toolchain#version: `1.N` (a language version) sorts before
`1.NrcM`, which sorts before `1.N.0`.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

# At most nine digits: int() takes long for the million that a hostile file may have.
_NUMBER = "(0|[1-9][0-9]{0,8})"
_VERSION = re.compile(
    rf"(?:go)?{_NUMBER}(?:\.{_NUMBER})?(?:\.{_NUMBER}|(alpha|beta|rc){_NUMBER})?"
    r"(?!\.|\d|(?:alpha|beta|rc)\d)"
)


class Stage(IntEnum):
    LANGUAGE = 0
    ALPHA = 1
    BETA = 2
    RC = 3
    RELEASE = 4


class GoVersion(NamedTuple):
    """A Go release (`1.26.7`, `1.27rc1`) or a language version (`1.21`)."""

    major: int
    minor: int
    stage: Stage
    number: int

    @classmethod
    def parse(cls, text: str) -> GoVersion:
        """Parse `1.26.7`, `go1.26.7`, `1.27rc1` or `1.21`, without a vendor's suffix (`-custom`,
        ` X:exp`).

        :raises ValueError: the text is not a Go version.
        """
        match = _VERSION.match(text.strip())
        if not match or not re.fullmatch("|[-+ ].*", match.string[match.end() :]):
            raise ValueError(f"`{text}` is not a Go version such as 1.26.7 or 1.27rc1")
        return cls._of(match)

    @classmethod
    def parse_release(cls, text: str) -> GoVersion | None:
        """The release that the text starts with (`go1.18.1b7`); `1.22` is `1.22.0`. None if it
        starts otherwise (`devel go1.27-abc…`)."""
        match = _VERSION.match(text)
        version = cls._of(match) if match else None
        if version and version.stage is Stage.LANGUAGE:
            return version._replace(stage=Stage.RELEASE)
        return version

    @classmethod
    def _of(cls, match: re.Match[str]) -> GoVersion:
        major, minor, patch, stage, number = match.groups()
        line = int(major), int(minor or 0)
        if stage:
            return cls(*line, Stage[stage.upper()], int(number))
        # Before Go 1.21, the first release of a line was `1.N`, without a patch number.
        release = patch or line[1] < 21
        return cls(*line, Stage.RELEASE if release else Stage.LANGUAGE, int(patch or 0))

    def __str__(self) -> str:
        line = f"{self.major}.{self.minor}"
        if self.stage is Stage.RELEASE:
            return line if self.minor < 21 and not self.number else f"{line}.{self.number}"
        return f"{line}{self.stage.name.lower()}{self.number}" if self.stage else line


_COMPARISONS = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class VersionRange:
    """A version is in the range if it satisfies all `bounds`. `text` is the range as written."""

    text: str
    bounds: tuple[tuple[str, GoVersion], ...]

    @classmethod
    def parse(cls, text: str) -> VersionRange:
        """Parse comparisons such as `>=1.22, <1.27`.

        :raises ValueError: the text is not a list of comparisons.
        """
        bounds = []
        for part in text.split(","):
            match = re.fullmatch(r"\s*(>=|<=|==|!=|>|<)\s*(\S+)\s*", part)
            bound = GoVersion.parse_release(match[2]) if match else None
            if not match or not bound or not _VERSION.fullmatch(match[2]):
                raise ValueError(
                    f'must be comparisons with Go versions, such as ">=1.22, <1.27"; '
                    f'"{part.strip()}" is not one'
                )
            bounds.append((match[1], bound))
        return cls(text, tuple(bounds))

    def contains(self, version: GoVersion) -> bool:
        return all(_COMPARISONS[comparison](version, bound) for comparison, bound in self.bounds)
