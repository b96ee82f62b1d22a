"""Licences are recognised by their words, without guessing."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from go_sbom.licence_files import in_directory, in_zip, is_licence_file
from go_sbom.licence_patterns import LONG, is_spdx_identifier
from go_sbom.licence_texts import FoundLicences, identify
from go_sbom_testing.licences import (
    APACHE_NOTICE,
    BSD_2_CLAUSE,
    BSD_3_CLAUSE,
    BSD_4_CLAUSE,
    ISC,
    MIT,
    of_debian,
)

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MIT", MIT),
        ("BSD-2-Clause", BSD_2_CLAUSE),
        ("BSD-3-Clause", BSD_3_CLAUSE),
        ("ISC", ISC),
        ("0BSD", re.sub(r", provided that.*?copies", "", ISC, flags=re.DOTALL)),
        ("MIT-0", re.sub(r", subject to the .*?Software\.\n", ".\n", MIT, flags=re.DOTALL)),
        ("Apache-2.0", of_debian("Apache-2.0")),
        ("Apache-2.0", (PROJECT / "LICENSE").read_text()),
        ("Apache-2.0", APACHE_NOTICE),
        ("MPL-2.0", of_debian("MPL-2.0")),
        ("CC0-1.0", of_debian("CC0-1.0")),
    ],
)
def test_a_file_with_only_a_licence_is_that_licence(name: str, text: str) -> None:
    assert identify(text) == FoundLicences((name,), whole=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: re.sub(r"\s+", " ", text),
        lambda text: text.upper(),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "".join(f"// {line}\n" for line in text.splitlines()),
        lambda text: text.replace('"', "“"),
        lambda text: text.replace("1. ", "* ").replace("2. ", "(b) "),
        lambda text: text.replace("NONINFRINGEMENT", "NON-INFRINGEMENT"),
        lambda text: text.replace("Neither the name of", "Neither the names of"),
        lambda text: text.replace("Example Ltd.", "the Open Knowledge Foundation of Berlin"),
    ],
)
def test_irrelevant_changes_do_not_matter(change: Callable[[str], str]) -> None:
    assert identify(change(MIT)).names == ("MIT",)
    assert identify(change(BSD_3_CLAUSE)).names == ("BSD-3-Clause",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Licensed under the MIT license.\n",
        BSD_4_CLAUSE,
        MIT.replace("without restriction", "with restriction"),
        MIT.replace("shall be included in all", "shall not be included in all"),
        BSD_3_CLAUSE.replace("may be\n   used", "may not be\n   used"),
        of_debian("Apache-2.0")[:5000],
        of_debian("MPL-2.0").replace("world-wide", "national", 1),
    ],
)
def test_a_text_with_other_words_is_unknown(text: str) -> None:
    assert identify(text) == FoundLicences((), whole=False)


def test_a_changed_licence_is_not_identified_by_its_appendix() -> None:
    changed = of_debian("Apache-2.0").replace("perpetual", "temporary", 1)
    assert changed != of_debian("Apache-2.0")
    assert identify(changed).whole is False


@pytest.mark.parametrize(
    "addition",
    [
        "The Software shall be used for Good, not Evil.\n",
        "Copyright (c) 2020 Jane Doe, for noncommercial purposes only\n",
        "The files in third_party are under licenses of their own.\n",
        # A notice ends with its paragraph.
        "Copyright (c) 2020 Jane Doe\n\nof Example Ltd\n",
    ],
)
def test_a_file_with_other_text_is_not_wholly_a_licence(addition: str) -> None:
    assert identify(MIT + addition) == FoundLicences(("MIT",), whole=False)
    assert identify(addition + MIT) == FoundLicences(("MIT",), whole=False)


@pytest.mark.parametrize(
    "notice",
    [
        "Copyright (c) 2020 Jane Doe\n",
        "(c) 2020 Jane Doe\n",
        "Portions Copyright 2020 Example Ltd. All rights reserved.\n",
        "Copyright 2020 Jane Doe and\n    the contributors of example.com\n",
        "# License\n",
        "----------\n",
    ],
)
def test_titles_and_notices_are_ignored(notice: str) -> None:
    assert identify(notice + MIT) == FoundLicences(("MIT",), whole=True)


def test_several_licences_are_named_in_order() -> None:
    assert identify(BSD_3_CLAUSE + MIT) == FoundLicences(("BSD-3-Clause", "MIT"), whole=True)
    mixed = identify(f"Two licenses apply.\n{MIT}\n{APACHE_NOTICE}")
    assert mixed == FoundLicences(("MIT", "Apache-2.0"), whole=False)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("GPL-2", "GNU General Public License, version 2"),
        ("GPL-3", "GNU General Public License, version 3"),
        ("LGPL-2.1", "GNU Lesser General Public License, version 2.1"),
        ("LGPL-3", "GNU Lesser General Public License, version 3"),
    ],
)
def test_a_gnu_licence_has_no_identifier(file: str, name: str) -> None:
    assert identify(of_debian(file)).names == (name,)
    assert not is_spdx_identifier(name)


def test_every_long_licence_has_its_own_checksum() -> None:
    assert len({long.sha256 for long in LONG}) == len({long.name for long in LONG}) == len(LONG)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *(
            (name, True)
            for name in ("LICENSE", "LICENCE.md", "license.txt", "COPYING", "UNLICENSE")
        ),
        *(
            (name, True)
            for name in ("LICENSE-MIT", "MIT-LICENSE.txt", "LICENSE.libyaml", "LICENSES")
        ),
        *((name, True) for name in ("COPYING.LESSER", "Apache_License-2.0")),
        *((name, False) for name in ("NOTICE", "README.md", "license.go", "license_test.go")),
        *((name, False) for name in ("licensing", "sub/LICENSE", "LICENSE.tmpl", "copyright.go")),
    ],
)
def test_names_of_licence_files(name: str, is_one: bool) -> None:
    assert is_licence_file(name) is is_one


def test_only_licence_files_at_the_root_of_a_zip_are_read(tmp_path: Path) -> None:
    path = tmp_path / "v1.0.0.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {
            "LICENSE": MIT,
            "COPYING": f"Some files are under this license:\n\n{ISC}",
            "NOTICE": "Written by Jane Doe.\n",
            "third_party/LICENSE": BSD_3_CLAUSE,
            "LICENSE-HUGE": "x" * (1 << 20) + MIT,
        }.items():
            archive.writestr(f"example.com/!up@v1.0.0/{name}", content)
        archive.writestr("example.com/!up@v1.0.0-other/LICENSE", MIT)

    copying, licence = in_zip(path, "example.com/!up", "v1.0.0")

    assert (licence.name, licence.licences, licence.text) == ("LICENSE", ("MIT",), "")
    assert licence.sha256 == hashlib.sha256(MIT.encode()).hexdigest()
    # A person has to read this text.
    assert (copying.name, copying.licences) == ("COPYING", ("ISC",))
    assert copying.text.startswith("Some files are under this license:\n\nISC License")


def test_a_directory_is_read_like_a_zip(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text(BSD_3_CLAUSE)
    (tmp_path / "LICENSES").mkdir()
    (tmp_path / "LICENSE-ODD").write_bytes(b"\xff\xfe all wrong\n")
    plain, odd = in_directory(tmp_path)
    assert (plain.name, plain.licences, plain.text) == ("LICENSE", ("BSD-3-Clause",), "")
    assert (odd.name, odd.licences, odd.text) == ("LICENSE-ODD", (), "\ufffd\ufffd all wrong\n")
    assert in_directory(tmp_path / "nothing") == ()


def test_the_text_of_a_gnu_licence_is_kept(tmp_path: Path) -> None:
    (tmp_path / "COPYING.LESSER").write_text(of_debian("LGPL-3"))
    (file,) = in_directory(tmp_path)
    assert file.text == of_debian("LGPL-3")
