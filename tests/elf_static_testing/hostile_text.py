"""Text that has an effect where it is printed or shown, unless it is escaped; and models of a
terminal, a CI system's log and a SARIF viewer that interpret it.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator

HOSTILE = (
    # Terminals: color, title, link, clear; 7-bit and C1 forms; overwriting earlier output.
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[H\x1bc",
    "\x9b31m",
    "\x90q\x9c",
    "wrong\rright",
    "wrong\b\b\b\b\bright",
    "\x7f\x0e\x0f",
    # Lines that seem to come from another program.
    "x\nprogram: static, linux/amd64",
    "x\r\nprogram: static, linux/amd64",
    "x\x0bprogram: static\x0cprogram: static",
    "x\u2028program: static\u2029program: static\x85program: static",
    # Text direction, and invisible characters.
    "\u202ednuos\u202c \u2066x\u2069 \u200e\u200f\u061c",
    "\ufeff\u200b\u2060\u00ad\u034f\u115f\u3164\uffa0\u2800\ufe0f\U000e0100\U000e0041",
    "\u180b\u180e\u17b4\u00a0\u3000\ufffe\uffff\U0001fffe\ue000",
    "العربية 123 עברית",
    # SARIF
    "[click](https://evil.example)",
    "\\[click](https://evil.example)",
    "\\\\[click](1)",
    "[a\\](b) c](2)",
    "](https://evil.example)",
    "[",
    "\\",
    "{0} {1}",
    "{{0}}",
    "}}{{",
    "{",
    # XML and HTML
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style></textarea><svg onload=alert(1)>",
    "]]><!--",
    "<![CDATA[x]]>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "&lt;b&gt; &#27; &amp;amp;",
    "javascript:alert(1)",
    "url(https://evil.example)",
    # Logs of CI systems
    "::error file=x::forged",
    "  ::add-mask::a",
    ":::stop-commands::x",
    "##[error]forged",
    "x###[add-path]/evil",
    "##vso[task.prependpath]/evil",
    "##teamcity[buildStatus status='SUCCESS']",
    # Format strings, paths and URLs.
    "%s %(x)s %0A ${x} $(x) `x`",
    "a:b",
    "//evil.example/x",
    "C:\\x\\..\\y",
    "../../x",
    "?x#y&z=%41;",
    "-rf --x",
    "user@1.2.3#sub?x=y",
    "a b  c ",
    "\\x1b[31m",
    "A" * 3000,
)

BYTES = (b"\xff\xfe\x80", b"\xed\xa0\x80", b"\xc0\xaf", b"\x9b31m", b"x\xe2\x80")
"""What is not UTF-8, surrogates and C1 among it."""


def hostile_bytes(seed: int, count: int) -> Iterator[bytes]:
    """Each of the texts above, then mixtures."""
    every = [text.encode() for text in HOSTILE] + [*BYTES]
    yield from every
    generator = random.Random(seed)
    for _ in range(count):
        pieces = [generator.choice(every)[:60] for _ in range(generator.randrange(1, 5))]
        pieces.append(bytes(generator.randrange(1, 256) for _ in range(generator.randrange(20))))
        code = generator.choice((0x250, 0x3000, 0x10000, 0x110000))
        drawn = (chr(generator.randrange(1, code)) for _ in range(generator.randrange(20)))
        pieces.append("".join(drawn).encode("utf-8", "surrogatepass"))
        generator.shuffle(pieces)
        yield b"".join(pieces) or b"x"


# Drawn as nothing, although Unicode classifies them as letters, marks and symbols (the property
# Default_Ignorable_Code_Point, and the empty Braille pattern).
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0000-\U000e0fff]"
)


def assert_inert(line: str) -> None:
    """Check that this is one line of visible characters that no CI system reads as a command."""
    for character in line:
        category = unicodedata.category(character)
        assert category[0] != "C" and category not in ("Zl", "Zp"), (line, character)
        assert category != "Zs" or character == " ", (line, character)
    assert not _UNSEEN.search(line), line
    # GitHub's runner looks for the first at the start of a line, after white space, and for the
    # second anywhere (src/Runner.Common/ActionCommand.cs). Commands of Azure and TeamCity start
    # in the same way.
    assert not line.lstrip().startswith("::"), line
    assert not re.search(r"##\w*\[", line), line


def assert_inert_values(value: object) -> None:
    """Check every string in a JSON value, including names."""
    if isinstance(value, dict):
        for name, each in value.items():
            assert_inert(name)
            assert_inert_values(each)
    elif isinstance(value, list):
        for each in value:
            assert_inert_values(each)
    elif isinstance(value, str):
        assert_inert(value)


def shown_by_a_viewer(message: str) -> str:
    """The text that a viewer shows for a SARIF message without arguments (3.11.5, 3.11.6). It must
    have no placeholders and no links; only the brackets of a link are unescaped."""
    shown, position = "", 0
    while position < len(message):
        pair = message[position : position + 2]
        if pair in ("{{", "}}"):
            shown += pair[0]
            position += 2
        elif pair in ("\\\\", "\\[", "\\]"):
            shown += pair[1]
            position += 2
        else:
            assert pair[0] not in "{}", f"a placeholder in {message}"
            assert pair[0] not in "[]", f"what may be of a link in {message}"
            shown += pair[0]
            position += 1
    return shown


# RFC 3986, appendix A: a URI reference that is a path, either relative or with the scheme `file`.
_PCHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})"
_REFERENCE = re.compile(rf"file:///(?:{_PCHAR}+/)*{_PCHAR}+|(?!{_PCHAR}*:){_PCHAR}+(?:/{_PCHAR}+)*")


def assert_reference(uri: str) -> None:
    """Check that URIs of files are as SARIF requires (3.4.3, 3.10.2)."""
    assert _REFERENCE.fullmatch(uri), uri
    segments = uri.split("/")
    assert uri == "." or not {".", ".."} & set(segments), uri
