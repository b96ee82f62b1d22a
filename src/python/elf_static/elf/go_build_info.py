"""Go's build information: the Go version, the modules and the build settings.

src/debug/buildinfo/buildinfo.go reads the blob, and `ParseBuildInfo` of src/runtime/debug/mod.go
the text in it. The blob is a 32-byte header with a magic string, at an address divisible by 16.
Since Go 1.18, two strings with their lengths follow it; before, it pointed to two Go strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from elf_static.elf.bounded_file import Source
from elf_static.elf.facts import BuildInfo, Module, Section, Segment, Setting
from elf_static.elf.go_strings import InvalidStringError, unquote, unquote_prefix
from elf_static.elf.headers import file_range
from elf_static.elf.structures import text

_MAGIC = b"\xff Go buildinf:"
_ALIGN = 16
_HEADER_SIZE = 32
_FLAG_BIG_ENDIAN = 0x1
_FLAG_INLINE = 0x2

# In bytes. "The linker puts it near the beginning" of the data (buildinfo.go).
_MAX_SEARCHED = 64 << 20

# The length of `infoStart` and `infoEnd` around the text (src/cmd/go/internal/modload/build.go).
_FRAME = 16

_QUOTES = (b'"', b"`")

# Large programs have about 300.
_MAX_LINES = 5_000
_MAX_TEXT = 512 << 10


class NoBuildInfoError(Exception):
    """No readable build information. The text completes a sentence that starts with the file's
    name."""


def read_build_info(
    source: Source, segments: Sequence[Segment], sections: Sequence[Section]
) -> BuildInfo:
    """
    :raises NoBuildInfoError: see there.
    """
    address = _find(source, segments, sections)
    if address is None:
        raise NoBuildInfoError("has no build information (.go.buildinfo)")
    header = _read(source, segments, address, _HEADER_SIZE)
    flags = header[15]
    if flags & _FLAG_INLINE:
        version, following = _inline(source, segments, address + _HEADER_SIZE)
        modules, _ = _inline(source, segments, following)
    else:
        size = header[14]
        if size not in (4, 8):
            raise NoBuildInfoError(f"has damaged build information: pointers of {size} bytes")
        big = bool(flags & _FLAG_BIG_ENDIAN)
        version = _pointed(source, segments, header[16:], size, big)
        modules = _pointed(source, segments, header[16 + size :], size, big)
    if not version:
        raise NoBuildInfoError("has damaged build information: it names no Go version")
    framed = len(modules) >= 2 * _FRAME + 1 and modules[-_FRAME - 1 : -_FRAME] == b"\n"
    return parse(text(version), modules[_FRAME:-_FRAME] if framed else b"")


def _find(source: Source, segments: Sequence[Segment], sections: Sequence[Section]) -> int | None:
    """The address of the blob."""
    for section in sections:
        if section.name == ".go.buildinfo":
            return _search(source, section.address, section.offset, section.size)
    # Without section headers, Go searches only the first data segment. Linkers other than Go's may
    # put data that becomes read-only (RELRO) there.
    left = _MAX_SEARCHED
    for segment in segments:
        if segment.is_load and "W" in segment.flags and "X" not in segment.flags:
            size = min(segment.file_size, left)
            found = _search(source, segment.address, segment.offset, size)
            if found is not None:
                return found
            left -= size
    return None


def _search(source: Source, address: int, offset: int, size: int) -> int | None:
    for piece_offset, data in source.pieces(offset, min(size, _MAX_SEARCHED), overlap=_HEADER_SIZE):
        found = data.find(_MAGIC)
        while found >= 0:
            candidate = address + (piece_offset - offset) + found
            if candidate % _ALIGN == 0:
                return candidate
            found = data.find(_MAGIC, found + 1)
    return None


def _read(source: Source, segments: Sequence[Segment], address: int, size: int) -> bytes:
    place = file_range(segments, address)
    data = b""
    if place and size <= _MAX_TEXT:
        data = source.read_up_to(place[0], min(size, place[1]))
    if place is None or len(data) < size:
        raise NoBuildInfoError("has damaged build information: it points outside the file")
    return data


def _inline(source: Source, segments: Sequence[Segment], address: int) -> tuple[bytes, int]:
    """A string after its length (`binary.Uvarint`), and the address after the string."""
    length = shift = 0
    while True:
        byte = _read(source, segments, address, 1)[0]
        address += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
        if shift > 63:
            raise NoBuildInfoError("has damaged build information: a length is not terminated")
    return _read(source, segments, address, length) if length else b"", address + length


def _pointed(
    source: Source, segments: Sequence[Segment], pointer: bytes, size: int, big: bool
) -> bytes:
    """The Go string (a pointer and a length) at the address that `pointer` starts with."""

    def number(data: bytes) -> int:
        return int.from_bytes(data[:size], "big" if big else "little")

    string = _read(source, segments, number(pointer), 2 * size)
    length = number(string[size:])
    return _read(source, segments, number(string), length) if length else b""


def parse(go_version: str, data: bytes) -> BuildInfo:
    """Read the text as `debug.ParseBuildInfo` does: unknown lines and an unterminated last line are
    left out. Missing quotation marks are accepted.

    :raises NoBuildInfoError: Go cannot read it either.
    """
    if data.count(b"\n") > _MAX_LINES:
        raise NoBuildInfoError("has damaged build information: it has too many lines")
    path = ""
    main: Module | None = None
    modules: list[Module] = []
    # The kind of the module that a `=>` line replaces: the one on the line before.
    last = b""
    settings: list[Setting] = []
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        kind, tab, rest = line.partition(b"\t")
        if not tab:
            continue
        try:
            if kind == b"path":
                path = text(rest)
            elif kind == b"mod":
                main, last = _module(rest, 2), kind
            elif kind == b"dep":
                modules.append(_module(rest, 2))
                last = kind
            elif kind == b"=>":
                by = _module(rest, 3)
                if last == b"mod" and main:
                    main = replace(main, replaced_by=by)
                elif last == b"dep":
                    modules[-1] = replace(modules[-1], replaced_by=by)
                else:
                    raise _DamagedLineError("a replacement follows no module")
                last = b""
            elif kind == b"build":
                settings.append(_setting(rest))
        except _DamagedLineError as e:
            raise NoBuildInfoError(
                f"has damaged build information: in line {number}, {e}"
            ) from None
    return BuildInfo(
        go_version=go_version,
        path=path,
        main=main,
        modules=tuple(modules),
        settings=tuple(settings),
    )


class _DamagedLineError(Exception):
    """The text says what is wrong."""


def _module(rest: bytes, at_least: int) -> Module:
    columns = rest.split(b"\t")
    if not at_least <= len(columns) <= 3:
        raise _DamagedLineError(f"a module has {len(columns)} columns")
    path, version, checksum = map(text, (*columns, b"")[:3])
    return Module(path, version, checksum)


def _setting(line: bytes) -> Setting:
    if line.startswith(_QUOTES):
        try:
            key, rest = unquote_prefix(line)
        except InvalidStringError:
            raise _DamagedLineError("the quoted key of a setting is invalid") from None
        equals, value = rest[:1], rest[1:]
    else:
        key, equals, value = line.partition(b"=")
        if not key:
            raise _DamagedLineError("a setting has no key")
    if equals != b"=":
        raise _DamagedLineError("a setting has no value")
    if value.startswith(_QUOTES):
        try:
            value = unquote(value)
        except InvalidStringError:
            raise _DamagedLineError("the quoted value of a setting is invalid") from None
    return Setting(text(key), text(value))
