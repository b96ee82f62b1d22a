"""A record as a CycloneDX 1.6 document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema
from cyclonedx.model import AttachedText, HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component as CycloneDxComponent
from cyclonedx.model.component import ComponentEvidence, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseAcknowledgement
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.schema._res import BOM_JSON, JSF, SPDX_JSON
from packageurl import PackageURL

from go_sbom.document import (
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
from go_sbom.licence_patterns import is_spdx_identifier
from go_sbom.record import STANDARD_LIBRARY, Component, Record


def cyclonedx_document(record: Record) -> bytes:
    """
    :raises InvalidDocumentError: the document does not match the schema of CycloneDX.
    """
    document = to_bytes(json.loads(JsonV1Dot6(_bom(record)).output_as_string()))
    validate(document)
    return document


def validate(document: bytes) -> None:
    """Validate a document against the schema of the specification.

    :raises InvalidDocumentError: see there.
    """
    try:
        _check()(json.loads(document))
    except fastjsonschema.JsonSchemaValueException as e:
        raise InvalidDocumentError(e.message) from None


@cache
def _check() -> Callable[[Any], object]:
    """The schema as a function. The library's own validator needs a native library, and this must
    work with any Python."""
    schemas = {Path(path).name: path for path in (SPDX_JSON, JSF)}

    def read_schema(uri: str) -> Any:
        return json.loads(Path(schemas[uri.rpartition("/")[2]]).read_bytes())

    schema = json.loads(Path(str(BOM_JSON[SchemaVersion.V1_6])).read_bytes())
    check: Callable[[Any], object] = fastjsonschema.compile(schema, handlers={"http": read_schema})
    return check


def _bom(record: Record) -> Bom:
    main = CycloneDxComponent(
        type=ComponentType.APPLICATION,
        name=record.import_path,
        version=record.main.version or None,
        purl=purl_of_main(record),
        bom_ref=str(purl_of_main(record)),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=record.sha256)],
        licenses=_licences(record.main),
        evidence=_evidence(record.main),
        properties=[
            *_properties([("file", record.file), *remarks(record.main)]),
            *(
                Property(name=f"{TOOL}:build:{setting.key}", value=setting.value)
                for setting in record.settings
            ),
        ],
    )
    standard_library = CycloneDxComponent(
        type=ComponentType.LIBRARY,
        name=STANDARD_LIBRARY_NAME,
        version=record.go,
        purl=purl_of_standard_library(record),
        bom_ref=str(purl_of_standard_library(record)),
        licenses=[_identified(STANDARD_LIBRARY_LICENCE)],
    )
    components = {module.module: _component(module) for module in record.modules}
    components[STANDARD_LIBRARY] = standard_library
    metadata = BomMetaData(
        component=main,
        tools=ToolRepository(
            components=[
                CycloneDxComponent(type=ComponentType.APPLICATION, name=TOOL, version=TOOL_VERSION)
            ]
        ),
    )
    # The same binary always gives the same document.
    metadata.timestamp = None  # type: ignore[assignment]
    bom = Bom(serial_number=identifier(record), metadata=metadata, components=components.values())
    components[record.main.module] = main
    for module, component in components.items():
        others = record.requires.get(module, ())
        bom.register_dependency(component, [components[other] for other in others])
    return bom


def _component(module: Component) -> CycloneDxComponent:
    return CycloneDxComponent(
        type=ComponentType.LIBRARY,
        name=module.path,
        version=module.version or None,
        purl=purl(module),
        bom_ref=_reference(module, purl(module)),
        licenses=_licences(module),
        evidence=_evidence(module),
        properties=_properties(remarks(module)),
    )


def _reference(module: Component, url: PackageURL) -> str:
    """Unique, because one module can replace several."""
    return f"{module.replaces} => {url}" if module.replaces else str(url)


def _properties(remarks: Iterable[tuple[str, str]]) -> list[Property]:
    return [Property(name=f"{TOOL}:{name}", value=value) for name, value in remarks]


def _licences(module: Component) -> list[DisjunctiveLicense]:
    """The licences that the module's authors declare in its licence files."""
    found: list[DisjunctiveLicense] = []
    for file in module.licences:
        if file.text:
            found.append(
                DisjunctiveLicense(
                    name=file.name,
                    text=AttachedText(content=file.text, content_type="text/plain"),
                    acknowledgement=LicenseAcknowledgement.DECLARED,
                )
            )
        else:
            found += map(_identified, file.licences)
    return found


def _identified(name: str) -> DisjunctiveLicense:
    return DisjunctiveLicense(id=name, acknowledgement=LicenseAcknowledgement.DECLARED)


def _evidence(module: Component) -> ComponentEvidence | None:
    """The licences whose texts were found in the licence files."""
    names = sorted({name for file in module.licences for name in file.licences})
    if not names:
        return None
    return ComponentEvidence(
        licenses=[
            DisjunctiveLicense(id=name)
            if is_spdx_identifier(name)
            else DisjunctiveLicense(name=name)
            for name in names
        ]
    )
