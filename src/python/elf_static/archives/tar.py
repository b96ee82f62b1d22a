"""tar: ustar, pax and GNU, as POSIX (pax, "ustar Interchange Format") and Go's archive/tar read it.

Python's tarfile reads names and pax headers of any length into memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from elf_static.archives.blobs import Cursor
from elf_static.archives.entries import Content, Entry, Kind, clean_path, path_text
from elf_static.archives.limits import ArchiveError, Budget
from elf_static.elf.structures import text

_BLOCK = 512
# Bytes of an extended header.
_MAX_EXTENDED = 1 << 20
_KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    b"7": Kind.FILE,
    b"1": Kind.HARD_LINK,
    b"2": Kind.SYMLINK,
    b"3": Kind.OTHER,
    b"4": Kind.OTHER,
    b"5": Kind.DIRECTORY,
    b"6": Kind.OTHER,
}


def is_tar(start: bytes) -> bool:
    """Whether these are the first 512 bytes of a tar; an empty tar is 1024 zeros."""
    return len(start) == _BLOCK and _checksum_fits(start)


def read_tar(cursor: Cursor, budget: Budget) -> Iterator[Entry]:
    """
    :raises ArchiveError: it is damaged.
    """
    offset = 0
    extended: dict[str, bytes] = {}
    while True:
        header = cursor.read_up_to(offset, _BLOCK)
        if not header.strip(b"\0"):
            cursor.read_to_end()
            return
        if len(header) < _BLOCK or not _checksum_fits(header):
            raise ArchiveError(f"is damaged: there is no header of an entry at byte {offset}")
        flag = header[156:157]
        size = _number(header[124:136])
        data = offset + _BLOCK
        if flag in (b"x", b"g", b"L", b"K"):
            content = _extended(cursor, data, size)
            if flag == b"x":
                extended.update(_pax(content))
            elif flag != b"g":
                extended["path" if flag == b"L" else "linkpath"] = content.split(b"\0", 1)[0]
            offset = data + _padded(size)
            continue
        size = _decimal(extended["size"]) if "size" in extended else size
        entry, size = _entry(cursor, header, extended, data, size)
        budget.member(entry.name_size)
        yield entry
        extended = {}
        offset = data + _padded(size)


def _entry(
    cursor: Cursor, header: bytes, extended: Mapping[str, bytes], data: int, size: int
) -> tuple[Entry, int]:
    """The entry, and the size of its data."""
    flag = header[156:157]
    name = extended.get("path") or _name(header)
    kind = _KINDS.get(flag, Kind.FILE)
    path = clean_path(name)
    if flag == b"S" or any(key.startswith("GNU.sparse.") for key in extended):
        raise ArchiveError(
            f"has a sparse file, {text(name)}, which is not read; make the archive without --sparse"
        )
    if kind is Kind.FILE and name.endswith(b"/"):
        kind = Kind.DIRECTORY
    if kind is Kind.FILE:
        start = cursor.read_up_to(data, min(size, 4))
        content = Content(cursor.part(data, size), size, data, start, problem="")
        return Entry(path, kind, "", content), size
    if kind in (Kind.SYMLINK, Kind.HARD_LINK):
        target = extended.get("linkpath") or header[157:257].split(b"\0", 1)[0]
        if kind is Kind.HARD_LINK:
            _stays_inside(name, target)
        return Entry(path, kind, path_text(target), None), 0
    # Like Go's reader, which container engines use: links, directories and devices have no data.
    return Entry(path, kind, "", None), 0


def _stays_inside(name: bytes, target: bytes) -> None:
    try:
        clean_path(target)
    except ArchiveError:
        raise ArchiveError(
            f"has a hard link that leads out of it, {text(name)} to {text(target)}, as an attack "
            "does"
        ) from None


def _name(header: bytes) -> bytes:
    name = header[:100].split(b"\0", 1)[0]
    # GNU's old format has other fields where ustar has the prefix.
    prefix = header[345:500].split(b"\0", 1)[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _extended(cursor: Cursor, offset: int, size: int) -> bytes:
    if size > _MAX_EXTENDED:
        raise ArchiveError(f"is damaged: an extended header at byte {offset} has {size} bytes")
    content = cursor.read_up_to(offset, size)
    if len(content) != size:
        raise ArchiveError("is damaged: it ends in the middle of an entry")
    return content


def _pax(content: bytes) -> dict[str, bytes]:
    """The records of a pax header: `LENGTH KEY=VALUE\\n`."""
    records: dict[str, bytes] = {}
    position = 0
    while position < len(content):
        space = content.find(b" ", position, position + 8)
        length = _decimal(content[position:space]) if space > position else 0
        end = position + length
        key, separator, value = content[space + 1 : end - 1].partition(b"=")
        if not separator or content[end - 1 : end] != b"\n" or end <= space + 1 or not length:
            raise ArchiveError("is damaged: an extended header has no valid records")
        records[key.decode("utf-8", "replace")] = value
        position = end
    return records


def _decimal(digits: bytes) -> int:
    if not digits.isdigit() or len(digits) > 19:
        raise ArchiveError(f"is damaged: {text(digits[:40])} is not a size")
    return int(digits)


def _number(field: bytes) -> int:
    """Octal digits, or GNU tar's big-endian number after 0x80."""
    if field[0] & 0x80:
        number = int.from_bytes(field[1:], "big") if field[0] == 0x80 else -1
        if not 0 <= number < 1 << 63:
            raise ArchiveError("is damaged: an entry has an impossible size")
        return number
    digits = field.strip(b" \0") or b"0"
    try:
        if digits.isdigit():
            return int(digits, 8)
    except ValueError:
        pass
    raise ArchiveError(f"is damaged: {text(field)} is not a size")


def _padded(size: int) -> int:
    return (size + _BLOCK - 1) // _BLOCK * _BLOCK


def _checksum_fits(header: bytes) -> bool:
    digits = header[148:156].strip(b" \0")
    if not digits.isdigit():
        return False
    try:
        claimed = int(digits, 8)
    except ValueError:
        return False
    return claimed == sum(header[:148]) + 8 * 0x20 + sum(header[156:])
