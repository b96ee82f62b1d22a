"""Go's literals and build information are read as Go reads them."""

from __future__ import annotations

import json
import random
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from elf_static.elf.facts import Module
from elf_static.elf.go_build_info import NoBuildInfoError, parse
from elf_static.elf.go_strings import InvalidStringError, unquote, unquote_prefix
from elf_static.elf.structures import text
from elf_static_testing.corpus import Corpus

Ask = Callable[[Sequence[bytes]], list[dict[str, Any]]]

# The seed changes every day, and is printed.
SEED = date.today().toordinal()

PIECES = (
    *(b'"', b'"', b'"', b"'", b"`", b"\\", b"\\\\", b"a", b"z", b" ", b"\n", b"\r", b"\t", b"\0"),
    *(rb"\%c" % letter for letter in b"abfnrtvxuU'\"`?q0178\n"),
    *(rb"\000", rb"\377", rb"\400", rb"\08", rb"\x80", rb"\xe2\x82\xac", rb"\xF", rb"\xg0"),
    *(rb"\u00e9", rb"\ud7ff", rb"\ud800", rb"\uDFFF", rb"\uE000", rb"\uFFFD", rb"\u12"),
    *(rb"\U0010ffff", rb"\U00110000", rb"\U0000D900", rb"\U0000"),
    *("é€𝄞\ufeff\u2028\x85".encode()[i:j] for i, j in ((0, 2), (2, 5), (5, 9), (9, 12), (12, 17))),
    *(b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\x80"),
    *("\N{FULLWIDTH DIGIT ONE}".encode(), b"\\\xef\xbc\x91"),
)


@pytest.fixture(scope="module")
def ask(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    directory = tmp_path_factory.mktemp("strings")
    source = Path(__file__).resolve().parents[2] / "elf_static_testing" / "strings.go"
    program = directory / "strings"
    corpus.go.directory.mkdir(parents=True, exist_ok=True)
    corpus.go.run(directory, "build", "-trimpath", f"-o={program}", str(source))

    def ask(texts: Sequence[bytes]) -> list[dict[str, Any]]:
        lines = "".join(f"{each.hex()}\n" for each in texts)
        done = subprocess.run([program], input=lines, capture_output=True, text=True, check=True)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(texts)
        return answers

    return ask


@pytest.mark.slow
def test_literals_are_read_as_go_reads_them(ask: Ask) -> None:
    chance = random.Random(SEED)
    texts = [b"", *PIECES]
    for _ in range(30_000):
        quote = chance.choice((b'"', b"'", b"`", b""))
        inside = b"".join(chance.choices(PIECES, k=chance.randrange(6)))
        texts.append(quote + inside + quote)
    # Each byte is tested alone in a literal, and after a backslash.
    for byte in range(256):
        texts += [b'"%c"' % byte, b"'%c'" % byte, b"`%c`" % byte, b'"\\%c"' % byte]
    valid = 0
    for literal, answer in zip(texts, ask(texts)):
        assert _literal(literal) == answer["Literal"], (SEED, literal)
        assert _prefix(literal) == answer["Prefix"], (SEED, literal)
        valid += answer["Literal"] is not None
    assert 5_000 < valid < len(texts) - 5_000, "the literals are too easy or too hard"


def _literal(literal: bytes) -> str | None:
    try:
        return unquote(literal).hex()
    except InvalidStringError:
        return None


def _prefix(literal: bytes) -> str | None:
    try:
        return literal[: len(literal) - len(unquote_prefix(literal)[1])].hex()
    except InvalidStringError:
        return None


def test_build_information_matches_go(ask: Ask) -> None:
    chance = random.Random(SEED)
    kinds = (b"path", b"mod", b"dep", b"=>", b"build", b"build", b"build", b"new", b"path\t")
    words = (
        b"a",
        b"v1",
        b"h1:x",
        b"",
        b"-tags=x",
        b'"k"=v',
        b"`k`=`v`",
        b'k="\\x41"',
        b'k="',
        b"=",
    )
    texts = []
    for _ in range(20_000):
        lines = []
        for _ in range(chance.randrange(5)):
            columns = chance.choices(words, k=chance.choice((0, 1, 1, 1, 2, 2, 3, 3, 3, 4)))
            lines.append(b"\t".join((chance.choice(kinds), *columns)))
        texts.append(b"\n".join(lines) + chance.choice((b"\n", b"\n", b"")))
    read = 0
    for data, answer in zip(texts, ask(texts)):
        expected = answer["BuildInfo"]
        try:
            info = parse("", data)
        except NoBuildInfoError as e:
            assert expected is None, (SEED, data, str(e))
            continue
        if expected is None:
            # Go requires quotation marks; the checker does not.
            unquoted = "".join(setting.key + setting.value for setting in info.settings)
            assert any(part in unquoted for part in ('"', "`", " ", "\\t")), (SEED, data)
            continue
        read += 1
        assert info.path == text(expected.get("Path", "").encode())
        assert (info.main or Module("", "")) == _module(expected["Main"]), (SEED, data)
        assert list(info.modules) == [_module(m) for m in expected.get("Deps") or ()], (SEED, data)
        assert [(s.key, s.value) for s in info.settings] == [
            (text(s.get("Key", "").encode()), text(s.get("Value", "").encode()))
            for s in expected.get("Settings") or ()
        ], (SEED, data)
    assert read > 4_000


def _module(said: dict[str, Any]) -> Module:
    by = said.get("Replace")
    return Module(
        said.get("Path", ""),
        said.get("Version", ""),
        said.get("Sum", ""),
        _module(by) if by else None,
    )


@pytest.mark.parametrize("piece", [b'"+"a', rb"\n", rb"\u00e9", b"\xff", b"`", b"\\", b"'"])
def test_half_a_megabyte_takes_less_than_a_second(piece: bytes) -> None:
    literal = b'"' + piece * ((512 << 10) // len(piece)) + b'"'
    start = time.process_time()
    _literal(literal)
    assert time.process_time() - start < 1
