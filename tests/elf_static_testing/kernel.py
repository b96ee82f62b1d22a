"""How the Linux kernel reads a file: an oracle that shares no code with the checker.

Based on fs/binfmt_elf.c in Linux 6.1 (`load_elf_binary`, `load_elf_phdrs`, `elf_check_arch` of each
architecture). The kernel reads the magic number, e_type, e_machine, e_phoff, e_phentsize and
e_phnum, in the layout and byte order of its own machine. It ignores EI_CLASS and EI_DATA.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_ET_EXEC, _ET_DYN = 2, 3
_PT_LOAD, _PT_INTERP = 1, 3
_PATH_MAX = 4096


@dataclass(frozen=True)
class Machine:
    """One way in which some kernel reads programs."""

    name: str
    e_machine: int
    bits: int
    order: str


MACHINES = (
    Machine("x86-64", 62, 64, "<"),
    Machine("x32", 62, 32, "<"),
    Machine("i386", 3, 32, "<"),
    Machine("arm", 40, 32, "<"),
    Machine("armeb", 40, 32, ">"),
    Machine("arm64", 183, 64, "<"),
    Machine("arm64 big-endian", 183, 64, ">"),
    Machine("riscv64", 243, 64, "<"),
    Machine("riscv32", 243, 32, "<"),
    Machine("ppc64", 21, 64, ">"),
    Machine("ppc64le", 21, 64, "<"),
    Machine("ppc", 20, 32, ">"),
    # CONFIG_COMPAT of a little-endian kernel for PowerPC 64.
    Machine("ppcle", 20, 32, "<"),
    Machine("s390x", 22, 64, ">"),
    Machine("s390", 22, 32, ">"),
    Machine("mips", 8, 32, ">"),
    Machine("mipsel", 8, 32, "<"),
    Machine("mips64", 8, 64, ">"),
    Machine("mips64el", 8, 64, "<"),
    Machine("loongarch64", 258, 64, "<"),
    Machine("sparc64", 43, 64, ">"),
    *(
        Machine(name, e_machine, 32, order)
        for name, e_machine, orders in (
            ("i486", 6, "<"),
            ("arm64 ilp32", 183, "<>"),
            ("riscv32", 243, "<>"),
            ("loongarch32", 258, "<"),
            ("sparc", 2, ">"),
            ("sparc32plus", 18, ">"),
            ("m68k", 4, ">"),
            ("parisc", 15, ">"),
            ("sh", 42, "<>"),
            ("xtensa", 94, "<>"),
            ("microblaze", 189, "<>"),
            ("openrisc", 92, ">"),
            ("nios2", 113, "<"),
            ("hexagon", 164, "<"),
            ("arc", 93, "<>"),
            ("arcv2", 195, "<>"),
            ("csky", 252, "<"),
            ("blackfin", 106, "<"),
            ("cris", 76, "<"),
            ("m32r", 88, "<>"),
            ("metag", 174, "<"),
            ("nds32", 167, "<>"),
            ("tilegx", 191, "<>"),
            ("tilepro", 188, "<"),
            ("c6x", 140, "<>"),
        )
        for order in orders
    ),
    Machine("riscv64 big-endian", 243, 64, ">"),
    Machine("parisc64", 15, 64, ">"),
    Machine("alpha", 0x9026, 64, "<"),
    *(Machine("tilegx", 191, 64, order) for order in "<>"),
    *(Machine("ia64", 50, bits, order) for bits in (32, 64) for order in "<>"),
)


@dataclass(frozen=True)
class Loaded:
    """A machine whose kernel accepts the program headers, and the contents that it finds there."""

    machine: Machine
    interpreter: bool
    loads: int


def readings(data: bytes) -> Iterator[Loaded]:
    """All the ways in which kernels would load the file."""
    if data[:4] != b"\x7fELF":
        return
    for machine in MACHINES:
        loaded = _load(data, machine)
        if loaded:
            yield loaded


def _load(data: bytes, machine: Machine) -> Loaded | None:
    header = "HHIQQQIHHHHHH" if machine.bits == 64 else "HHIIIIIHHHHHH"
    size = struct.calcsize(machine.order + header)
    if len(data) < 16 + size:
        return None
    fields = struct.unpack_from(machine.order + header, data, 16)
    e_type, e_machine, _, _, e_phoff, _, _, _, e_phentsize, e_phnum = fields[:10]
    if e_type not in (_ET_EXEC, _ET_DYN) or e_machine != machine.e_machine:
        return None
    entry = "IIQQQQQQ" if machine.bits == 64 else "IIIIIIII"
    entry_size = struct.calcsize(machine.order + entry)
    if e_phentsize != entry_size or not 0 < e_phnum * entry_size <= 65536:
        return None
    if e_phoff + e_phnum * entry_size > len(data):
        return None
    interpreter, loads = False, 0
    for index in range(e_phnum):
        fields = struct.unpack_from(machine.order + entry, data, e_phoff + index * entry_size)
        if machine.bits == 64:
            p_type, _, p_offset, _, _, p_filesz, p_memsz, _ = fields
        else:
            p_type, p_offset, _, _, p_filesz, p_memsz, _, _ = fields
        if p_type == _PT_INTERP and not interpreter:
            if not 2 <= p_filesz <= _PATH_MAX:
                return None
            path = data[p_offset : p_offset + p_filesz]
            if len(path) < p_filesz or path[-1:] != b"\0":
                return None
            interpreter = True
        if p_type == _PT_LOAD:
            if p_filesz > p_memsz:
                return None
            loads += 1
    return Loaded(machine, interpreter, loads)
