"""The part of a source file that `go list` reads, and signs of cgo in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What Go skips between tokens of the imports: `peekByte` in go/build/read.go.
_SPACE = re.compile(rb"(?:[ \f\t\r\n;]|//[^\n]*(?:\n|\Z)|/\*(?:[^*]|\*(?!/))*\*/)*")
_IDENTIFIER = re.compile(rb"[A-Za-z0-9_\x80-\xff]+")
_STRING = re.compile(rb'`[^`]*`|"(?:[^"\\\n]|\\[^\x00])*"')
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# Before the package clause: white space, text in a line comment, or something else. Directives, old
# constraints (`// +build`) and whatever a scanner may reject are not text.
_BEFORE_PACKAGE = re.compile(
    rb"[ \f\t\r\n;]+"
    rb"|(?P<text>//[ \t]+[!-*,-~\x80-\xff][ -~\t\x80-\xff]*)\r?\n|//[^\n]*\n"
    rb"|/\*(?:[^*]|\*(?!/))*\*/"
)

# In other languages, Go reads the comments at the top for constraints (`readComments`). It does not
# open other files, or ignores constraints in them (`matchFile` in go/build/build.go).
_WITH_CONSTRAINTS = (
    *(".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx"),
    *(".f", ".F", ".for", ".f90", ".s", ".S", ".sx", ".swig", ".swigcxx"),
)

_GENERATES = (b"\n//go:generate ", b"\n//go:generate\t")
_IMPORTS_SYMBOLS = b"//go:cgo_import_dynamic"

# A string that says that cgo is missing, usually the text of an error that the package returns.
# The builder looks for the same in downloaded files (builder/_go/cgo.go).
_REFUSES = re.compile(
    rb'["`][^"`]*(CGO_ENABLED|(needs?|requires?|without|missing) cgo|'
    rb"cgo( is| was)? (disabled|not enabled|needed|required))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class GoSource:
    """`outline` is the part of a Go file that `go list` reads. `imports_c`: it may import "C".
    `imports_symbols`: it names shared libraries with `//go:cgo_import_dynamic`. `refuses`: a string
    says that cgo is missing. `generates`: it has a `//go:generate` directive."""

    outline: bytes
    imports_c: bool
    imports_symbols: bool
    refuses: bool
    generates: bool


def read_go_source(content: bytes) -> GoSource:
    outline = go_outline(content)
    return GoSource(
        outline,
        b'"C"' in outline or b"`C`" in outline,
        content.startswith(_IMPORTS_SYMBOLS) or b"\n" + _IMPORTS_SYMBOLS in content,
        _refuses(content),
        any(start in b"\n" + content for start in _GENERATES),
    )


def _refuses(content: bytes) -> bool:
    # Line by line, as in downloaded files. Most files have no such word.
    return b"cgo" in content.lower() and any(map(_REFUSES.search, content.split(b"\n")))


def go_outline(content: bytes) -> bytes:
    """A Go file up to the end of its imports, where Go stops reading, without the text of the
    package comment. If Go reads on, to find `//go:embed` or to report an error, the whole file."""
    end = _end_of_imports(content)
    if end is None or b"\x00" in content[:end]:
        return content
    header = _without_text(content[:end])
    return content if b"embed" in header else header + b"\n"


def _without_text(header: bytes) -> bytes:
    """The lines keep their numbers, for errors."""
    position = _start(header)
    parts = [header[:position]]
    while found := _BEFORE_PACKAGE.match(header, position):
        parts.append(b"//\n" if _is_text(found.group("text")) else found.group())
        position = found.end()
    return b"".join((*parts, header[position:]))


def _is_text(comment: bytes | None) -> bool:
    try:
        return comment is not None and "\ufeff" not in comment.decode()
    except UnicodeDecodeError:
        return False


def is_read_for_constraints(path: str) -> bool:
    """Whether Go reads build constraints in this file, which is not a Go file."""
    return path.endswith(_WITH_CONSTRAINTS)


def _end_of_imports(content: bytes) -> int | None:
    """The end of the last import, or else of the package clause; None for a syntax error
    (`readGoInfo` in go/build/read.go)."""
    position = _keyword(content, _start(content), b"package")
    position = _match(_IDENTIFIER, content, position)
    while position is not None:
        end = position
        after = _skip(content, end)
        following = content[after : after + 1]
        if following != b"i":
            # Go stops reading at a NUL.
            return None if following == b"\x00" else end
        position = _imports(content, _keyword(content, after, b"import"))
    return None


def _start(content: bytes) -> int:
    return len(_BYTE_ORDER_MARK) if content.startswith(_BYTE_ORDER_MARK) else 0


def _imports(content: bytes, position: int | None) -> int | None:
    """The end of an import declaration: one specification, or several in parentheses."""
    if position is None:
        return None
    position = _skip(content, position)
    if content[position : position + 1] != b"(":
        return _specification(content, position)
    following: int | None = position + 1
    while following is not None:
        following = _skip(content, following)
        if content[following : following + 1] == b")":
            return following + 1
        following = _specification(content, following)
    return None


def _specification(content: bytes, position: int) -> int | None:
    if content[position : position + 1] == b".":
        position += 1
    else:
        name = _IDENTIFIER.match(content, position)
        position = name.end() if name else position
    return _match(_STRING, content, position)


def _keyword(content: bytes, position: int, keyword: bytes) -> int | None:
    word = _IDENTIFIER.match(content, _skip(content, position))
    return word.end() if word and word.group() == keyword else None


def _match(pattern: re.Pattern[bytes], content: bytes, position: int | None) -> int | None:
    if position is None:
        return None
    found = pattern.match(content, _skip(content, position))
    return found.end() if found else None


def _skip(content: bytes, position: int) -> int:
    space = _SPACE.match(content, position)
    return space.end() if space else position
