"""The names that a Go file declares at package level, for `-X`: the linker ignores a name that it
does not find.

A scanner of tokens, not a parser: it takes linear time, and gives up on what it does not
understand. Then nothing is known of the file, and nothing is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

# Generated files can be large, but hold no version.
MAX_SIZE = 4 << 20

# How many tokens of a declaration may be in brackets; the body of a function needs no more.
_ENOUGH = 64

_TOKEN = re.compile(
    r"""
    (?P<skip>[ \t\r]+|//[^\n]*)
    |(?P<comment>/\*.*?\*/)
    |(?P<newline>\n)
    |(?P<word>\w+)
    |(?P<string>`[^`]*`|"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"|'[^'\\\n]*(?:\\[^\n][^'\\\n]*)*')
    |(?P<operator>(?!/\*)[^"'`])
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_GROUPED = frozenset({"var", "const", "type"})
_NOT_STRINGS = frozenset(
    {
        *("bool", "byte", "rune", "error", "any", "uintptr"),
        *("int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64"),
        *("float32", "float64", "complex64", "complex128"),
        *("map", "func", "chan", "struct", "interface", "[", "*"),
    }
)


class Declared(Enum):
    """What a name is. `VARIABLE` may be a string, which the linker can set."""

    VARIABLE = "a variable"
    COMPUTED = "a variable that is initialized by a function call"
    NOT_A_STRING = "a variable that is not a string"
    CONSTANT = "a constant"
    FUNCTION = "a function"
    TYPE = "a type"
    ELSEWHERE = "declared for another platform"


def declarations(text: str) -> dict[str, Declared] | None:
    """The names in a Go file, or None if it cannot be understood."""
    if len(text) > MAX_SIZE:
        return None
    found: dict[str, Declared] = {}
    try:
        for keyword, tokens in _declarations(text):
            found.update(_names(keyword, tokens))
    except _NotUnderstoodError:
        return None
    return found


class _NotUnderstoodError(Exception):
    pass


def _tokens(text: str) -> Iterator[str]:
    """Newlines are tokens only where Go inserts a semicolon (spec, "Semicolons")."""
    position = 0
    ends_statement = False
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            # A string or a comment that is not closed.
            raise _NotUnderstoodError
        position = match.end()
        kind = match.lastgroup
        token = match[0]
        if kind == "newline" or (kind == "comment" and "\n" in token):
            if ends_statement:
                yield "\n"
            ends_statement = False
        elif kind in ("word", "string") or token in _CLOSE:
            ends_statement = True
            yield token
        elif kind == "operator":
            ends_statement = False
            yield token


def _declarations(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each declaration at package level: its keyword, and its first tokens."""
    depth = 0
    group = ""
    current: list[str] = []
    for token in (*_tokens(text), "\n"):
        base = 1 if group else 0
        if token in ("\n", ";") and depth == base:
            yield from _declaration(group, current)
            current = []
            continue
        if token in _OPEN:
            depth += 1
            if token == "(" and depth == 1 and len(current) == 1 and current[0] in _GROUPED:
                group = current[0]
                current = []
                continue
        elif token in _CLOSE:
            depth -= 1
            if depth < 0:
                raise _NotUnderstoodError
            if group and depth == 0:
                yield from _declaration(group, current)
                group = ""
                current = []
                continue
        if depth == base or len(current) < _ENOUGH:
            current.append(token)
    if depth:
        raise _NotUnderstoodError


def _declaration(group: str, tokens: list[str]) -> Iterator[tuple[str, list[str]]]:
    if group and tokens:
        yield group, tokens
    elif len(tokens) > 1:
        yield tokens[0], tokens[1:]


def _names(keyword: str, tokens: list[str]) -> Iterator[tuple[str, Declared]]:
    if keyword == "func":
        # The receiver of a method is in parentheses.
        if tokens[0] != "(":
            yield tokens[0], Declared.FUNCTION
    elif keyword == "type":
        yield tokens[0], Declared.TYPE
    elif keyword in ("var", "const"):
        names = [tokens[0]]
        while len(tokens) > 2 and tokens[1] == ",":
            tokens = tokens[2:]
            names.append(tokens[0])
        kind = Declared.CONSTANT
        if keyword == "var":
            kind = _kind(tokens[1:]) if len(names) == 1 else Declared.VARIABLE
        for name in names:
            yield name, kind


def _kind(tokens: list[str]) -> Declared:
    """What a variable is, by the tokens behind its name."""
    if not tokens:
        return Declared.VARIABLE
    if tokens[0] in _NOT_STRINGS:
        return Declared.NOT_A_STRING
    if "=" not in tokens:
        return Declared.VARIABLE
    value = tokens[tokens.index("=") + 1 :]
    if value[:1] == ["func"]:
        return Declared.COMPUTED
    called = value[0] if value else ""
    while len(value) > 2 and value[1] == ".":
        value = value[2:]
        called += f".{value[0]}"
    is_call = len(value) > 1 and value[1] == "(" and called.replace(".", "_").isidentifier()
    return Declared.COMPUTED if is_call and called != "string" else Declared.VARIABLE
