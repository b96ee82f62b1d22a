"""What `go list` reads of a source file, and what a look for cgo finds in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What Go skips between the tokens of the imports: `peekByte` in go/build/read.go.
_SPACE = re.compile(rb"(?:[ \f\t\r\n;]|//[^\n]*(?:\n|\Z)|/\*(?:[^*]|\*(?!/))*\*/)*")
_IDENTIFIER = re.compile(rb"[A-Za-z0-9_\x80-\xff]+")
_STRING = re.compile(rb'`[^`]*`|"(?:[^"\\\n]|\\[^\x00])*"')
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# What stands before the package clause: white space, text in a line comment, or something else.
# Directives and old constraints (`// +build`) are no text, nor is what a scanner may complain of.
_BEFORE_PACKAGE = re.compile(
    rb"[ \f\t\r\n;]+"
    rb"|(?P<text>//[ \t]+[!-*,-~\x80-\xff][ -~\t\x80-\xff]*)\r?\n|//[^\n]*\n"
    rb"|/\*(?:[^*]|\*(?!/))*\*/"
)

# In other languages, Go reads the comments at the top, for constraints: `readComments`, the same.
# For these it asks for no constraint, or does not open them (`matchFile` in go/build/build.go).
_WITH_CONSTRAINTS = (
    *(".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx"),
    *(".f", ".F", ".for", ".f90", ".s", ".S", ".sx", ".swig", ".swigcxx"),
)

_IMPORTS_SYMBOLS = b"//go:cgo_import_dynamic"

# A string that says so, for an error that is returned when the package is used.
REFUSAL = (
    '["`][^"`]*(CGO_ENABLED|(needs?|requires?|without|missing) cgo|'
    "cgo( is| was)? (disabled|not enabled|needed|required))"
)
_REFUSES = re.compile(REFUSAL.encode(), re.IGNORECASE)


@dataclass(frozen=True)
class GoSource:
    """`outline` is the part of a Go file that `go list` reads. `imports_c` says whether it may
    import "C", `imports_symbols` whether it names shared libraries with
    `//go:cgo_import_dynamic`, `refuses` whether a string in it says that cgo is missing."""

    outline: bytes
    imports_c: bool
    imports_symbols: bool
    refuses: bool


def read_go_source(content: bytes) -> GoSource:
    outline = go_outline(content)
    return GoSource(
        outline,
        b'"C"' in outline or b"`C`" in outline,
        content.startswith(_IMPORTS_SYMBOLS) or b"\n" + _IMPORTS_SYMBOLS in content,
        _refuses(content),
    )


def _refuses(content: bytes) -> bool:
    # Line by line, as grep looks in what is downloaded; most files are done with at once.
    return b"cgo" in content.lower() and any(map(_REFUSES.search, content.split(b"\n")))


def go_outline(content: bytes) -> bytes:
    """A Go file up to the end of its imports, where Go stops reading, without the text of the
    comment on the package; all of the file where Go goes on: to look for `//go:embed`, or for what
    to say of a file that it cannot read."""
    end = _end_of_imports(content)
    if end is None or b"\x00" in content[:end]:
        return content
    header = _without_text(content[:end])
    return content if b"embed" in header else header + b"\n"


def _without_text(header: bytes) -> bytes:
    """Lines stay where they are, for what Go says of them."""
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
    """Whether Go looks into a file, which is no Go file, for build constraints."""
    return path.endswith(_WITH_CONSTRAINTS)


def _end_of_imports(content: bytes) -> int | None:
    """Where the last import ends, or the package clause where there is none; None for what Go
    takes for a syntax error (`readGoInfo` in go/build/read.go)."""
    position = _keyword(content, _start(content), b"package")
    position = _match(_IDENTIFIER, content, position)
    while position is not None:
        end = position
        after = _skip(content, end)
        following = content[after : after + 1]
        if following != b"i":
            # Go does not read on behind this byte.
            return None if following == b"\x00" else end
        position = _imports(content, _keyword(content, after, b"import"))
    return None


def _start(content: bytes) -> int:
    return len(_BYTE_ORDER_MARK) if content.startswith(_BYTE_ORDER_MARK) else 0


def _imports(content: bytes, position: int | None) -> int | None:
    """The end of what stands after `import`: one specification, or some in parentheses."""
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
