"""Go's string literals, read as `strconv.Unquote` reads them (src/strconv/quote.go).

Those in build information and in go.mod are untrusted. Python's `ast.literal_eval` recurses and
knows other escapes; this takes linear time and does not recurse. Go strings need not be UTF-8, so
these are bytes.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

_SIMPLE_ESCAPES = dict(zip("abfnrtv\\'\"", "\a\b\f\n\r\t\v\\'\""))


class InvalidStringError(ValueError):
    """The text is not a Go string literal."""


def unquote(literal: bytes) -> bytes:
    """The value of a literal in quotation marks, backquotes or apostrophes.

    :raises InvalidStringError: see there.
    """
    value, rest = unquote_prefix(literal)
    if rest:
        raise InvalidStringError
    return value


def unquote_prefix(data: bytes) -> tuple[bytes, bytes]:
    """The value of the literal at the start of `data`, and the rest (`strconv.QuotedPrefix`).

    :raises InvalidStringError: see there.
    """
    quote = data[:1].decode("latin-1")
    if quote == "`":
        raw, closed, rest = data[1:].partition(b"`")
        if not closed:
            raise InvalidStringError
        return raw.replace(b"\r", b""), rest
    if not quote or quote not in "\"'":
        raise InvalidStringError
    # This error handler turns each invalid byte into a surrogate. Go replaces an invalid byte with
    # U+FFFD, but keeps one that an escape writes.
    text = data.decode("utf-8", "surrogateescape")
    parts = _special(quote).split(re.sub("[\udc80-\udcff]", "\ufffd", text[1:]))
    specials = parts[1::2]
    if quote not in specials:
        raise InvalidStringError
    count = 2 * specials.index(quote) + 1
    end = 1 + sum(map(len, parts[: count + 1]))
    del parts[count:]
    parts[1::2] = map(_meaning, parts[1::2])
    value = "".join(parts)
    if quote == "'" and len(value) > 1:
        raise InvalidStringError
    return _bytes(value), _bytes(text[end:])


@cache
def _special(quote: str) -> re.Pattern[str]:
    """Matches an escape, the end of the literal, or a character that is not allowed in it. Compiled
    on first use, because most binaries have no quoted strings."""
    return re.compile(
        r"(\\(?:[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}"
        rf"|[abfnrtv\\{quote}])|[\\\n{quote}])"
    )


@lru_cache(maxsize=256)
def _meaning(escape: str) -> str:
    kind = escape[1:2]
    if kind in _SIMPLE_ESCAPES:
        return _SIMPLE_ESCAPES[kind]
    if kind in ("u", "U"):
        rune = int(escape[2:], 16)
        if rune > 0x10FFFF or 0xD800 <= rune < 0xE000:
            raise InvalidStringError
        return chr(rune)
    if not kind:
        # A line break, or a backslash before an unknown escape.
        raise InvalidStringError
    byte = int(escape[2:], 16) if kind == "x" else int(escape[1:], 8)
    return chr(byte) if byte < 0x80 else chr(0xDC00 + byte)


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")
