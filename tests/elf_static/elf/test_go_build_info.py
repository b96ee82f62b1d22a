"""Build information in the formats of all Go versions and byte orders."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from elf_static.elf.facts import Module, Setting
from elf_static.elf.go_build_info import NoBuildInfoError, parse
from elf_static.elf.reader import read_facts

MAGIC = b"\xff Go buildinf:"


@pytest.mark.parametrize("name", ["linux-amd64", "linux-386", "linux-s390x", "linux-mips"])
def test_the_pointer_format_before_go_1_18(name: str, named: dict[str, Path]) -> None:
    """The blob of a real program, rewritten: its two strings stay where they are, Go's string
    headers come behind them, and the header points there."""
    path = named[name]
    expected = read_facts(str(path))
    assert expected.build_info is not None and expected.header is not None
    data = bytearray(path.read_bytes())
    order = "<" if expected.header.byte_order == "little" else ">"
    size = expected.header.bits // 8
    word = order + ("Q" if size == 8 else "I")
    blob = data.index(MAGIC)
    segment = next(
        s for s in expected.segments if s.is_load and s.offset <= blob < s.offset + s.file_size
    )

    def address(offset: int) -> int:
        return segment.address + offset - segment.offset

    pointers = []
    position = blob + 32
    for _ in range(2):
        length, position = _uvarint(data, position)
        pointers.append((position, length))
        position += length
    # Zeros after the strings pad the section.
    headers = (position + 15) // 16 * 16
    for index, (offset, length) in enumerate(pointers):
        at = headers + index * 2 * size
        struct.pack_into(word, data, at, address(offset))
        struct.pack_into(word, data, at + size, length)
        struct.pack_into(word, data, blob + 16 + index * size, address(at))
    data[blob + 14] = size
    data[blob + 15] = 0 if order == "<" else 1
    rewritten = path.with_name(f"{name}-pointers")
    rewritten.write_bytes(data)

    found = read_facts(str(rewritten)).build_info

    assert found == expected.build_info


def _uvarint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position


def test_all_kinds_of_lines() -> None:
    info = parse(
        "go1.26.6",
        b"path\texample.com/a/cmd\n"
        b"mod\texample.com/a\t(devel)\t\n"
        b"dep\texample.com/b\tv1.2.3\th1:abc=\n"
        b"=>\texample.com/fork\tv1.2.4\th1:def=\n"
        b"dep\texample.com/c\tv0.0.1\n"
        b"=>\t./local\t(devel)\t\n"
        b'build\t-ldflags="-X main.v=a b"\n'
        b'build\t"odd key"=`back`\n'
        b'build\t"with=sign"="x\\ny"\n'
        b"build\tCGO_ENABLED=0\n"
        b"new\tkind of line\n"
        b"build\tCGO_ENABLED=unfinished",
    )
    assert info.path == "example.com/a/cmd"
    assert info.main == Module("example.com/a", "(devel)")
    assert info.modules == (
        Module(
            "example.com/b",
            "v1.2.3",
            "h1:abc=",
            replaced_by=Module("example.com/fork", "v1.2.4", "h1:def="),
        ),
        Module("example.com/c", "v0.0.1", replaced_by=Module("./local", "(devel)")),
    )
    assert info.settings == (
        Setting("-ldflags", "-X main.v=a b"),
        Setting("odd key", "back"),
        Setting("with=sign", "x\\ny"),
        Setting("CGO_ENABLED", "0"),
    )
    assert info.setting("CGO_ENABLED") == "0"
    assert info.setting("-race") is None


def test_control_characters_of_a_hostile_file_are_escaped() -> None:
    info = parse("go1.26", b"dep\texample.com/\x1b[31m\tv1\n")
    assert info.modules[0].path == "example.com/\\x1b[31m"


def test_more_lines_than_any_program_has_are_damage() -> None:
    with pytest.raises(NoBuildInfoError, match="too many lines"):
        parse("go1.26", b"dep\ta\tb\n" * 30_000)


def test_text_that_is_not_utf_8_is_shown_byte_by_byte() -> None:
    info = parse("go1.26", b'build\t-x=a\xff\nbuild\t-y="\\xe2\\x82\\xac\\x80"\n')
    assert info.settings == (Setting("-x", "a\\xff"), Setting("-y", "€\\x80"))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("dep\ta", "a module has 1 columns"),
        ("dep\ta\tv1\tsum\tmore", "a module has 4 columns"),
        ("=>\ta\tv1\t", "a replacement follows no module"),
        ("build\t=x", "a setting has no key"),
        ("build\t-race", "a setting has no value"),
        ("build\t`-race`", "a setting has no value"),
        ('build\t"a\\q"=x', "the quoted key of a setting is invalid"),
        ('build\t-x="a"+"b"', "the quoted value of a setting is invalid"),
    ],
)
def test_a_line_that_go_cannot_read_is_damage(line: str, problem: str) -> None:
    with pytest.raises(NoBuildInfoError) as raised:
        parse("go1.26", f"path\tx\n{line}\n".encode())
    assert str(raised.value) == f"has damaged build information: in line 2, {problem}"


@pytest.mark.parametrize(
    ("position", "value", "problem"),
    [
        (14, b"\x03\x00", "pointers of 3 bytes"),
        (14, b"\x08\x00" + b"\xff" * 8, "it points outside the file"),
        (32, b"\xff" * 12, "a length is not terminated"),
        (32, b"\xff\xff\xff\xff\x0f", "it points outside the file"),
        (32, b"\x00\x00", "it names no Go version"),
        (0, b"\x00", "has no build information"),
    ],
)
def test_damaged_build_information_is_reported(
    position: int, value: bytes, problem: str, named: dict[str, Path]
) -> None:
    data = bytearray(named["linux-amd64"].read_bytes())
    blob = data.index(MAGIC)
    data[blob + position : blob + position + len(value)] = value
    path = named["linux-amd64"].with_name("damaged-build-info")
    path.write_bytes(data)
    facts = read_facts(str(path))
    assert facts.damage == ()
    assert facts.build_info is None
    assert facts.is_go
    assert problem in facts.build_info_problem
