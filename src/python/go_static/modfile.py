"""go.mod and go.work files: the few directives that a build has to know before `go` runs.

The grammar is that of https://go.dev/ref/mod#go-mod-file-grammar. Everything else about these
files is left to `go` itself, which reports what it does not like better than this parser could.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

# https://go.dev/ref/spec#String_literals
_INTERPRETED_STRING = re.compile(
    r'''"(?:[^"\\]|\\(?:[abfnrtv\\"]|[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}))*"'''
)


class ModFileError(ValueError):
    """A go.mod or go.work that cannot be read; the text is `file:line: reason`."""


@dataclass(frozen=True)
class Replacement:
    """`replace old [version] => new [version]`; without a new version `new` is a directory."""

    old: str
    new: str
    new_version: str

    @property
    def is_directory(self) -> bool:
        return self.new.startswith(("./", "../", "/")) or self.new in (".", "..")


@dataclass(frozen=True)
class GoMod:
    """The directives of one go.mod.

    `go` is the minimum Go version (empty when the file has none, which Go reads as 1.16).
    `requires` holds the paths of all required modules, direct and indirect; `ignores` the
    directories in which `./...` finds no packages (from Go 1.25 on).
    """

    module: str
    go: str
    ignores: tuple[str, ...]
    requires: tuple[str, ...]
    replaces: tuple[Replacement, ...]


@dataclass(frozen=True)
class GoWork:
    """The directives of one go.work; `uses` are directories as written."""

    go: str
    uses: tuple[str, ...]
    replaces: tuple[Replacement, ...]


def parse_go_mod(path: str, content: str) -> GoMod:
    """Read a go.mod. `path` is used in errors only.

    :raises ModFileError: when a line cannot be read, or no module is named.
    """
    module = go = ""
    ignores = []
    requires = []
    replaces = []
    for line, verb, args in _directives(path, content):
        if verb == "module" and args:
            module = args[0]
        elif verb == "go" and args:
            go = args[0]
        elif verb == "ignore" and args:
            ignores.append(args[0])
        elif verb == "require" and args:
            requires.append(args[0])
        elif verb == "replace":
            replaces.append(_replacement(path, line, args))
    if not module:
        raise ModFileError(f"{path}:1: no `module` directive names the module")
    return GoMod(module, go, tuple(ignores), tuple(requires), tuple(replaces))


def without_requirements(go_mod: GoMod) -> str:
    """A go.mod with which `go list` sees the same packages, and asks for no other module."""
    lines = [f"module {_quoted(go_mod.module)}"]
    if go_mod.go:
        lines.append(f"go {go_mod.go}")
    lines += [f"ignore {_quoted(directory)}" for directory in go_mod.ignores]
    return "\n".join((*lines, ""))


def _quoted(text: str) -> str:
    # Go knows the escapes of JSON but for those of surrogate pairs.
    return json.dumps(text, ensure_ascii=False)


def parse_go_work(path: str, content: str) -> GoWork:
    """Read a go.work. `path` is used in errors only.

    :raises ModFileError: when a line cannot be read.
    """
    go = ""
    uses = []
    replaces = []
    for line, verb, args in _directives(path, content):
        if verb == "go" and args:
            go = args[0]
        elif verb == "use" and args:
            uses.append(args[0])
        elif verb == "replace":
            replaces.append(_replacement(path, line, args))
    return GoWork(go, tuple(uses), tuple(replaces))


def _replacement(path: str, line: int, args: list[str]) -> Replacement:
    if "=>" not in args:
        raise ModFileError(f"{path}:{line}: `replace` without `=>`")
    arrow = args.index("=>")
    old, new = args[:arrow], args[arrow + 1 :]
    if not 1 <= len(old) <= 2 or not 1 <= len(new) <= 2:
        raise ModFileError(
            f"{path}:{line}: expected `replace module [version] => module-or-directory [version]`"
        )
    return Replacement(old[0], new[0], new[1] if len(new) == 2 else "")


def _directives(path: str, content: str) -> Iterator[tuple[int, str, list[str]]]:
    """Yield (line number, verb, arguments), with blocks `verb ( … )` taken apart."""
    block = ""
    for number, text in enumerate(content.split("\n"), start=1):
        words = _words(path, number, text)
        if not words:
            continue
        if block:
            if words == [")"]:
                block = ""
            else:
                yield number, block, words
        elif words[-1] == "(" and len(words) == 2:
            block = words[0]
        elif words[1:] != ["(", ")"]:
            yield number, words[0], words[1:]
    if block:
        raise ModFileError(f"{path}: the block `{block} (` is never closed")


def _words(path: str, number: int, text: str) -> list[str]:
    words: list[str] = []
    rest = text.strip()
    while rest and not rest.startswith("//"):
        if rest[0] == "`" or rest[0] == '"':
            end = _string_end(rest)
            if end < 0:
                raise ModFileError(f"{path}:{number}: a quoted string is never closed")
            literal = rest[: end + 1]
            words.append(literal[1:-1] if literal[0] == "`" else _unquote(path, number, literal))
            rest = rest[end + 1 :].lstrip()
        elif rest[0] in "()":
            words.append(rest[0])
            rest = rest[1:].lstrip()
        else:
            end = _bare_word_end(rest)
            words.append(rest[:end])
            rest = rest[end:].lstrip()
    return words


def _string_end(text: str) -> int:
    quote = text[0]
    position = 1
    while position < len(text):
        if text[position] == "\\" and quote == '"':
            position += 1
        elif text[position] == quote:
            return position
        position += 1
    return -1


def _bare_word_end(text: str) -> int:
    for position, character in enumerate(text):
        if character.isspace() or character in "()":
            return position
        # A comment starts at `//`, which may follow a word without a space.
        if text.startswith("//", position):
            return position
    return len(text)


def _unquote(path: str, number: int, literal: str) -> str:
    try:
        if _INTERPRETED_STRING.fullmatch(literal) is None:
            raise ValueError("it has an escape that Go does not know")
        # The escapes that Go knows mean the same in Python.
        return str(ast.literal_eval(literal))
    except (SyntaxError, ValueError) as e:
        raise ModFileError(f"{path}:{number}: cannot read the string {literal}: {e}") from None
