"""Parses the few directives of go.mod and go.work that a build needs before `go` runs.

The grammar is at https://go.dev/ref/mod#go-mod-file-grammar. `go` itself checks the rest, and its
errors are better than this parser's would be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from elf_static.elf.go_strings import InvalidStringError, unquote

# The tokens of a line, as in `readToken` of golang.org/x/mod/modfile/read.go. A word may contain
# the start of a comment; a quotation mark alone is never closed.
_TOKEN = re.compile(r"""//.*|[()]|"[^"\\]*(?:\\.[^"\\]*)*"|`[^`]*`|["`]|[^ \t\r()"`][^ \t\r()]*""")


class ModFileError(ValueError):
    """A go.mod or go.work that cannot be read; the text is `file:line: reason`."""


@dataclass(frozen=True)
class Replacement:
    """`replace old [version] => new [version]`; without a new version, `new` is a directory."""

    old: str
    new: str
    new_version: str

    @property
    def is_directory(self) -> bool:
        return self.new.startswith(("./", "../", "/")) or self.new in (".", "..")


@dataclass(frozen=True)
class GoMod:
    """The directives of one go.mod.

    `go` is the minimum Go version, or empty, which Go reads as 1.16. `requires` holds the paths of
    all required modules, direct and indirect. `ignores` holds the directories in which `./...`
    finds no packages (since Go 1.25).
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

    :raises ModFileError: a line cannot be read, or no module is named.
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
        raise ModFileError(f"{path}:1: the `module` directive is missing")
    return GoMod(module, go, tuple(ignores), tuple(requires), tuple(replaces))


def without_requirements(go_mod: GoMod) -> str:
    """A go.mod with which `go list` finds the same packages, but needs no other module."""
    lines = [f"module {_quoted(go_mod.module)}"]
    if go_mod.go:
        lines.append(f"go {go_mod.go}")
    lines += [f"ignore {_quoted(directory)}" for directory in go_mod.ignores]
    return "\n".join((*lines, ""))


def _quoted(text: str) -> str:
    # Go has the escapes of JSON, except surrogate pairs.
    return json.dumps(text, ensure_ascii=False)


def parse_go_work(path: str, content: str) -> GoWork:
    """Read a go.work. `path` is used in errors only.

    :raises ModFileError: a line cannot be read.
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
    """Yield (line number, verb, arguments), and split blocks `verb ( … )` into directives."""
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
    for token in _TOKEN.findall(text):
        if token[0] in '`"':
            words.append(_unquoted(path, number, token))
            continue
        word, comment, _ = token.partition("//")
        if word:
            words.append(word)
        if comment:
            break
    return words


def _unquoted(path: str, number: int, literal: str) -> str:
    if len(literal) == 1:
        raise ModFileError(f"{path}:{number}: a quoted string is never closed")
    if "\\" not in literal and "\r" not in literal:
        return literal[1:-1]
    try:
        return unquote(literal.encode("utf-8", "replace")).decode("utf-8", "replace")
    except InvalidStringError:
        raise ModFileError(
            f"{path}:{number}: the string {literal[:80]} has an invalid escape"
        ) from None
