"""Code shared by the document formats."""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from packageurl import PackageURL

from elf_static import __version__
from go_sbom.record import Component, Record

TOOL = "pants-go-static"
TOOL_VERSION = __version__

STANDARD_LIBRARY_NAME = "stdlib"
"""The standard library's name in package URLs and vulnerability databases."""

STANDARD_LIBRARY_LICENCE = "BSD-3-Clause"
"""The licence of Go (https://go.dev/LICENSE)."""

LICENCE_FILE = "licence-file"
"""The name of a remark about a licence file."""


class InvalidDocumentError(Exception):
    """A document does not match its format. The text says where."""


def identifier(record: Record) -> UUID:
    """A document's identifier, which depends only on its contents."""
    return uuid5(NAMESPACE_OID, f"{TOOL}:{record.identity}")


def purl(component: Component) -> PackageURL:
    """The package URL of a module's code."""
    return _golang(component.path, component.version)


def purl_of_main(record: Record) -> PackageURL:
    """The package URL of the main package: its module, and its path in the module."""
    module = record.main
    inside = record.import_path[len(module.module) :].strip("/")
    return _golang(module.path, module.version, inside)


def purl_of_standard_library(record: Record) -> PackageURL:
    return _golang(STANDARD_LIBRARY_NAME, record.go)


def _golang(path: str, version: str, subpath: str = "") -> PackageURL:
    namespace, _, name = path.strip("/").rpartition("/")
    return PackageURL(
        type="golang",
        namespace=namespace or None,
        name=name,
        version=version or None,
        subpath=subpath or None,
    )


def remarks(component: Component) -> tuple[tuple[str, str], ...]:
    """Facts about a module without a field in the formats, as pairs of a name and a value."""
    said = []
    if component.sum:
        # Not the checksum of a file, but of the checksums of all files in the module's zip.
        said.append(("go.sum", component.sum))
    if component.replaces:
        said.append(("replaces", component.replaces))
    if component.directory:
        said.append(("directory", component.directory))
    for file in component.licences:
        names = ", ".join(file.licences) or "no known licence"
        if file.text and file.licences:
            names += ", and other text"
        said.append((LICENCE_FILE, f"{file.name} (SHA-256 {file.sha256}): {names}"))
    return tuple(said)


def to_bytes(document: Any) -> bytes:
    """A document as a file. Keys are sorted, so that their order does not depend on a library's
    version. The file is ASCII, so that a licence text cannot affect a terminal."""
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()
