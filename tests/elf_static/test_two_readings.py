"""Files that a kernel reads differently than their identification says."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from elf_static.elf.reader import read_facts
from elf_static.judge.judgement import judge
from elf_static.judge.policy import load_policy
from elf_static_testing.kernel import readings

CODE = b"\xb8\x3c\x00\x00\x00\x31\xff\x0f\x05"  # exit(0) on x86-64


def _header32(machine: int, shoff: int, phentsize64: int) -> bytes:
    identification = b"\x7fELF\x01\x01\x01" + bytes(9)
    rest = struct.pack(
        "<HHIIIIIHHHHHH", 2, machine, 1, 0x400200, 0x80, shoff, 0, 52, 32, 1, 0, 0, 0
    )
    # After the 32-bit header: e_phentsize and e_phnum of a 64-bit header.
    return identification + rest + struct.pack("<HHH", 0, phentsize64, 1)


def _program(phentsize64: int) -> bytes:
    """A static x32 program whose section headers, read as 64 bits, are a PT_INTERP."""
    data = bytearray(0x300)
    data[:58] = _header32(62, 0x100, phentsize64)
    struct.pack_into("<IIIIIIII", data, 0x80, 1, 0, 0x400000, 0, 0x300, 0x300, 5, 0x1000)
    struct.pack_into("<IIQQQQQQ", data, 0x100, 3, 4, 0x280, 0, 0, 16, 16, 1)
    data[0x200 : 0x200 + len(CODE)] = CODE
    data[0x280:0x290] = b"/lib/ld-evil.so\0"
    return bytes(data)


@pytest.mark.parametrize(("phentsize64", "verdict"), [(0, "static"), (56, "undetermined")])
def test_a_32_bit_program_that_is_another_program_for_64_bits(
    phentsize64: int, verdict: str, tmp_path: Path
) -> None:
    data = _program(phentsize64)
    assert any(loaded.interpreter for loaded in readings(data)) == (verdict != "static")
    path = tmp_path / "program"
    path.write_bytes(data)

    judgement = judge(read_facts(str(path)), load_policy("any-language"))

    assert judgement.verdict.value == verdict
    if verdict != "static":
        assert "a kernel would run it as a 64-bit program" in judgement.findings[0].message


def test_a_program_with_the_class_of_another_machine_is_damaged(named: dict[str, Path]) -> None:
    data = bytearray(named["linux-amd64"].read_bytes())
    data[18:20] = struct.pack("<H", 22)  # EM_S390, which is big-endian
    path = named["linux-amd64"].with_name("two-orders")
    path.write_bytes(data)
    facts = read_facts(str(path))
    assert facts.damage == ("is damaged: it claims to be little-endian, but S/390 is not",)
