"""From build information to a record."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from elf_static.elf.facts import Module
from go_sbom.command import main
from go_sbom.document import purl, purl_of_main, purl_of_standard_library
from go_sbom.modules import NoRecordError, component_of, go_release, make_record
from go_sbom.question import Question, escaped
from go_sbom.record import Component
from go_sbom_testing.licences import ISC, MIT
from go_sbom_testing.records import PLAIN, REPLACED, SHA256, THIRD_PARTY, WORKSPACE, record


def test_a_plain_binary() -> None:
    found = record(
        PLAIN,
        requires={
            "example.com/agent": ("std", "golang.org/x/sys", "github.com/BurntSushi/toml"),
            "golang.org/x/sys": ("std",),
            # In the listing of several binaries, but not in this one.
            "example.com/other": ("golang.org/x/sys",),
        },
    )

    assert (found.file, found.sha256, found.go) == ("agent", SHA256, "1.26.6")
    assert found.import_path == "example.com/agent/cmd/agent"
    assert found.main == Component("example.com/agent", "example.com/agent")
    assert [(m.path, m.version) for m in found.modules] == [
        ("github.com/BurntSushi/toml", "v1.4.0"),
        ("github.com/docker/docker", "v28.0.0+incompatible"),
        ("golang.org/x/sys", "v0.47.0"),
    ]
    assert found.modules[2].sum == "h1:o7XGOvZQCADBQQ4Y7VNq2dRWQR7JmOUW8Kxx4ZsNgWs="
    assert found.requires == {
        "example.com/agent": ("github.com/BurntSushi/toml", "golang.org/x/sys", "std"),
        "golang.org/x/sys": ("std",),
    }
    assert ("CGO_ENABLED", "0") in [(s.key, s.value) for s in found.settings]


def test_package_urls() -> None:
    plain = record(PLAIN)
    assert str(purl_of_main(plain)) == "pkg:golang/example.com/agent#cmd/agent"
    assert [str(purl(module)) for module in plain.modules] == [
        "pkg:golang/github.com/BurntSushi/toml@v1.4.0",
        "pkg:golang/github.com/docker/docker@v28.0.0%2Bincompatible",
        "pkg:golang/golang.org/x/sys@v0.47.0",
    ]
    assert str(purl_of_standard_library(plain)) == "pkg:golang/stdlib@1.26.6"
    assert str(purl_of_main(record(REPLACED))) == "pkg:golang/example.com/agent"
    single = record("path\tagent\nmod\tagent\t(devel)\n")
    assert str(purl_of_main(single)) == "pkg:golang/agent"


def test_a_replacement_names_the_module_that_it_replaces() -> None:
    lib, old, older = record(REPLACED).modules
    assert lib == Component(
        "example.com/lib", "example.com/lib", replaces="example.com/lib@v1.0.0", directory="./lib"
    )
    assert str(purl(lib)) == "pkg:golang/example.com/lib"
    assert (old.module, old.path, old.version) == ("example.com/old", "example.com/fork", "v1.9.0")
    assert old.sum.startswith("h1:kuoI")
    assert (old.replaces, older.replaces) == ("example.com/old@v1.2.0", "example.com/older@v1.1.0")
    assert str(purl(old)) == str(purl(older)) == "pkg:golang/example.com/fork@v1.9.0"


def test_a_command_in_another_module() -> None:
    found = record(THIRD_PARTY)
    assert (found.main.path, found.main.version) == ("golang.org/x/tools", "v0.47.0")
    assert str(purl_of_main(found)) == "pkg:golang/golang.org/x/tools@v0.47.0#cmd/stringer"


def test_a_module_in_the_repository_has_no_version() -> None:
    (lib,) = record(WORKSPACE).modules
    assert (lib.version, lib.sum, lib.replaces) == ("", "", "")


@pytest.mark.parametrize(
    ("version", "release"),
    [
        ("go1.26.6", "1.26.6"),
        ("go1.27rc1", "1.27rc1"),
        ("go1.26.6 X:nodwarf5", "1.26.6"),
        ("devel go1.27-0123abc", "devel go1.27-0123abc"),
    ],
)
def test_go_releases(version: str, release: str) -> None:
    assert go_release(version) == release


def test_licences_come_from_the_zip_or_from_a_directory(tmp_path: Path) -> None:
    name = "github.com/!burnt!sushi/toml/@v/v1.4.0.zip"
    assert escaped("github.com/BurntSushi/toml") == "github.com/!burnt!sushi/toml"
    assert escaped("v1.0.0-RC1") == "v1.0.0-!r!c1"
    (tmp_path / name).parent.mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr("github.com/BurntSushi/toml@v1.4.0/COPYING", MIT)
    vendored = tmp_path / "vendor" / "golang.org/x/sys"
    vendored.mkdir(parents=True)
    (vendored / "LICENSE").write_text(ISC)

    toml, docker, sys = record(
        PLAIN, directories={"golang.org/x/sys": vendored}, downloads=tmp_path
    ).modules

    assert [file.licences for file in toml.licences] == [("MIT",)]
    assert [file.licences for file in sys.licences] == [("ISC",)]
    assert docker.licences == ()


def test_different_records_have_different_identities() -> None:
    first = record(PLAIN)
    assert first.identity == record(PLAIN).identity
    others = [replace(first, file="other"), replace(first, sha256="f" * 64), record(REPLACED)]
    assert len({first.identity, *(other.identity for other in others)}) == 4


def test_a_file_without_build_information_has_no_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = Question("/bin/true", "true", "cyclonedx", {}, {}, "/nowhere")
    with pytest.raises(NoRecordError) as raised:
        make_record(question)
    assert str(raised.value) == (
        "true has no build information (.go.buildinfo), so its contents cannot be determined."
    )
    (tmp_path / "question").write_text(question.to_json())
    assert main([str(tmp_path / "question"), str(tmp_path / "document")]) == 1
    assert capsys.readouterr().err == f"{raised.value}\n"
    assert not (tmp_path / "document").exists()
    with pytest.raises(NoRecordError, match="^text is not an ELF file: "):
        make_record(replace(question, binary=str(tmp_path / "question"), name="text"))
    with pytest.raises(NoRecordError, match="^x does not exist, so "):
        make_record(replace(question, binary=str(tmp_path / "none"), name="x"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NoRecordError, match="^x is a named pipe, not a regular file, so "):
        make_record(replace(question, binary=str(tmp_path / "pipe"), name="x"))


# argv: a binary.
_OPENED = """
import sys
from go_sbom.modules import make_record
from go_sbom.question import Question

opened = []
sys.addaudithook(lambda event, given: event == "open" and opened.append(given[0]))
record = make_record(Question(sys.argv[1], "x", "cyclonedx", {}, {}, "/nowhere"))
print(record.sha256, opened.count(sys.argv[1]))
"""


def test_the_binary_is_opened_only_once(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    # A command of Go itself has no main module.
    data = Path(os.environ["GO_STATIC_TEST_GO"], "bin", "gofmt").read_bytes()
    binary.write_bytes(data.replace(b"build\t-compiler=gc\n", b"mod\texample.com\tv1\n"))
    done = subprocess.run(
        [sys.executable, "-c", _OPENED, binary],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{hashlib.sha256(binary.read_bytes()).hexdigest()} 1\n"


def test_a_path_that_leads_out_of_the_downloads_gets_no_licences(tmp_path: Path) -> None:
    (tmp_path / "outside" / "@v").mkdir(parents=True)
    (tmp_path / "downloads").mkdir()
    question = Question("", "x", "cyclonedx", {}, {}, str(tmp_path / "downloads"))
    for path in ("../outside", f"{tmp_path}/outside"):
        with zipfile.ZipFile(tmp_path / "outside" / "@v" / "v1.0.0.zip", "w") as archive:
            archive.writestr(f"{path}@v1.0.0/LICENSE", "secret")
        assert component_of(Module(path, "v1.0.0"), question).licences == ()


def test_a_question_can_be_written_and_read_back() -> None:
    question = Question("b", "n", "spdx", {"m": ("std", "é")}, {"m": "tree"}, "d")
    assert Question.from_json(question.to_json()) == question
