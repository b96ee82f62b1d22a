"""Text from hostile binaries and licence files stays text in valid documents."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packageurl import PackageURL

from elf_static_testing.hand_made import build_information, program, talkative
from elf_static_testing.hostile_text import assert_inert, hostile_bytes
from go_sbom.command import FORMATS, maker_of
from go_sbom.modules import NoRecordError, make_record
from go_sbom.question import Question
from go_sbom_testing.licences import MIT
from go_sbom_testing.validators import read_cyclonedx, read_spdx

_READERS: dict[str, Callable[[Path], Any]] = {"cyclonedx": read_cyclonedx, "spdx": read_spdx}
# CycloneDX allows at most 1024 characters in a version.
TEXTS = tuple(text[:1000] for text in hostile_bytes(seed=17, count=30))


_ODD = "No licence: \x1b[31m \x9b1m \u202e ##[error]x\n::error::x\n"


def assert_inert_lines(value: object) -> None:
    """Check each line of every string in a JSON value, except the licence text."""
    if isinstance(value, dict):
        for each in value.values():
            assert_inert_lines(each)
    elif value == _ODD:
        return
    elif isinstance(value, list):
        for each in value:
            assert_inert_lines(each)
    elif isinstance(value, str):
        for line in value.split("\n"):
            assert_inert(line)


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for each in value for text in _strings(each)]
    return [value] if isinstance(value, str) else []


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_text_from_a_binary_and_its_modules_stays_text(
    form: str, text: bytes, tmp_path: Path
) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(talkative(text))
    licence = b"LICENSE-" + text.replace(b"/", b"|").translate(None, b"\r\n")[:200]
    (tmp_path / os.fsdecode(licence)).write_text(MIT)
    (tmp_path / "COPYING").write_text(_ODD)
    module = "github.com/mattn/go-sqlite3"
    question = Question(
        binary=str(binary),
        name="agent",
        format=form,
        requires={},
        directories={module: str(tmp_path)},
        downloads="/nowhere",
    )
    document = tmp_path / "document.spdx.json"
    document.write_bytes(maker_of(form)(make_record(question)))
    _READERS[form](document)
    assert document.read_text().replace("\n", "").isprintable()
    assert document.read_bytes().isascii()
    assert _ODD in _strings(json.loads(document.read_bytes()))
    assert_inert_lines(json.loads(document.read_bytes()))
    for url in re.findall(r'"(pkg:[^"]*)"', document.read_text()):
        if " => " not in url:
            assert PackageURL.from_string(url).to_string() == url


def question_for(path: str, tmp_path: Path, version: str = "v1.0.0") -> Question:
    binary = tmp_path / "binary"
    lines = f"path\tx\nmod\t{path}\t{version}\n".encode()
    blob = build_information(b"go1.26.6", lines)
    size = 0x30000 + len(blob)
    binary.write_bytes(
        program([(1, 5, 0, 0x30000), (1, 6, 0x30000, len(blob))], {0x30000: blob}, size)
    )
    return Question(str(binary), "agent", "spdx", {}, {}, str(tmp_path / "downloads"))


@pytest.mark.parametrize("path", ["", "/", "//"])
def test_a_module_without_a_path_is_an_error(path: str, tmp_path: Path) -> None:
    with pytest.raises(
        NoRecordError, match="^agent names a module without a path, so its contents"
    ):
        make_record(question_for(path, tmp_path))


@pytest.mark.parametrize("name", ["../secret", "x/../../secret", "/absolute/secret"])
def test_no_licence_is_read_from_outside_the_downloads(name: str, tmp_path: Path) -> None:
    name = str(tmp_path) + "/secret" if name.startswith("/") else name
    place = tmp_path / "secret/@v"
    place.mkdir(parents=True)
    (tmp_path / "downloads/x").mkdir(parents=True)
    with zipfile.ZipFile(place / "v1.0.0.zip", "w") as archive:
        archive.writestr(f"{name}@v1.0.0/LICENSE", MIT)
    assert make_record(question_for(name, tmp_path)).main.licences == ()


def test_a_long_version_has_no_zip(tmp_path: Path) -> None:
    question = question_for("example.com/x", tmp_path, "v1." + "0" * 300)
    assert make_record(question).main.licences == ()
