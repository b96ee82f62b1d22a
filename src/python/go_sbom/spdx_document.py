"""A record as an SPDX 2.3 document in JSON."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from license_expression import LicenseExpression, get_spdx_licensing
from packageurl import PackageURL
from spdx_tools.spdx.model import (
    Actor,
    ActorType,
    Checksum,
    ChecksumAlgorithm,
    CreationInfo,
    Document,
    ExternalPackageRef,
    ExternalPackageRefCategory,
    ExtractedLicensingInfo,
    Package,
    PackagePurpose,
    Relationship,
    RelationshipType,
    SpdxNoAssertion,
)
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
from spdx_tools.spdx.writer.json.json_writer import write_document_to_stream

from go_sbom.document import (
    LICENCE_FILE,
    STANDARD_LIBRARY_LICENCE,
    STANDARD_LIBRARY_NAME,
    TOOL,
    TOOL_VERSION,
    InvalidDocumentError,
    identifier,
    purl,
    purl_of_main,
    purl_of_standard_library,
    remarks,
    to_bytes,
)
from go_sbom.record import STANDARD_LIBRARY, Component, LicenceFile, Record

_DOCUMENT = "SPDXRef-DOCUMENT"
_MAIN = "SPDXRef-main"
_STANDARD_LIBRARY = "SPDXRef-stdlib"

# The specification requires a time. A real one would change the document with each run.
_CREATED = datetime(1970, 1, 1)

_NO_ID = re.compile(r"[^A-Za-z0-9.-]+")


def spdx_document(record: Record) -> bytes:
    """
    :raises InvalidDocumentError: SPDX's own validator rejects the document.
    """
    document = _document(record)
    validate(document)
    text = io.StringIO()
    write_document_to_stream(document, text, validate=False)
    return to_bytes(json.loads(text.getvalue()))


def validate(document: Document) -> None:
    """
    :raises InvalidDocumentError: see there.
    """
    messages = validate_full_spdx_document(document)
    if messages:
        first = messages[0]
        where = first.context.spdx_id or first.context.parent_id or _DOCUMENT
        raise InvalidDocumentError(f"{where}: {first.validation_message}")


def _document(record: Record) -> Document:
    ids = {module.module: _id(module) for module in record.modules}
    ids[record.main.module] = _MAIN
    ids[STANDARD_LIBRARY] = _STANDARD_LIBRARY
    files = [f for module in (record.main, *record.modules) for f in module.licences]
    return Document(
        creation_info=CreationInfo(
            spdx_version="SPDX-2.3",
            spdx_id=_DOCUMENT,
            name=record.file,
            document_namespace=f"https://spdx.org/spdxdocs/{quote(record.file)}-{identifier(record)}",
            creators=[Actor(ActorType.TOOL, f"{TOOL}-{TOOL_VERSION}")],
            creator_comment="The creation time is always 1970, so that the same binary gives the "
            "same document.",
            created=_CREATED,
        ),
        packages=[
            _main(record),
            _package(
                _STANDARD_LIBRARY,
                STANDARD_LIBRARY_NAME,
                record.go,
                purl_of_standard_library(record),
                license_declared=_expression(STANDARD_LIBRARY_LICENCE),
                license_comment="The licence of Go: https://go.dev/LICENSE",
            ),
            *(_of_module(module) for module in record.modules),
        ],
        relationships=[
            Relationship(_DOCUMENT, RelationshipType.DESCRIBES, _MAIN),
            *(
                Relationship(ids[module], RelationshipType.DEPENDS_ON, ids[other])
                for module, others in record.requires.items()
                for other in others
            ),
        ],
        extracted_licensing_info=list(_extracted(files)),
    )


def _main(record: Record) -> Package:
    settings = "".join(f"\n{setting.key}={setting.value}" for setting in record.settings)
    return _of_module(
        record.main,
        spdx_id=_MAIN,
        name=record.import_path,
        url=purl_of_main(record),
        file_name=record.file,
        checksums=[Checksum(ChecksumAlgorithm.SHA256, record.sha256)],
        primary_package_purpose=PackagePurpose.APPLICATION,
        source_info=f"Built by Go {record.go} with these settings:{settings}",
    )


def _of_module(
    module: Component,
    spdx_id: str = "",
    name: str = "",
    url: PackageURL | None = None,
    **fields: Any,
) -> Package:
    licences = [value for what, value in remarks(module) if what == LICENCE_FILE]
    others = [f"{what}: {value}" for what, value in remarks(module) if what != LICENCE_FILE]
    return _package(
        spdx_id or _id(module),
        name or module.path,
        module.version,
        url or purl(module),
        license_declared=_declared(module),
        license_comment="\n".join(licences) or None,
        comment="\n".join(others) or None,
        **fields,
    )


def _package(spdx_id: str, name: str, version: str, url: PackageURL, **fields: Any) -> Package:
    return Package(
        spdx_id=spdx_id,
        name=name,
        version=version or None,
        download_location=SpdxNoAssertion(),
        files_analyzed=False,
        license_concluded=SpdxNoAssertion(),
        copyright_text=SpdxNoAssertion(),
        supplier=SpdxNoAssertion(),
        external_references=[
            ExternalPackageRef(ExternalPackageRefCategory.PACKAGE_MANAGER, "purl", str(url))
        ],
        **fields,
    )


def _declared(module: Component) -> LicenseExpression | SpdxNoAssertion:
    """The licence of the module's only licence file. Several files do not say how they combine."""
    if len(module.licences) != 1:
        return SpdxNoAssertion()
    (file,) = module.licences
    if file.text:
        return _expression(_reference(file))
    return _expression(file.licences[0]) if len(file.licences) == 1 else SpdxNoAssertion()


def _reference(file: LicenceFile) -> str:
    return f"LicenseRef-{file.sha256[:16]}"


def _extracted(files: list[LicenceFile]) -> Iterator[ExtractedLicensingInfo]:
    """The texts of licence files that the SPDX list does not cover."""
    by_reference = {_reference(file): file for file in files if file.text}
    for reference, file in sorted(by_reference.items()):
        yield ExtractedLicensingInfo(
            license_id=reference, extracted_text=file.text, license_name=file.name
        )


def _expression(text: str) -> LicenseExpression:
    return get_spdx_licensing().parse(text)


def _id(module: Component) -> str:
    """Unique, even if module paths differ only in characters that an identifier cannot have."""
    readable = _NO_ID.sub("-", module.module)
    return f"SPDXRef-{readable}-{hashlib.sha256(module.module.encode()).hexdigest()[:8]}"
