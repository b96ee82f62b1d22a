"""Parse a BUILD file that may be hostile.

Python's parser recurses, and crashes the process if a file nests too deeply (CPython 3.9 and 3.10).
So the tokens are checked first.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator

# Limits that no real BUILD file reaches: characters, nesting, digits, characters of an f-string.
_MAX_SIZE = 1 << 20
_MAX_DEPTH = 500
_MAX_DIGITS = 1000
_MAX_FORMAT = 1000

_NO_DEPTH = frozenset({tokenize.STRING, tokenize.COMMENT, tokenize.NL})


class UnreadableBuildFileError(Exception):
    """The file cannot be parsed. `line` starts at 1. The text says why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def parse_build_file(text: str) -> ast.Module:
    """Parse the text of a BUILD file.

    :raises UnreadableBuildFileError: it is too large, nests too deeply, or is not valid Python.
    """
    if len(text) > _MAX_SIZE:
        raise UnreadableBuildFileError(1, f"it is larger than {_MAX_SIZE >> 20} MiB")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UnreadableBuildFileError(1, "it is not UTF-8")
    if "\r" in text.replace("\r\n", ""):
        line = text.partition("\r")[0].count("\n") + 1
        raise UnreadableBuildFileError(line, "a carriage return without a line feed")
    try:
        _check_depth(text)
        return ast.parse(text)
    except (SyntaxError, tokenize.TokenError, ValueError, RecursionError, MemoryError) as e:
        line = getattr(e, "lineno", None) or 1
        raise UnreadableBuildFileError(line, str(e) or type(e).__name__) from None


def calls(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    """The calls of a function anywhere in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _check_depth(text: str) -> None:
    """Check an upper bound of the nesting: the number of tokens between two commas, plus the tokens
    around each enclosing bracket. Each `elif` nests in the previous one, and a `lambda` may contain
    commas, so these are counted separately."""
    around: list[int] = []
    depth = branches = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        # Up to CPython 3.11, an f-string is a single token, including its expressions.
        is_long = token.type == tokenize.STRING and len(token.string) > _MAX_FORMAT
        if is_long and "f" in token.string.partition(token.string[-1])[0].lower():
            raise UnreadableBuildFileError(token.start[0], "an f-string is too long")
        if token.type in _NO_DEPTH:
            continue
        if token.string == "," or token.type == tokenize.NEWLINE:
            depth = around[-1] if around else 0
            continue
        depth += 1
        branches += token.string in ("elif", "lambda")
        if token.string in ("(", "[", "{"):
            around.append(depth)
        elif token.string in (")", "]", "}") and around:
            depth = around.pop()
        if max(depth, branches) > _MAX_DEPTH:
            raise UnreadableBuildFileError(token.start[0], "it nests too deeply")
        if token.type == tokenize.NUMBER and len(token.string) > _MAX_DIGITS:
            raise UnreadableBuildFileError(token.start[0], "a number has too many digits")
