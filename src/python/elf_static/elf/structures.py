"""pyelftools' structures, which parse bytes that were read within limits.

pyelftools' `ELFFile` follows every count and offset in a file, so it is not used. Only this module
touches pyelftools, which is untyped.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from io import BytesIO
from types import ModuleType
from typing import Any

from elf_static.elf.facts import Header
from elf_static.elf.machines import LITTLE
from elf_static.elf.printable import printable


def _elf_structs() -> Any:
    # construct imports pdb for a debugger, which nothing here uses and takes 4 ms of each start.
    unused = "pdb" not in sys.modules
    if unused:
        sys.modules["pdb"] = ModuleType("pdb")
    try:
        return import_module("elftools.elf.structs").ELFStructs
    finally:
        if unused:
            del sys.modules["pdb"]


_ELF_STRUCTS = _elf_structs()

HEADER_SIZES = {32: 52, 64: 64}
PROGRAM_HEADER_SIZES = {32: 32, 64: 56}
SECTION_HEADER_SIZES = {32: 40, 64: 64}
DYNAMIC_ENTRY_SIZES = {32: 8, 64: 16}
SYMBOL_SIZES = {32: 16, 64: 24}


@dataclass(frozen=True)
class Structures:
    """The structures for a word size and byte order and, after `for_file`, for a file: the meaning
    of some values depends on its machine."""

    bits: int
    byte_order: str
    structs: Any
    file_header: Any = None

    @classmethod
    def create(cls, bits: int, byte_order: str) -> Structures:
        structs = _ELF_STRUCTS(little_endian=byte_order == LITTLE, elfclass=bits)
        structs.create_basic_structs()
        return cls(bits, byte_order, structs)

    def for_file(self, header: Header, file_header: Any) -> Structures:
        self.structs.create_advanced_structs(header.type, header.machine, header.os_abi)
        return replace(self, file_header=file_header)

    def header(self, data: bytes) -> Any:
        return self.structs.Elf_Ehdr.parse(data)

    def program_headers(self, data: bytes) -> Iterator[Any]:
        return _each(self.structs.Elf_Phdr, data, PROGRAM_HEADER_SIZES[self.bits])

    def section_headers(self, data: bytes) -> Iterator[Any]:
        return _each(self.structs.Elf_Shdr, data, SECTION_HEADER_SIZES[self.bits])

    def dynamic_entries(self, data: bytes) -> Iterator[Any]:
        return _each(self.structs.Elf_Dyn, data, DYNAMIC_ENTRY_SIZES[self.bits])

    def symbols(self, data: bytes) -> Iterator[Any]:
        return _each(self.structs.Elf_Sym, data, SYMBOL_SIZES[self.bits])

    def words(self, data: bytes) -> tuple[int, ...]:
        """32-bit words, as in notes and hash tables."""
        order = "<" if self.byte_order == LITTLE else ">"
        return struct.unpack_from(f"{order}{len(data) // 4}I", data)


def _each(structure: Any, data: bytes, size: int) -> Iterator[Any]:
    stream = BytesIO(data)
    for _ in range(len(data) // size):
        yield structure.parse_stream(stream)


def name(value: object) -> str:
    """pyelftools' name for a value, or its number."""
    return value if isinstance(value, str) else str(value)


def text(data: bytes) -> str:
    """Bytes of a file as printable text, which cannot affect a terminal or a report."""
    return printable(data.decode("utf-8", "backslashreplace"))
