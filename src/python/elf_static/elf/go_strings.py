"""Go's string literals, read as `strconv.Unquote` reads them (src/strconv/quote.go).

In build information and in go.mod they come from strangers, and Python's own reader of literals
does not fit: it recurses, and it knows other escapes. What is here takes linear time and does not
recurse. Strings of Go are bytes, which need not be UTF-8, so these are bytes too.
"""

from __future__ import annotations

import re
from functools import cache

_SIMPLE_ESCAPES = dict(zip("abfnrtv\\'\"", "\a\b\f\n\r\t\v\\'\""))


class InvalidStringError(ValueError):
    """It is no string literal of Go."""


def unquote(literal: bytes) -> bytes:
    """The string of a literal in quotation marks, backquotes or apostrophes.

    :raises InvalidStringError: see there.
    """
    value, rest = unquote_prefix(literal)
    if rest:
        raise InvalidStringError
    return value


def unquote_prefix(data: bytes) -> tuple[bytes, bytes]:
    """The string of the literal that `data` starts with, and what follows the literal
    (`strconv.QuotedPrefix`).

    :raises InvalidStringError: see there.
    """
    quote = data[:1].decode("latin-1")
    if quote == "`":
        raw, end, rest = data[1:].partition(b"`")
        if not end:
            raise InvalidStringError
        return raw.replace(b"\r", b""), rest
    if not quote or quote not in "\"'":
        raise InvalidStringError
    # With this error handler each byte that is not UTF-8 becomes one character of its own, for
    # which Go puts U+FFFD where it stands as it is, and nothing where an escape says it.
    text = data.decode("utf-8", "surrogateescape")
    parts = []
    position = 1
    for special in _special(quote).finditer(text, 1):
        parts.append(re.sub("[\udc80-\udcff]", "\ufffd", text[position : special.start()]))
        position = special.end()
        if special.group() == quote:
            break
        parts.append(_meaning(special.group()))
    else:
        raise InvalidStringError
    value = "".join(parts)
    if quote == "'" and len(value) > 1:
        raise InvalidStringError
    return _bytes(value), _bytes(text[position:])


@cache
def _special(quote: str) -> re.Pattern[str]:
    """What stands for something else in a literal: an escape, or what may not be there. Compiled
    when it is needed, which for most binaries it is not."""
    return re.compile(
        r"\\(?:[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}"
        rf"|[abfnrtv\\{quote}])|[\\\n{quote}]"
    )


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
        # A line end, or a backslash without an escape that Go knows.
        raise InvalidStringError
    byte = int(escape[2:], 16) if kind == "x" else int(escape[1:], 8)
    return chr(byte) if byte < 0x80 else chr(0xDC00 + byte)


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")
