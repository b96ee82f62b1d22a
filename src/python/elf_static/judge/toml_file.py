"""Reading untrusted TOML within limits.

toml 0.10.2 takes quadratic time for some texts, recurses without limit, and leaks internal errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import toml

from elf_static.elf.bounded_file import read_small_file

MAX_SIZE = 64 << 10
"""Bytes. A list of a thousand modules has 50,000."""

# More than any policy has.
_MAX_DEPTH = 16
_MAX_EQUALS = 256
_MAX_COMMAS = 8192


class TomlError(Exception):
    """Invalid TOML, or TOML beyond the limits; the text is `path:line: reason`."""


@dataclass(frozen=True)
class TomlFile:
    """`data` is the parsed text."""

    path: str
    text: str
    data: Mapping[str, Any]

    def place(self, where: tuple[str, ...]) -> str:
        """`path:line` of a key, or only the path if the line is not found."""
        line = _line_of(self.text, where)
        return f"{self.path}:{line}" if line else self.path


def read_toml(path: str) -> TomlFile:
    """
    :raises UnreadableError: the file does not exist or cannot be read.
    :raises TomlError: see there.
    """
    data = read_small_file(path, MAX_SIZE)
    try:
        return parse_toml(data.decode("utf-8"), path)
    except UnicodeDecodeError as e:
        raise TomlError(f"{path}: invalid UTF-8: {e.reason} at byte {e.start}") from None


def parse_toml(text: str, path: str) -> TomlFile:
    """
    :param path: for messages.
    :raises TomlError: see there.
    """
    text = text.replace("\r\n", "\n")
    try:
        return TomlFile(path, text, toml.loads(text, decoder=_Decoder()))
    except toml.TomlDecodeError as e:
        raise TomlError(f"{path}:{e.lineno}: invalid TOML: {e.msg}") from None
    except Exception as e:
        # Some IndexErrors and TypeErrors.
        raise TomlError(f"{path}: invalid TOML ({type(e).__name__}: {e})") from None


class _Decoder(toml.TomlDecoder):  # type: ignore[type-arg]
    """toml's decoder, with limits on time and depth."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def load_line(self, line: str, *rest: Any) -> Any:
        if line.count("=") > _MAX_EQUALS:
            raise ValueError(f"one value has more than {_MAX_EQUALS} equals signs")
        return super().load_line(line, *rest)

    def load_value(self, v: str, *rest: Any) -> Any:
        if self._depth == _MAX_DEPTH:
            raise ValueError(f"values are nested more than {_MAX_DEPTH} deep")
        if v.count(",") > _MAX_COMMAS:
            raise ValueError(f"one value has more than {_MAX_COMMAS} commas")
        self._depth += 1
        try:
            return super().load_value(v, *rest)
        finally:
            self._depth -= 1


def _line_of(text: str, where: tuple[str, ...]) -> int:
    """The line of a key, from 1, or of its table if the key has no line of its own; 0 if neither is
    found. (toml keeps no positions.)"""
    table: tuple[str, ...] = ()
    best = 0
    for number, line in enumerate(text.split("\n"), 1):
        header = re.match(r"[ \t]*\[([^\[\]]+)\]", line)
        if header:
            table = _key_parts(header[1])
            key = table
        else:
            match = re.match(r"[ \t]*([\w.\-\"' ]+)=", line)
            if not match:
                continue
            key = (*table, *_key_parts(match[1]))
        if key == where:
            return number
        if key and key == where[: len(key)]:
            best = number
    return best


def _key_parts(key: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in key.split("."))
