"""The numbers in e_machine, compared with what kernels accept."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from elftools.elf.enums import ENUM_E_MACHINE

from elf_static.elf.reader import read_facts
from elf_static_testing.kernel import MACHINES, readings

# Numbers that neither pyelftools nor a kernel names are one case: the first of them.
NUMBERS = sorted(
    {number for number in ENUM_E_MACHINE.values() if isinstance(number, int)}
    | {machine.e_machine for machine in MACHINES}
    | {0xFFFF}
)


def _program(number: int, bits: int, order: str) -> bytes:
    """One loaded segment, the whole file, at the class and byte order that the file says."""
    data = bytearray(0x200)
    data[:7] = b"\x7fELF" + bytes([bits // 32, 1 if order == "<" else 2, 1])
    start = 64 if bits == 64 else 52
    header = "HHIQQQIHHHHHH" if bits == 64 else "HHIIIIIHHHHHH"
    entry_size = 56 if bits == 64 else 32
    struct.pack_into(
        order + header,
        data,
        16,
        *(2, number, 1, 0x400100, start, 0, 0, start, entry_size, 1, 0, 0, 0),
    )
    if bits == 64:
        entry = (1, 5, 0, 0x400000, 0x400000, 0x200, 0x200, 0x1000)
        struct.pack_into(order + "IIQQQQQQ", data, start, *entry)
    else:
        entry = (1, 0, 0x400000, 0x400000, 0x200, 0x200, 5, 0x1000)
        struct.pack_into(order + "IIIIIIII", data, start, *entry)
    return bytes(data)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [32, 64])
def test_only_programs_that_some_kernel_accepts_are_undamaged(
    bits: int, order: str, tmp_path: Path
) -> None:
    path = tmp_path / "program"
    accepted = {}
    read = {}
    for number in NUMBERS:
        data = _program(number, bits, order)
        path.write_bytes(data)
        accepted[number] = any(
            (loaded.machine.bits, loaded.machine.order) == (bits, order)
            for loaded in readings(data)
        )
        read[number] = not read_facts(str(path)).damage

    assert any(accepted.values())
    assert {number for number in NUMBERS if read[number] and not accepted[number]} == set()
