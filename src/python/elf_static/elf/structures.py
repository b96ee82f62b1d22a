"""pyelftools' structures, applied to pieces of bytes that are known to be in the file.

pyelftools' `ELFFile` follows counts and offsets wherever they lead; its structures do not, so they
are what this package takes from it. Everything untyped of pyelftools stays in this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from elftools.elf import structs as elf_structs

from elf_static.elf.facts import Header
from elf_static.elf.machines import LITTLE
from elf_static.elf.printable import printable

_ELF_STRUCTS: Any = elf_structs.ELFStructs

HEADER_SIZES = {32: 52, 64: 64}
PROGRAM_HEADER_SIZES = {32: 32, 64: 56}
SECTION_HEADER_SIZES = {32: 40, 64: 64}
DYNAMIC_ENTRY_SIZES = {32: 8, 64: 16}
SYMBOL_SIZES = {32: 16, 64: 24}


@dataclass(frozen=True)
class Structures:
    """The structures for one word size and byte order and, once the header is known, for its
    machine: the meaning of some values depends on that."""

    bits: int
    byte_order: str
    structs: Any

    @classmethod
    def create(cls, bits: int, byte_order: str) -> Structures:
        structs = _ELF_STRUCTS(little_endian=byte_order == LITTLE, elfclass=bits)
        structs.create_basic_structs()
        return cls(bits, byte_order, structs)

    def for_file(self, header: Header) -> Structures:
        structs = _ELF_STRUCTS(little_endian=self.byte_order == LITTLE, elfclass=self.bits)
        structs.create_basic_structs()
        structs.create_advanced_structs(header.type, header.machine, header.os_abi)
        return Structures(self.bits, self.byte_order, structs)

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

    def words(self, data: bytes) -> list[int]:
        """32-bit words, as in the tables of notes and hashes."""
        order: Any = self.byte_order
        return [int.from_bytes(data[i : i + 4], order) for i in range(0, len(data) - 3, 4)]


def _each(structure: Any, data: bytes, size: int) -> Iterator[Any]:
    stream = BytesIO(data)
    for _ in range(len(data) // size):
        yield structure.parse_stream(stream)


def name(value: object) -> str:
    """A value that pyelftools has a name for, or its number."""
    return value if isinstance(value, str) else str(value)


def text(data: bytes) -> str:
    """Bytes of the file as printable text, so that a file cannot steer a terminal or a report."""
    return printable(data.decode("utf-8", "backslashreplace"))
