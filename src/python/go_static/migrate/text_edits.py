"""Edit parts of a BUILD file: locate the parts of a call in the text, and replace them.

Edits use positions of the syntax tree, so that all other text, including comments, is kept.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Union

# The nodes that have a position in the text.
_Part = Union[ast.expr, ast.stmt, ast.keyword]


@dataclass(frozen=True)
class Edit:
    """Replaces the text between two offsets with `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class BuildFileText:
    text: str

    def apply(self, edits: Iterable[Edit]) -> str:
        """Apply the edits, which must not overlap."""
        text = self.text
        for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
            text = text[: edit.start] + edit.new + text[edit.end :]
        return text

    def of(self, part: _Part) -> str:
        start, end = self._span(part)
        return self.text[start:end]

    def replaced(self, part: _Part, new: str) -> Edit:
        return Edit(*self._span(part), new)

    def replaced_string(self, part: ast.expr, value: str, new: str) -> Edit:
        """Replace the literal `value` with `new`. Keep its quotes if possible."""
        changed = self.of(part).replace(value, new, 1)
        try:
            is_new = ast.literal_eval(changed) == new
        except (SyntaxError, ValueError):
            is_new = False
        return self.replaced(part, changed if is_new else repr(new))

    def renamed_argument(self, keyword: ast.keyword, new: str) -> Edit:
        start, _ = self._span(keyword)
        return Edit(start, start + len(keyword.arg or ""), new)

    def without_argument(self, keyword: ast.keyword) -> Edit:
        """Remove an argument of a call and its comma. If nothing else is on its line, remove that
        too."""
        start, end = self._span(keyword)
        following = next(token for token in self._tokens if token.start >= end)
        if following.text == ",":
            end = following.end
            if not self._is_alone(start, end):
                end = re.compile(r"[ \t]*").match(self.text, end).end()  # type: ignore[union-attr]
        else:
            preceding = [token for token in self._tokens if token.end <= start][-1]
            if preceding.text == "," and not self._is_alone(start, end):
                start = preceding.start
        return self._with_lines(start, end)

    def last_argument(self, call: ast.Call, new: str) -> tuple[Edit, ...]:
        """Add an argument of several lines at the end of a call."""
        _, end = self._span(call)
        *_, before, closing = (token for token in self._tokens if token.end <= end)
        newline = "\r\n" if "\r\n" in self.text else "\n"
        comma = "" if before.text in ("(", ",") else ","
        new = f"    {new},".replace("\n", newline)
        start = self._line_start(closing.start)
        if before.end <= start:
            return Edit(before.end, before.end, comma), Edit(start, start, f"{new}{newline}")
        return (Edit(before.end, closing.start, f"{comma}{newline}{new}{newline}"),)

    def has_lines_of_its_own(self, statement: ast.stmt) -> bool:
        return self._is_alone(*self._span(statement))

    def without_statement(self, statement: ast.stmt) -> Edit:
        """Remove a statement on its own lines, and the empty lines that follow it."""
        edit = self._with_lines(*self._span(statement))
        empty = re.compile(r"(?:[ \t]*\r?\n)*").match(self.text, edit.end)
        assert empty is not None
        return Edit(edit.start, empty.end(), edit.new)

    def line_after(self, statement: ast.stmt, new: str) -> Edit:
        """Add a new statement below one on its own lines, after an empty line."""
        _, end = self._span(statement)
        end = self._line_end(end)
        newline = "\r\n" if "\r\n" in self.text else "\n"
        return Edit(end, end, f"{newline}{newline}{new}")

    def _with_lines(self, start: int, end: int) -> Edit:
        """Remove the text between the offsets, and its lines if nothing else is on them. A comment
        at their end is kept on its own line."""
        if not self._is_alone(start, end):
            return Edit(start, end, "")
        comment = self.text[end : self._line_end(end)].strip()
        if comment:
            return Edit(start, end + self.text[end:].index(comment), "")
        newline = re.compile(r"\r?\n|").match(self.text, self._line_end(end))
        assert newline is not None
        return Edit(self._line_start(start), newline.end(), "")

    def _is_alone(self, start: int, end: int) -> bool:
        """Whether there is only white space before it on its first line, and at most a comment
        after it on its last."""
        before = self.text[self._line_start(start) : start]
        after = self.text[end : self._line_end(end)].strip()
        return not before.strip() and (not after or after.startswith("#"))

    def _line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def _line_end(self, offset: int) -> int:
        """The end of the line's text, before the line separator."""
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[end - 1 : end] == "\r" else end

    def _span(self, part: _Part) -> tuple[int, int]:
        assert part.end_lineno is not None and part.end_col_offset is not None
        return (
            self._offset(part.lineno, part.col_offset),
            self._offset(part.end_lineno, part.end_col_offset),
        )

    def _offset(self, line: int, byte: int) -> int:
        """Convert a position in the syntax tree, whose columns count UTF-8 bytes."""
        start = self._line_starts[line - 1]
        text = self.text[start : self._line_starts[line]].encode()
        return start + len(text[:byte].decode())

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0, *(found.end() for found in re.finditer("\n", self.text))]
        return [*starts, len(self.text)]

    @cached_property
    def _tokens(self) -> list[_Token]:
        """All tokens except comments and line ends."""
        skipped = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE)
        return [
            _Token(
                self._line_starts[token.start[0] - 1] + token.start[1],
                self._line_starts[token.end[0] - 1] + token.end[1],
                token.string,
            )
            for token in tokenize.generate_tokens(io.StringIO(self.text).readline)
            if token.type not in skipped
        ]
