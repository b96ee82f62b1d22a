"""Records as documents, read back by independent tools."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from spdx_tools.spdx.model import RelationshipType, SpdxNoAssertion

from go_sbom import cyclonedx_document, spdx_document
from go_sbom.command import FORMATS, maker_of
from go_sbom.document import InvalidDocumentError
from go_sbom.record import Component, LicenceFile, Record
from go_sbom_testing.licences import ISC, MIT
from go_sbom_testing.records import PLAIN, REPLACED, SHA256, THIRD_PARTY, WORKSPACE, record
from go_sbom_testing.validators import read_cyclonedx, read_spdx

_READERS: dict[str, Callable[[Path], Any]] = {"cyclonedx": read_cyclonedx, "spdx": read_spdx}

_ODD = "This is no license, or is it?\n"


@pytest.fixture
def agent(tmp_path: Path) -> Record:
    """With a licence of each kind: known, two files, unknown, none."""
    name = tmp_path / "github.com/!burnt!sushi/toml/@v/v1.4.0.zip"
    name.parent.mkdir(parents=True)
    with zipfile.ZipFile(name, "w") as archive:
        archive.writestr("github.com/BurntSushi/toml@v1.4.0/COPYING", MIT)
    for module, files in {
        "main": {"LICENSE-MIT": MIT, "LICENSE-ISC": ISC},
        "docker": {"LICENSE": _ODD},
    }.items():
        (tmp_path / module).mkdir()
        for file, text in files.items():
            (tmp_path / module / file).write_text(text)
    return record(
        PLAIN,
        requires={
            "example.com/agent": ("github.com/BurntSushi/toml", "std"),
            "github.com/BurntSushi/toml": ("golang.org/x/sys", "std"),
        },
        directories={
            "example.com/agent": tmp_path / "main",
            "github.com/docker/docker": tmp_path / "docker",
        },
        downloads=tmp_path,
    )


def written(document: bytes, directory: Path) -> Path:
    path = directory / "document.spdx.json"
    path.write_bytes(document)
    return path


def properties(component: dict[str, Any]) -> list[tuple[str, str]]:
    return [(p["name"], p["value"]) for p in component.get("properties", [])]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "info", [PLAIN, REPLACED, THIRD_PARTY, WORKSPACE], ids=("plain", "replaced", "other", "work")
)
def test_every_record_gives_a_valid_and_reproducible_document(
    form: str, info: str, tmp_path: Path
) -> None:
    document = maker_of(form)(record(info))
    assert document == maker_of(form)(record(info))
    _READERS[form](written(document, tmp_path))
    assert document != maker_of(form)(replace(record(info), sha256="f" * 64))


def test_a_cyclonedx_document(agent: Record, tmp_path: Path) -> None:
    document = read_cyclonedx(written(cyclonedx_document.cyclonedx_document(agent), tmp_path))

    assert "timestamp" not in document["metadata"]
    main = document["metadata"]["component"]
    assert (main["type"], main["name"]) == ("application", "example.com/agent/cmd/agent")
    assert "version" not in main
    assert main["hashes"] == [{"alg": "SHA-256", "content": SHA256}]
    assert [e["license"]["id"] for e in main["licenses"]] == ["ISC", "MIT"]
    assert ("pants-go-static:build:CGO_ENABLED", "0") in properties(main)
    assert ("pants-go-static:build:-tags", "netgo,osusergo") in properties(main)

    toml, docker, sys, stdlib = document["components"]
    assert toml["licenses"] == [{"license": {"id": "MIT", "acknowledgement": "declared"}}]
    assert toml["evidence"] == {"licenses": [{"license": {"id": "MIT"}}]}
    # The checksum in go.sum is not that of a file.
    assert "hashes" not in toml
    assert properties(toml)[0] == (
        "pants-go-static:go.sum",
        "h1:kuoIxZQy2WRRk1pttg9asf+WVv6tWQuBNVmK8+nqPr0=",
    )
    (licence,) = docker["licenses"]
    assert (licence["license"]["name"], licence["license"]["text"]["content"]) == ("LICENSE", _ODD)
    assert "evidence" not in docker
    assert "no known licence" in properties(docker)[-1][1]
    assert "licenses" not in sys
    assert (stdlib["purl"], stdlib["version"]) == ("pkg:golang/stdlib@1.26.6", "1.26.6")
    assert {d["ref"]: d.get("dependsOn", []) for d in document["dependencies"]} == {
        main["bom-ref"]: [toml["bom-ref"], stdlib["bom-ref"]],
        toml["bom-ref"]: [sys["bom-ref"], stdlib["bom-ref"]],
        docker["bom-ref"]: [],
        sys["bom-ref"]: [],
        stdlib["bom-ref"]: [],
    }


def test_an_spdx_document(agent: Record, tmp_path: Path) -> None:
    document = read_spdx(written(spdx_document.spdx_document(agent), tmp_path))

    packages = {package.name: package for package in document.packages}
    main = packages["example.com/agent/cmd/agent"]
    assert (main.file_name, main.version) == ("agent", None)
    assert [(c.algorithm.name, c.value) for c in main.checksums] == [("SHA256", SHA256)]
    assert main.source_info is not None
    assert main.source_info.startswith("Built by Go 1.26.6 with these settings:\n-buildmode=exe\n")
    # Two files do not say whether both apply or either one.
    assert main.license_declared == SpdxNoAssertion()
    assert main.license_comment is not None
    assert [line.split()[0] for line in main.license_comment.splitlines()] == [
        "LICENSE-ISC",
        "LICENSE-MIT",
    ]

    toml = packages["github.com/BurntSushi/toml"]
    assert (str(toml.license_declared), toml.version) == ("MIT", "v1.4.0")
    assert (toml.file_name, toml.checksums) == (None, [])
    assert toml.comment == "go.sum: h1:kuoIxZQy2WRRk1pttg9asf+WVv6tWQuBNVmK8+nqPr0="
    assert [r.locator for r in toml.external_references] == [
        "pkg:golang/github.com/BurntSushi/toml@v1.4.0"
    ]
    docker = packages["github.com/docker/docker"]
    (text,) = document.extracted_licensing_info
    assert str(docker.license_declared) == text.license_id
    assert (text.license_name, text.extracted_text) == ("LICENSE", _ODD)
    assert packages["golang.org/x/sys"].license_declared == SpdxNoAssertion()
    assert str(packages["stdlib"].license_declared) == "BSD-3-Clause"
    assert all(p.license_concluded == SpdxNoAssertion() for p in document.packages)

    names = {package.spdx_id: package.name for package in document.packages}
    names["SPDXRef-DOCUMENT"] = "document"
    assert sorted(
        (names[r.spdx_element_id], r.relationship_type, names[str(r.related_spdx_element_id)])
        for r in document.relationships
    ) == sorted(
        [
            ("document", RelationshipType.DESCRIBES, main.name),
            (main.name, RelationshipType.DEPENDS_ON, toml.name),
            (main.name, RelationshipType.DEPENDS_ON, "stdlib"),
            (toml.name, RelationshipType.DEPENDS_ON, "golang.org/x/sys"),
            (toml.name, RelationshipType.DEPENDS_ON, "stdlib"),
        ],
        key=str,
    )


def test_replaced_modules_are_separate_and_name_what_they_replace(tmp_path: Path) -> None:
    document = read_cyclonedx(written(maker_of("cyclonedx")(record(REPLACED)), tmp_path))
    by_reference = {c["bom-ref"]: c for c in document["components"]}
    lib = by_reference["example.com/lib@v1.0.0 => pkg:golang/example.com/lib"]
    assert "version" not in lib
    assert properties(lib) == [
        ("pants-go-static:directory", "./lib"),
        ("pants-go-static:replaces", "example.com/lib@v1.0.0"),
    ]
    for replaced in ("old@v1.2.0", "older@v1.1.0"):
        fork = by_reference[f"example.com/{replaced} => pkg:golang/example.com/fork@v1.9.0"]
        assert (fork["name"], fork["version"]) == ("example.com/fork", "v1.9.0")

    spdx = read_spdx(written(maker_of("spdx")(record(REPLACED)), tmp_path))
    comments = [package.comment for package in spdx.packages if package.name == "example.com/lib"]
    assert comments == ["replaces: example.com/lib@v1.0.0\ndirectory: ./lib"]


def test_modules_with_similar_names_have_different_identifiers(tmp_path: Path) -> None:
    alike = ("example.com/a_b", "example.com/a~b", "example.com/a/b")
    modules = tuple(Component(path, path) for path in alike)
    found = replace(record(PLAIN), modules=modules, requires={"example.com/agent": alike})
    document = read_spdx(written(maker_of("spdx")(found), tmp_path))
    assert {package.name for package in document.packages} >= set(alike)


@pytest.mark.parametrize("name", ["agent@sbom=spdx,goos=linux", "my agent", "aGënt#1", "-o"])
@pytest.mark.parametrize("form", FORMATS)
def test_any_file_name_is_valid(form: str, name: str, tmp_path: Path) -> None:
    document = maker_of(form)(replace(record(PLAIN), file=name))
    _READERS[form](written(document, tmp_path))


def test_an_invalid_document_is_not_written() -> None:
    wrong = replace(record(PLAIN), sha256="not a checksum")
    with pytest.raises(InvalidDocumentError, match=r"^data\.metadata\.component\.hashes\[0\]"):
        maker_of("cyclonedx")(wrong)
    with pytest.raises(
        InvalidDocumentError, match="^SPDXRef-main: value of ChecksumAlgorithm.SHA256 must"
    ):
        maker_of("spdx")(wrong)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda d: d.update(more=1), "data must not contain"),
        (lambda d: d.pop("bomFormat"), "data must contain"),
        (lambda d: d.update(serialNumber="urn:uuid:1"), "data.serialNumber must match pattern"),
        (lambda d: d["components"].append(d["components"][0]), "data.components must contain uni"),
        (lambda d: d["components"][0].update(type="thing"), r"data.components\[0\].type must be"),
        (
            lambda d: d["components"][3]["licenses"][0]["license"].update(id="BSD"),
            r"data.components\[3\].licenses",
        ),
    ],
)
def test_the_schema_rejects_small_errors(
    change: Callable[[dict[str, Any]], object], where: str
) -> None:
    document = json.loads(maker_of("cyclonedx")(record(PLAIN)))
    cyclonedx_document.validate(json.dumps(document).encode())
    change(document)
    with pytest.raises(InvalidDocumentError, match=f"^{where}"):
        cyclonedx_document.validate(json.dumps(document).encode())


def test_the_spdx_validator_rejects_small_errors() -> None:
    reserved = Component("m", "m", licences=(LicenceFile("LICENSE", SHA256, ("No-Such-License",)),))
    with pytest.raises(InvalidDocumentError, match="^SPDXRef-m-.*: Unrecognized license reference"):
        maker_of("spdx")(replace(record(PLAIN), modules=(reserved,), requires={}))
