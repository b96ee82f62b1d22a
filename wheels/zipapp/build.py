"""Makes elf-static.pyz, one file that any CPython from 3.9 runs.

    build.py DIRECTORY

Entries are sorted, dated alike and not compressed: zlib's output depends on its version. The same
sources give the same bytes.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_PROJECT = _HERE.parents[1]
# The parts that read ELF files. The rest of pyelftools reads DWARF.
_NEEDED = {
    "pyelftools": (
        *("elftools/__init__.py", "elftools/common/", "elftools/construct/", "elftools/elf/"),
    ),
    "toml": ("toml/",),
}
_DATE = (1980, 1, 1, 0, 0, 0)


def build(directory: Path) -> None:
    file = directory / "elf-static.pyz"
    unfinished = file.with_suffix(".unfinished")
    with open(unfinished, "wb") as stream:
        stream.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(stream, "w") as archive:
            for name, data in sorted(_entries()):
                entry = zipfile.ZipInfo(name, _DATE)
                entry.create_system = 3  # Unix
                entry.external_attr = 0o100644 << 16
                archive.writestr(entry, data)
    unfinished.chmod(0o755)
    unfinished.replace(file)
    print(file)


def _entries() -> Iterator[tuple[str, bytes]]:
    for name in ("__main__.py", "bytecode_cache.py"):
        yield name, (_HERE / name).read_bytes()
    source = _PROJECT / "src/python"
    for path in (source / "elf_static").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield str(path.relative_to(source)), path.read_bytes()
    yield "licences/elf-static", (_PROJECT / "LICENSE").read_bytes()
    yield "licences/construct", (_HERE / "construct-LICENSE").read_bytes()
    for name, parts in _NEEDED.items():
        for entry in distribution(name).files or ():
            place = str(entry)
            if place.endswith("/LICENSE"):
                yield f"licences/{name}", entry.read_binary()
            elif place.endswith(".py") and place.startswith(parts):
                yield place, entry.read_binary()


if __name__ == "__main__":
    build(Path(sys.argv[1]))
