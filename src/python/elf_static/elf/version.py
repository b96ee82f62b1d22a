"""Versions of Go, as build information has them, and ranges of them."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass

# A number of more digits is none: a hostile file may have a million, for which int() takes long.
_NUMBER = r"([0-9]{1,9}(?![0-9]))"
_VERSION = re.compile(
    rf"(?:go)?{_NUMBER}\.{_NUMBER}(?:\.{_NUMBER}|(?!\.[0-9]))"
    rf"(?:(beta|rc){_NUMBER}|(?!(?:beta|rc)[0-9]))"
)

# go1.21rc2 comes before go1.21.0.
_RELEASE = 2
_STAGES = {"beta": 0, "rc": 1}


class InvalidRangeError(ValueError):
    """The text says what is wrong."""


Key = tuple[int, int, int, int, int]


def version_key(version: str) -> Key | None:
    """What versions are compared by. None for one that is no release: `devel go1.27-abc…`.

    What a vendor adds (`go1.24.3 X:boringcrypto`, `go1.22.1-fips`) does not count.
    """
    match = _VERSION.match(version)
    if not match:
        return None
    major, minor, patch, stage, number = match.groups()
    return (
        int(major),
        int(minor),
        int(patch or 0),
        _STAGES[stage] if stage else _RELEASE,
        int(number or 0),
    )


@dataclass(frozen=True)
class VersionRange:
    """`text` is as people wrote it; every one of `bounds` has to hold."""

    text: str
    bounds: tuple[tuple[str, Key], ...]

    @classmethod
    def parse(cls, text: str) -> VersionRange:
        """
        :raises InvalidRangeError: it is no list of comparisons.
        """
        bounds = []
        for part in text.split(","):
            match = re.fullmatch(r"\s*(>=|<=|==|!=|>|<)\s*(\S+)\s*", part)
            key = version_key(match[2]) if match else None
            if not match or key is None or not _VERSION.fullmatch(match[2]):
                raise InvalidRangeError(
                    f'must be comparisons with Go versions, such as ">=1.22, <1.27"; '
                    f'"{part.strip()}" is none'
                )
            bounds.append((match[1], key))
        return cls(text, tuple(bounds))

    def contains(self, version: Key) -> bool:
        return all(_COMPARISONS[comparison](version, bound) for comparison, bound in self.bounds)


_COMPARISONS = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
