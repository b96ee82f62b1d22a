"""The page of `inspect --format html` is valid, and shows a file's text only as text."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import IO

import html5lib
import pytest

from elf_static.elf.bounded_file import Source, open_file
from elf_static.elf.facts import (
    BuildInfo,
    Dynamic,
    Facts,
    Header,
    Module,
    Section,
    Segment,
    Setting,
)
from elf_static.elf.go_function_table import NoFunctionTableError, PackageCode, read_packages
from elf_static.elf.reader import read_facts, read_source
from elf_static.inspect.code_by_module import ModuleCode, Origin
from elf_static.inspect.file_parts import read_parts, sizes_of_kinds
from elf_static.inspect.html_page import Inspected, inspect_file, render_page
from elf_static.judge.judgement import Finding, Judgement, Verdict
from elf_static.judge.policy import load_policy
from elf_static.judge.severity import Severity
from elf_static_testing.corpus import Corpus
from elf_static_testing.go_programs import GoBuilder, without_sections

PROJECT = Path(__file__).resolve().parents[3]
STATIC = ("-tags=netgo,osusergo", "-trimpath", "-buildvcs=false")


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> GoBuilder:
    return Corpus.create(tmp_path_factory.mktemp("page")).go


@pytest.fixture(scope="module")
def good(builder: GoBuilder) -> Path:
    return builder.build("good", *STATIC)


@pytest.fixture(scope="module")
def bad(builder: GoBuilder) -> Path:
    return builder.build("bad", *STATIC, "-buildmode=pie")


def inspect(
    *arguments: object,
    stdin: IO[bytes] | int | None = subprocess.DEVNULL,
    input: bytes | None = None,
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "elf_static", "inspect", "--format=html", *map(str, arguments)],
        # An encoding with only ASCII characters in common.
        env={
            "PATH": os.environ["PATH"],
            "PYTHONIOENCODING": "latin-1",
            "PYTHONPATH": str(PROJECT / "src" / "python"),
        },
        capture_output=True,
        check=False,
        stdin=stdin,
        input=input,
    )


def page_of(*paths: Path) -> str:
    policy = load_policy("default")
    return render_page(inspect_file(str(path), str(path), policy) for path in paths)


def parsed(page: str) -> ElementTree.Element:
    """The tree that a browser makes of the page; anything that HTML does not allow is an error."""
    tree: ElementTree.Element = html5lib.HTMLParser(strict=True).parse(page)
    return tree


def text_of(tree: ElementTree.Element) -> str:
    return " ".join(" ".join(tree.itertext()).split())


def names(tree: ElementTree.Element) -> set[str]:
    return {str(element.tag).rpartition("}")[2] for element in tree.iter()}


def assert_self_contained(tree: ElementTree.Element) -> None:
    """Nothing to run and nothing to fetch."""
    assert not names(tree) & {"script", "img", "iframe", "object", "link", "form", "a", "image"}
    for element in tree.iter():
        for attribute, value in element.attrib.items():
            assert not attribute.startswith("on"), (element.tag, attribute)
            assert attribute not in ("href", "src", "action"), (element.tag, attribute)
            assert "url(" not in value
    style = next(element for element in tree.iter() if str(element.tag).endswith("}style"))
    assert not re.search(r"url\(|@import|//", style.text or "")
    (policy,) = (e for e in tree.iter() if e.get("http-equiv") == "Content-Security-Policy")
    assert policy.get("content") == "default-src 'none'; style-src 'unsafe-inline'"


def test_a_static_program(good: Path) -> None:
    done = inspect(good)
    assert (done.returncode, done.stderr) == (0, b"")
    page = done.stdout.decode("ascii")
    tree = parsed(page)
    assert_self_contained(tree)
    said = text_of(tree)
    assert "static passes under the policy any-language" in said
    assert "platform linux/amd64" in said
    for part in ("machine code", "Go's function tables", "debug information", "symbol tables"):
        assert part in said
    for section in read_facts(str(good)).sections:
        assert section.name in said
    assert "the standard library and the runtime" in said
    assert re.search(r"example\.com/ hello \(devel\), main module", said)
    assert "netgo,osusergo" in said


def test_the_parts_of_a_file_add_up_to_its_size(good: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.write_bytes(without_sections(good.read_bytes()))
    for path in (good, bare, Path("/bin/sh")):
        facts = read_facts(str(path))
        parts = read_parts(facts)
        assert sum(size for _, size in sizes_of_kinds(parts)) == path.stat().st_size
        ends = [0, *(part.offset + part.size for part in parts)]
        assert [part.offset for part in parts] == ends[:-1]


def test_a_program_that_fails_has_its_findings_first(bad: Path) -> None:
    said = text_of(parsed(page_of(bad)))
    assert "not static fails under the policy default" in said
    message = "It needs the program interpreter /lib64/ld-linux-x86-64.so.2 (PT_INTERP)."
    assert said.index("ES004") < said.index(message) < said.index("File contents")
    assert "Build with -buildmode=exe." in said


def test_the_page_has_the_parts_that_the_documentation_lists(good: Path, tmp_path: Path) -> None:
    page = (PROJECT / "docs" / "inspect.md").read_text()
    (command,) = re.findall(r"```sh\n(.* inspect .*?)\n```", page)
    shown = tmp_path / "dist" / "src.go.agent.cmd.agent" / "agent"
    shown.parent.mkdir(parents=True)
    shown.symlink_to(good)
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "elf-static").write_text(f'#!/bin/sh\nexec {sys.executable} -m elf_static "$@"\n')
    (bin_ / "elf-static").chmod(0o755)
    environment = {
        "PATH": f"{bin_}:{os.environ['PATH']}",
        "PYTHONPATH": str(PROJECT / "src" / "python"),
    }
    subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, check=True)
    said = text_of(parsed((tmp_path / "agent.html").read_text()))
    for title in re.findall(r"^\| ([A-Z].*?) \|", page, re.MULTILINE):
        assert title in said or title == "Findings"


def test_several_files_are_one_page(good: Path, bad: Path, tmp_path: Path) -> None:
    no_program = tmp_path / "text"
    no_program.write_text("hello")
    done = inspect(good, bad, no_program, tmp_path / "none", "/bin/sh")
    assert done.returncode == 2
    tree = parsed(done.stdout.decode("ascii"))
    assert sum(str(element.tag).endswith("}article") for element in tree.iter()) == 5
    said = text_of(tree)
    assert "It is not an ELF file: it is text and starts with `hello`." in said
    assert "It does not exist." in said


def test_standard_input_and_a_policy(good: Path) -> None:
    with open(good, "rb") as file:
        assert b"standard input" in inspect("-", stdin=file).stdout
    piped = subprocess.run(["cat", str(good)], capture_output=True, check=True).stdout
    done = inspect("--policy=strict", "-", stdin=None, input=piped)
    assert b"example.com/<wbr>hello" in done.stdout
    assert b"passes under the policy <code>strict</code>" in done.stdout


def test_a_policy_is_only_for_the_html_page(good: Path) -> None:
    done = inspect("--format=json", "--policy=strict", good)
    assert done.returncode == 2
    assert b"--policy is for --format html" in done.stderr


HOSTILE = "</b></title></style><script>alert(1)</script><img src=x onerror='alert(1)'>\"&lt;&#x41;"


def test_text_from_a_file_stays_text() -> None:
    module = Module(HOSTILE, HOSTILE, HOSTILE, replaced_by=Module(HOSTILE, HOSTILE))
    facts = Facts(
        size=1000,
        damage=(HOSTILE,),
        header=Header(64, "little", HOSTILE, HOSTILE, HOSTILE, 0, 0),
        segments=(Segment("PT_LOAD", "RX", 0, 0, 900, 900, 4), Segment(HOSTILE, "", 0, 0, 0, 0, 0)),
        sections=(Section(HOSTILE, HOSTILE, 0, 0, 990, 0, 0),),
        interpreter=HOSTILE,
        dynamic=Dynamic(needed=(HOSTILE,), soname=HOSTILE, rpath=HOSTILE),
        packer=HOSTILE,
        is_go=True,
        build_info=BuildInfo(HOSTILE, HOSTILE, module, (module,), (Setting(HOSTILE, HOSTILE),)),
    )
    finding = Finding("ES000", Severity.DENY, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    packages = (PackageCode(HOSTILE, 10, 1),)
    inspected = Inspected(
        HOSTILE,
        facts,
        Judgement(Verdict.NOT_STATIC, False, (finding,)),
        HOSTILE,
        (
            ModuleCode(Origin.DEPENDENCY, HOSTILE, HOSTILE, packages),
            ModuleCode(Origin.UNKNOWN, "", "", packages),
        ),
        HOSTILE,
    )
    tree = parsed(render_page([inspected]))
    assert_self_contained(tree)
    said = "".join(tree.itertext())
    # Once for each place above that the page shows.
    assert said.count(HOSTILE) > 20


def test_a_file_whose_section_names_are_html(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "a<b>&\"'"
    data = good.read_bytes()
    names_start = data.rindex(b"\0.noptrdata\0")
    hostile = b"\0<script>&'\0"
    assert len(hostile) == len(b"\0.noptrdata\0")
    path.write_bytes(data[:names_start] + hostile + data[names_start + len(hostile) :])
    done = inspect(path)
    tree = parsed(done.stdout.decode("ascii"))
    assert_self_contained(tree)
    assert "<script>&'" in text_of(tree) and "a<b>&\"'" in text_of(tree)


@pytest.mark.slow
def test_damaged_function_tables(good: Path) -> None:
    """Any bytes of the table, and of its header above all, changed in a thousand ways."""
    facts = read_facts(str(good))
    (table,) = (section for section in facts.sections if section.name == ".gopclntab")
    original = good.read_bytes()
    sectionless = without_sections(original)
    chosen = random.Random("function tables")
    descriptor = os.memfd_create("damaged")
    seen = {"read": 0, "refused": 0}
    for number in range(1000):
        data = bytearray(original if number % 4 else sectionless)
        end = table.offset + (72 if number % 2 else table.size)
        for _ in range(chosen.randint(1, 8)):
            place = chosen.randrange(table.offset + 8 * (number % 2), end)
            value = chosen.choice((0, 1, 0x7F, 0x80, 0xFF, chosen.randrange(256)))
            data[place] = value
        if number % 10 == 0:
            del data[chosen.randrange(table.offset, len(data)) :]
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, data, 0)
        source = Source(descriptor, len(data))
        damaged = read_source(source)
        started = time.process_time()
        try:
            packages = read_packages(source, damaged.segments, damaged.sections, "little")
            assert all(package.size >= 0 for package in packages)
            seen["read"] += 1
        except NoFunctionTableError as e:
            assert str(e).startswith(("has a damaged function table: ", "has no readable function"))
            seen["refused"] += 1
        assert time.process_time() - started < 1
    os.close(descriptor)
    assert min(seen.values()) > 100


def test_a_damaged_table_is_reported_and_the_rest_is_shown(good: Path, tmp_path: Path) -> None:
    (table,) = (s for s in read_facts(str(good)).sections if s.name == ".gopclntab")
    data = bytearray(good.read_bytes())
    data[table.offset + 8 + 7 * 8] ^= 0x40
    path = tmp_path / "damaged"
    path.write_bytes(data)
    said = text_of(parsed(page_of(path)))
    assert "Unknown: the file has a damaged function table: " in said
    assert "Build information" in said


def test_a_program_takes_a_fraction_of_a_second(good: Path) -> None:
    with open_file(str(good)) as source:
        facts = read_source(source)
        started = time.process_time()
        read_packages(source, facts.segments, facts.sections, "little")
    assert time.process_time() - started < 0.2
