"""Text from a file, its name or a policy has no effect in any output."""

from __future__ import annotations

import contextlib
import functools
import html
import io
import json
import os
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import unquote_to_bytes

import html5lib
import pytest

from elf_static.cli.main import main
from elf_static_testing.hand_made import talkative
from elf_static_testing.hostile_text import (
    assert_inert,
    assert_inert_values,
    assert_reference,
    hostile_bytes,
    shown_by_a_viewer,
)

BENIGN = b"be/nign"
TEXTS = tuple(hostile_bytes(seed=17, count=30))
# The longest name of a file, in bytes.
_NAME = 255

# A second for a text, in all formats.
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def in_own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d").mkdir()
    Path("p").mkdir()


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the command, which must be UTF-8."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as e:
            code = int(e.code or 0)
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    return code, texts[0], texts[1]


def lines(output: str) -> list[str]:
    assert output.endswith("\n")
    found = output[:-1].split("\n")
    for line in found:
        assert_inert(line)
    return found


def file_names(text: bytes) -> Iterator[str]:
    """Relative, in a directory, and absolute."""
    name = text.replace(b"/", b"|")[:_NAME]
    if name not in (b".", b".."):
        yield os.fsdecode(name)
        yield os.fsdecode(b"d/" + name)
        yield os.fsdecode(os.getcwdb() + b"//./d/../d/" + name)


def made(path: str, text: bytes, kind: int = 2) -> str:
    Path(path).write_bytes(talkative(text, kind))
    return path


def policy(path: str, text: bytes) -> str:
    """That wants what the text says, and that no file with the same text is."""
    value = toml_string(text)
    Path(path).write_text(
        f'[go]\ntags = ["{value}z"]\nversion = ">=9.0"\n[size]\nmax = 1\n[modules]\nallow = []\n'
        f'[settings.required]\n"x" = "{value}"\n"-tags" = "{value}y"\n'
        '[settings.denied]\nGOOS = "*"\n'
    )
    return path


def toml_string(text: bytes) -> str:
    """What is between the quotes of a basic string."""
    # toml 0.10.2 fails on some characters, and on an escaped backslash before U.
    return "".join(
        "\\\\" if c == "\\" else c if c.isascii() and c.isalnum() else f"\\U{ord(c):08x}"
        for c in text.decode("utf-8", "replace")
    )


def facts_of(text: bytes, tmp_path: Path) -> tuple[str, str]:
    """A file and a policy that have the text for a name and in them."""
    for name in file_names(text):
        return made(name, text), policy(f"p/{name}", text)
    return made("x", text), policy("p", text)


def check_json(*arguments: str) -> dict[str, Any]:
    _, output, _ = run("check", "--format=json", *arguments)
    assert output.isascii()
    report = json.loads(output)
    assert_inert_values(report)
    return dict(report)


@functools.cache
def benign_lines(kind: int, *arguments: str) -> list[str]:
    """What the command says of files that say nothing odd."""
    made("benign", BENIGN, kind)
    made("other", b"oth/er", kind)
    policy("policy", BENIGN)
    return lines(run(*arguments)[1])


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("kind", [2, 3])
def test_text_has_as_many_lines_as_for_a_benign_file(
    text: bytes, kind: int, tmp_path: Path
) -> None:
    made("other", b"oth/er", kind)
    policy("policy", text)
    for name in [*file_names(text)][kind - 2 :: 2] or ["x"]:
        made(name, text, kind)
        for command in (("check", "--policy=policy"), ("inspect",)):
            got, wanted = (
                lines(run(*command, "--", name)[1]),
                benign_lines(kind, *command, "benign"),
            )
            assert len(got) == len(wanted)
            for line, like in zip(got, wanted):
                # The start of a line does not come from the file.
                about = re.match("  (?:  )?[A-Za-z]+[A-Za-z0-9 -]*:", like)
                assert about is None or line.startswith(about.group())
            if command[0] == "check":
                assert sum(": not static, " in line for line in got) == 1
        got = lines(run("compare", "--", name, "other")[1])
        assert len(got) == len(benign_lines(kind, "compare", "benign", "other"))


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_json_contains_only_printable_text(text: bytes, tmp_path: Path) -> None:
    name, asked = facts_of(text, tmp_path)
    made("other", b"oth/er")
    check_json(f"--policy={asked}", "--", name)
    for arguments in (("inspect", "--", name), ("compare", "--", name, "other")):
        _, output, _ = run(arguments[0], "--format=json", *arguments[1:])
        assert output.isascii()
        assert_inert_values(json.loads(output))


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_sarif_contains_no_link_and_no_placeholder(text: bytes, tmp_path: Path) -> None:
    _, asked = facts_of(text, tmp_path)
    for name in file_names(text):
        made(name, text)
        (report,) = check_json(f"--policy={asked}", "--", name)["files"]
        _, output, _ = run("check", "--format=sarif", f"--policy={asked}", "--", name)
        log = json.loads(output)
        assert_inert_values(log)
        (run_,) = log["runs"]
        assert [shown_by_a_viewer(result["message"]["text"]) for result in run_["results"]] == [
            f"{report['path']} {finding['message']}. {finding['fix']}"
            for finding in report["findings"]
        ]
        for result in run_["results"]:
            assert set(result["message"]) == {"text"}
            (location,) = result["locations"]
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert_reference(uri)
            path = unquote_to_bytes(uri[len("file://") :] if uri.startswith("file:") else uri)
            assert os.path.realpath(path) == os.path.realpath(os.fsencode(name))


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_junit_is_valid_xml_with_the_same_text(text: bytes, tmp_path: Path) -> None:
    name, asked = facts_of(text, tmp_path)
    arguments = (f"--policy={asked}", "--", name)
    _, said, _ = run("check", *arguments)
    (report,) = check_json(*arguments)["files"]
    _, output, _ = run("check", "--format=junit", *arguments)
    suites = ElementTree.fromstring(output)
    for element in suites.iter():
        for value in element.attrib.values():
            assert_inert(value)
    ((case,),) = suites
    assert [child.tag for child in case] == ["failure", "system-out"]
    failure, summary = case
    assert case.get("name") == report["path"]
    denied = [f for f in report["findings"] if f["severity"] == "deny"]
    assert failure.get("message") == "; ".join(
        f"{f['id']} {f['rule']}: {f['message']}" for f in denied
    )
    assert failure.text == said
    assert_inert(summary.text or "")


def shapes(page: str) -> set[tuple[str, tuple[str, ...], str, str]]:
    """The kinds of elements on a page, as a browser reads it."""
    return {
        (
            str(element.tag),
            tuple(sorted(map(str, element.attrib))),
            re.sub(r"[\d.]+", "0", element.get("style") or ""),
            element.get("class") or "",
        )
        for element in html5lib.HTMLParser(strict=True).parse(page).iter()
    }


@functools.cache
def benign_shapes() -> set[tuple[str, tuple[str, ...], str, str]]:
    """Of a module, of a package of none, and of names that are long."""
    policy("policy", BENIGN)
    names = [made(f"d/{text[0]}", text) for text in (BENIGN, b"oth.er/x", b"A" * 3000)]
    return shapes(run("inspect", "--format=html", "--policy=policy", *names)[1])


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_html_has_the_elements_of_a_benign_page(text: bytes, tmp_path: Path) -> None:
    name, asked = facts_of(text, tmp_path)
    _, page, _ = run("inspect", "--format=html", f"--policy={asked}", "--", name)
    assert page.isascii()
    assert not shapes(page) - benign_shapes()
    shown = check_json(f"--policy={asked}", "--", name)
    (report,) = shown["files"]
    said = "".join(html5lib.HTMLParser(strict=True).parse(page).itertext())
    for value in (report["path"], shown["policy"], report["facts"]["interpreter"]):
        assert value.rpartition("/")[2] in said
    for line in html.unescape(page).split("\n"):
        assert_inert(line)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_errors_are_one_line(text: bytes, tmp_path: Path) -> None:
    word = os.fsdecode(text)
    name = word.replace("/", "|")[:80]
    made("x", BENIGN)
    Path("unknown").write_text(f'[rules]\n"{toml_string(text)}" = "deny"\n')
    Path("no-toml").write_bytes(b"[" + text)
    for arguments in (
        ("check", f"--policy=none/{name}", "x"),
        ("check", "--policy=unknown", "x"),
        ("check", "--policy=no-toml", "x"),
        ("check", f"--report=json=none/{name}", "x"),
        ("check", f"--report={word}", "x"),
        ("check", f"--goos={word}", "x"),
        ("check", "x", "--x" + word.replace(" ", "_")),
        ("compare", "--", f"none/{name}", "x"),
        (word,),
    ):
        code, _, errors = run(*arguments)
        if code == 1:
            continue  # This word is valid there.
        assert code == 2
        assert_inert(lines(errors)[-1])
        usage, _, _ = errors.rpartition("elf-static")
        assert "\n".join(lines(errors)).count("error: ") >= 1
        assert usage.count("\n") <= 12


def test_a_name_in_an_error_from_pyelftools_is_escaped(tmp_path: Path) -> None:
    made("x", BENIGN)
    with mock.patch(
        "elf_static.elf.reader.read_notes", side_effect=ValueError("\x1b[31m\nx: static")
    ):
        _, output, _ = run("check", "x")
    assert r"failed (ValueError: \x1b[31m\nx: static)" in "\n".join(lines(output))
