"""Identifies licences in a text by exact match.

A text matches a licence if it has the same words in the same order. As in the SPDX matching
guidelines, case, white space, punctuation, list markers and spellings do not matter, and names may
fill the licence's blanks. There is no nearest match: a text with an extra condition is unknown.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from go_sbom.licence_patterns import LONG, SHORT


@dataclass(frozen=True)
class FoundLicences:
    """`names` are in the order of the text. With `whole`, the text has nothing but these licences,
    titles and copyright notices."""

    names: tuple[str, ...]
    whole: bool


@dataclass(frozen=True)
class _Match:
    name: str
    first: int
    last: int


# Not compared: list markers (`1.`, `(a)`, `iv)`) and all other words of one letter.
_MARKER = re.compile(r"[a-z]|\d{1,2}|iii|iv|vi{1,3}|ix")
_SPELLINGS = (
    (re.compile(r"\b(non|sub)-(?=[a-z])"), r"\1"),
    (re.compile(r"licence"), "license"),
    (re.compile(r"https?://"), ""),
)
_WORD = re.compile(r"[a-z0-9]+")


def words_of(text: str) -> list[str]:
    """The words to compare."""
    text = text.lower()
    for spelling, standard in _SPELLINGS:
        text = spelling.sub(standard, text)
    return [word for word in _WORD.findall(text) if not _MARKER.fullmatch(word)]


# What may fill a blank.
_BLANK = r"(?:[a-z0-9]+ ){0,25}?"

_COPYRIGHT = re.compile(
    r"\W*(portions\s+)?(copyright\b|copr\b|\(c\)|©|all\s+rights\s+reserved)", re.IGNORECASE
)
_NOTICE_WORDS = 16
_NO_NOTICE = frozenset(
    words_of(
        """
        commercial dual except exception exceptions gpl lgpl license licensed licenses may must
        noncommercial not only permission permitted provided rights subject terms under use
        """
    )
)
_TITLE = frozenset(
    words_of(
        """
        0bsd 17th 2003 apache august boost bsd cc0 clause code commons creative eclipse expat isc
        legal libpng license mit modified mozilla new of public revised simplified software terms
        text the universal unlicense version x11 zlib
        """
    )
)


def identify(text: str) -> FoundLicences:
    """The licences in a text."""
    lines = text.splitlines()
    words: list[str] = []
    line_of: list[int] = []
    for number, line in enumerate(lines):
        of_line = words_of(line)
        words += of_line
        line_of += [number] * len(of_line)
    found = sorted(_matches(words), key=lambda match: match.first)
    covered = {place for match in found for place in range(match.first, match.last)}
    rest: dict[int, list[str]] = {}
    for place, word in enumerate(words):
        if place not in covered:
            rest.setdefault(line_of[place], []).append(word)
    return FoundLicences(
        tuple(dict.fromkeys(match.name for match in found)),
        whole=bool(found) and _only_notices(lines, rest),
    )


def digest_of(words: list[str]) -> str:
    """The checksum of a long licence's words."""
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


def _matches(words: list[str]) -> Iterator[_Match]:
    """Matches that do not overlap; the first pattern takes precedence."""
    free = [True] * len(words)

    def take(name: str, first: int, last: int) -> Iterator[_Match]:
        if all(free[first:last]):
            free[first:last] = [False] * (last - first)
            yield _Match(name, first, last)

    for long in LONG:
        opening = words_of(long.opening)
        for first in range(len(words) - long.words + 1):
            if words[first : first + len(opening)] == opening:
                last = first + long.words
                if digest_of(words[first:last]) == long.sha256:
                    yield from take(long.name, first, last)

    joined = "".join(f"{word} " for word in words)
    place_of = {}
    position = 0
    for place, word in enumerate(words):
        place_of[position] = place
        position += len(word) + 1
    place_of[position] = len(words)
    for name, pattern in _patterns():
        for match in pattern.finditer(joined):
            yield from take(name, place_of[match.start()], place_of[match.end()])


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((short.name, _pattern(short.text)) for short in SHORT)


def _pattern(text: str) -> re.Pattern[str]:
    """In a text, `<*>` is a blank, `<words>` is optional, and `<words|others>` is a choice."""
    parts = []
    for part in re.split(r"(<[^>]*>)", text):
        if part == "<*>":
            parts.append(_BLANK)
        elif part.startswith("<"):
            choices = ["".join(f"{w} " for w in words_of(c)) for c in part[1:-1].split("|")]
            parts.append(f"(?:{'|'.join(choices)}){'?' if len(choices) == 1 else ''}")
        else:
            parts.append("".join(f"{word} " for word in words_of(part)))
    return re.compile(rf"(?<![a-z0-9]){''.join(parts)}")


def _only_notices(lines: list[str], rest: dict[int, list[str]]) -> bool:
    """Whether all words outside licences, by line, are titles and copyright notices. A notice may
    continue on the next lines."""
    notice = False
    for number, line in enumerate(lines):
        words = rest.get(number, [])
        if not words:
            # An empty line or a rule of dashes ends a notice.
            notice = False
        elif _COPYRIGHT.match(line) and _is_notice(words):
            notice = True
        elif not (notice and _is_notice(words)):
            if not _TITLE.issuperset(words):
                return False
            notice = False
    return True


def _is_notice(words: list[str]) -> bool:
    if words[-3:] == ["all", "rights", "reserved"]:
        words = words[:-3]
    return len(words) <= _NOTICE_WORDS and _NO_NOTICE.isdisjoint(words)
