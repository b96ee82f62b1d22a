"""The licence files at the root of a module, in its zip or in a directory."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from elf_static.elf.printable import printable
from go_sbom.licence_patterns import is_spdx_identifier
from go_sbom.licence_texts import identify
from go_sbom.record import LicenceFile

# LICENSE, COPYING.md, LICENSE-MIT, MIT-LICENSE.txt, UNLICENSE. Not NOTICE, which grants nothing.
_NAME = re.compile(r"([\w.]+[-_])?((un)?licen[cs]es?|copying(\.lesser)?)([-_.].*)?", re.IGNORECASE)
_PROGRAMS = (".go", ".tmpl", ".tpl", ".sh", ".py", ".js", ".json", ".yml", ".yaml", ".toml")

# Larger than any licence, and the longest file name.
_MAX_SIZE = 1 << 20
_MAX_NAME = 255


def is_licence_file(name: str) -> bool:
    """Whether the name is that of a licence file."""
    if len(name) > _MAX_NAME:
        return False
    return _NAME.fullmatch(name) is not None and not name.lower().endswith(_PROGRAMS)


def in_directory(directory: Path) -> tuple[LicenceFile, ...]:
    """The licence files of a module in a directory; none if the directory does not exist."""
    if not directory.is_dir():
        return ()
    return tuple(
        _read(name, (directory / name).read_bytes())
        for name in sorted(os.listdir(directory))
        if is_licence_file(name)
        and (directory / name).is_file()
        and (directory / name).stat().st_size <= _MAX_SIZE
    )


def in_zip(path: Path, module: str, version: str) -> tuple[LicenceFile, ...]:
    """The licence files of a module in its zip (https://go.dev/ref/mod#zip-files)."""
    prefix = f"{module}@{version}/"

    def found(archive: zipfile.ZipFile) -> Iterator[LicenceFile]:
        for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
            name = entry.filename[len(prefix) :]
            if (
                entry.filename.startswith(prefix)
                and is_licence_file(name)
                and entry.file_size <= _MAX_SIZE
            ):
                yield _read(name, archive.read(entry))

    with zipfile.ZipFile(path) as archive:
        return tuple(found(archive))


def _read(name: str, content: bytes) -> LicenceFile:
    text = content.decode("utf-8", "replace")
    found = identify(text)
    on_the_list = found.whole and all(map(is_spdx_identifier, found.names))
    return LicenceFile(
        printable(name),
        hashlib.sha256(content).hexdigest(),
        found.names,
        "" if on_the_list else text,
    )
