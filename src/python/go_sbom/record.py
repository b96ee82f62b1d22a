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
    """A licence file of a module. `licences` are the SPDX identifiers of the licences in it, or
    their names if they have none. `text` is empty if these identifiers cover the whole file."""

    name: str
    sha256: str
    licences: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True)
class Component:
    """A module. `module` is its import path.

    `path`, `version` and `sum` are those of the code in the binary. If that is another module's,
    `replaces` is the required module (`path@version`). Code from a directory has no version;
    `directory` is from the `replace` directive. There is no checksum of the module's zip, which
    depends on the compression; `sum` is of the zip's contents.
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
    """One binary. `requires` has the modules that the packages of each module import."""

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
