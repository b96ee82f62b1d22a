"""Independent readers of the documents: the reference implementation of JSON Schema for CycloneDX,
and SPDX's own parser.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import cyclonedx.schema
from jsonschema import Draft7Validator, FormatChecker, RefResolver
from spdx_tools.spdx.model import Document
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

_SCHEMAS = Path(cyclonedx.schema.__file__).parent / "_res"
_BASE = "http://cyclonedx.org/schema/"


def read_cyclonedx(path: Path) -> dict[str, Any]:
    """A document that is valid against the schema, and whose references resolve."""
    document: dict[str, Any] = json.loads(path.read_text())
    errors = [f"{list(error.path)}: {error.message}" for error in _schema().iter_errors(document)]
    assert not errors, errors

    references = [document["metadata"]["component"]["bom-ref"]]
    references += [component["bom-ref"] for component in document["components"]]
    assert len(references) == len(set(references))
    assert sorted(dependency["ref"] for dependency in document["dependencies"]) == sorted(
        references
    )
    for dependency in document["dependencies"]:
        assert set(dependency.get("dependsOn", ())) <= set(references)
    return document


@cache
def _schema() -> Any:
    schema = json.loads((_SCHEMAS / "bom-1.6.SNAPSHOT.schema.json").read_text())
    others = ("spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json")
    store = {f"{_BASE}{name}": json.loads((_SCHEMAS / name).read_text()) for name in others}
    resolver = RefResolver.from_schema(schema, store=store)
    return Draft7Validator(schema, resolver=resolver, format_checker=FormatChecker())


def read_spdx(path: Path) -> Document:
    """A document that SPDX's own tools read and validate without errors."""
    document: Document = parse_file(str(path))
    assert validate_full_spdx_document(document) == []
    return document
