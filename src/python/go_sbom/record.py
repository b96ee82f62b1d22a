"""The contents of a binary, independent of the document format."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from elf_static import __version__
from elf_static.elf.facts import Setting

STANDARD_LIBRARY = "std"
"""The module path of the standard library in a record, as in `go list std`."""


@dataclass(frozen=True)
class LicenceFile:
    """A licence file of a module. `licences` are the names of those that are in it, identifiers of
    the SPDX list where it has one. `text` is empty for a file that holds nothing else than licences
    of that list; any other has to be read by somebody."""

    name: str
    sha256: str
    licences: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True)
class Component:
    """A module. `module` is the path by which it is imported.

    `path`, `version` and `sum` are those of the code in the binary, which another module's can be:
    `replaces` then says which one (`path@version`) its requirement asked for. Code from a directory
    has no version; `directory` is the one that a `replace` directive names. There is no checksum of
    the module's zip: who makes a zip decides how it is compressed, and `sum` is of its contents.
    """

    module: str
    path: str
    version: str = ""
    sum: str = ""
    replaces: str = ""
    directory: str = ""
    licences: tuple[LicenceFile, ...] = ()


@dataclass(frozen=True)
class Record:
    """One binary. `requires` says of each module, by its path, from which others its packages in
    the binary import."""

    file: str
    sha256: str
    import_path: str
    go: str
    settings: tuple[Setting, ...]
    main: Component
    modules: tuple[Component, ...]
    requires: dict[str, tuple[str, ...]]

    @property
    def identity(self) -> str:
        """A hash of the whole record."""
        content = json.dumps([__version__, asdict(self)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()
