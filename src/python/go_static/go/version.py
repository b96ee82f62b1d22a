"""Go versions: parsing, ordering, and whether an SDK may build a module.

The rules are those of https://go.dev/doc/toolchain#version: `1.N` (a language version) sorts before
`1.NrcM`, which sorts before `1.N.0`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

_VERSION = re.compile(
    r"""
    (?:go)?
    (?P<major>0|[1-9]\d{0,8})
    (?:\.(?P<minor>0|[1-9]\d{0,8}))?
    (?:\.(?P<patch>0|[1-9]\d{0,8})|(?P<kind>alpha|beta|rc)(?P<pre>0|[1-9]\d{0,8}))?
    (?P<suffix>[-+ ].*)?
    """,
    re.VERBOSE | re.ASCII,
)

# A language version (`1.21`) sorts before every release candidate of it, and those before `1.21.0`.
_KIND_ORDER = {"": -1, "alpha": 0, "beta": 1, "rc": 2, "release": 3}


@total_ordering
@dataclass(frozen=True)
class GoVersion:
    """A Go release (`1.26.7`, `1.27rc1`) or language version (`1.21`), without the `go` prefix."""

    major: int
    minor: int
    kind: str
    number: int

    @classmethod
    def parse(cls, text: str) -> GoVersion:
        """Parse `1.26.7`, `go1.26.7`, `1.27rc1`, `1.21`; a vendor's suffix (`-custom`, ` X:exp`)
        is ignored.

        :raises ValueError: when the text is no Go version.
        """
        match = _VERSION.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"`{text}` is not a Go version such as 1.26.7 or 1.27rc1")
        minor = int(match["minor"] or 0)
        if match["patch"] is not None:
            kind, number = "release", int(match["patch"])
        elif match["kind"] is not None:
            kind, number = match["kind"], int(match["pre"])
        elif minor < 21:
            # Up to Go 1.20 the first release of a line was called `1.N`, without a patch number.
            kind, number = "release", 0
        else:
            kind, number = "", 0
        return cls(int(match["major"]), minor, kind, number)

    @property
    def _key(self) -> tuple[int, int, int, int]:
        return (self.major, self.minor, _KIND_ORDER[self.kind], self.number)

    def __lt__(self, other: GoVersion) -> bool:
        return self._key < other._key

    def __str__(self) -> str:
        line = f"{self.major}.{self.minor}"
        if self.kind == "":
            return line
        if self.kind == "release":
            # `1.20` is how Go itself spells the first release of a line before 1.21.
            return line if self.minor < 21 and self.number == 0 else f"{line}.{self.number}"
        return f"{line}{self.kind}{self.number}"
