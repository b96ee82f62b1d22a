"""The ELF header, the program headers and the section headers.

Reads the program headers as the Linux kernel does (fs/binfmt_elf.c, `load_elf_phdrs` and
`load_elf_binary`), because they decide whether it starts a loader. A file that pyelftools or
binutils would read differently is damaged.
"""

from __future__ import annotations

from collections.abc import Sequence

from elf_static.elf.bounded_file import MAX_PIECE, OutOfFileError, Source
from elf_static.elf.facts import Header, Section, Segment
from elf_static.elf.machines import BIG, LITTLE, contradiction
from elf_static.elf.structures import (
    HEADER_SIZES,
    PROGRAM_HEADER_SIZES,
    SECTION_HEADER_SIZES,
    Structures,
    name,
    text,
)

# The kernel's limit for all program headers together, in bytes (`load_elf_phdrs`).
_MAX_PROGRAM_HEADERS = 65536

# Programs have a few dozen; reading one takes 12 µs.
MAX_SECTIONS = 8192

_SHN_XINDEX = 0xFFFF
_ALLOC_EXECUTE = 0x2 | 0x4  # SHF_ALLOC | SHF_EXECINSTR
_PAGE = 4096

_TYPES = frozenset({"ET_REL", "ET_EXEC", "ET_DYN", "ET_CORE"})

# Programs for Alpha use an unassigned number, which pyelftools does not know. It gives the name to
# the assigned number, 41, which no kernel accepts (EM_FAKE_ALPHA in glibc's elf.h).
_MACHINE_NAMES = {0x9026: "EM_ALPHA", "EM_ALPHA": "EM_FAKE_ALPHA"}

PROGRAM_TYPES = frozenset({"ET_EXEC", "ET_DYN"})

# The first bytes of other files that people check by mistake.
_OTHER_FORMATS = (
    (b"MZ", "a Windows program (PE)"),
    (b"\xcf\xfa\xed\xfe", "a macOS program (Mach-O)"),
    (b"\xce\xfa\xed\xfe", "a macOS program (Mach-O)"),
    (b"\xca\xfe\xba\xbe", "a macOS universal binary or a Java class"),
    (b"!<arch>\n", "an archive of object files (ar)"),
    (b"\x00asm", "a WebAssembly module"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"PK\x03\x04", "a zip archive"),
    (b"#!", "a script"),
)


class DamagedError(Exception):
    """The file cannot be judged. The text completes a sentence that starts with the file's name."""


def read_header(source: Source) -> tuple[Header, Structures]:
    """
    :raises DamagedError: the file is not ELF, or its header is invalid.
    """
    identification = source.read_up_to(0, 16)
    if identification[:4] != b"\x7fELF":
        raise DamagedError(f"is not an ELF file: {_description(identification)}")
    if len(identification) < 16:
        raise DamagedError("is damaged: it ends in the middle of the ELF header")
    bits = {1: 32, 2: 64}.get(identification[4])
    if bits is None:
        raise DamagedError(f"is damaged: its class (EI_CLASS) is {identification[4]}, not 1 or 2")
    byte_order = {1: LITTLE, 2: BIG}.get(identification[5])
    if byte_order is None:
        raise DamagedError(
            f"is damaged: its byte order (EI_DATA) is {identification[5]}, not 1 or 2"
        )
    data = source.read_up_to(0, HEADER_SIZES[bits])
    if len(data) < HEADER_SIZES[bits]:
        raise DamagedError("is damaged: it ends in the middle of the ELF header")
    structures = Structures.create(bits, byte_order)
    fields = structures.header(data)
    header = Header(
        bits=bits,
        byte_order=byte_order,
        os_abi=name(fields.e_ident.EI_OSABI),
        type=name(fields.e_type),
        machine=_MACHINE_NAMES.get(fields.e_machine, name(fields.e_machine)),
        entry=fields.e_entry,
        flags=fields.e_flags,
    )
    return header, structures.for_file(header, fields)


def header_damage(source: Source, header: Header, structures: Structures) -> str:
    """Why the header is invalid; empty if it is valid."""
    if structures.file_header.e_ident.EI_VERSION != "EV_CURRENT":
        return "is damaged: its ELF version (EI_VERSION) is not 1"
    if header.type not in _TYPES:
        return f"is damaged: its type (e_type {header.type}) is unknown"
    reason = contradiction(header.machine, header.bits, header.byte_order)
    # Object files (such as eBPF) and core dumps may be for any machine.
    if reason and header.type in PROGRAM_TYPES:
        return f"is damaged: {reason}"
    other = 96 - header.bits
    if _reads_as(source, other, header.byte_order):
        return (
            f"is damaged: it claims to have {header.bits} bits, but a kernel would run it as a "
            f"{other}-bit program"
        )
    return ""


def _reads_as(source: Source, bits: int, byte_order: str) -> bool:
    """Whether a kernel for `bits` bits accepts the program headers: e_phentsize is right, and there
    is at least one."""
    data = source.read_up_to(0, HEADER_SIZES[bits])
    if len(data) < HEADER_SIZES[bits]:
        return False
    fields = Structures.create(bits, byte_order).header(data)
    size = PROGRAM_HEADER_SIZES[bits]
    if fields.e_phentsize != size or not 0 < fields.e_phnum * size <= _MAX_PROGRAM_HEADERS:
        return False
    return bool(fields.e_phoff + fields.e_phnum * size <= source.size)


def read_segments(source: Source, structures: Structures) -> tuple[Segment, ...]:
    """The program headers; none in an object file.

    :raises DamagedError: the kernel would refuse them or read others.
    """
    bits, fields = structures.bits, structures.file_header
    count = fields.e_phnum
    if count == 0:
        return ()
    size = PROGRAM_HEADER_SIZES[bits]
    if fields.e_phentsize != size:
        raise DamagedError(
            f"is damaged: its program headers have {fields.e_phentsize} bytes each (e_phentsize), "
            f"but {bits}-bit files have {size}"
        )
    if count * size > _MAX_PROGRAM_HEADERS:
        # This includes 0xffff (PN_XNUM), for which tools, but not the kernel, read the count from
        # section 0.
        raise DamagedError(
            f"is damaged: it claims to have {count} program headers (e_phnum), more than a kernel "
            "loads"
        )
    try:
        data = source.read(fields.e_phoff, count * size)
    except OutOfFileError as e:
        raise DamagedError(f"is damaged: its program headers {e}") from None
    return tuple(
        Segment(
            type=name(entry.p_type),
            flags="".join(
                letter for bit, letter in ((4, "R"), (2, "W"), (1, "X")) if entry.p_flags & bit
            ),
            offset=entry.p_offset,
            address=entry.p_vaddr,
            file_size=entry.p_filesz,
            memory_size=entry.p_memsz,
            align=entry.p_align,
        )
        for entry in structures.program_headers(data)
    )


# Segments with contents. Others (PT_GNU_STACK) may have any offset.
_READ_TYPES = frozenset({"PT_LOAD", "PT_INTERP", "PT_DYNAMIC", "PT_NOTE", "PT_TLS"})


def segment_damage(source: Source, segments: Sequence[Segment], bits: int) -> list[str]:
    """Why the segments cannot be loaded, or why it is unclear what would be loaded."""
    found = []
    for index, segment in enumerate(segments):
        what = f"program header {index} ({segment.type})"
        end = segment.offset + segment.file_size
        if segment.type in _READ_TYPES and segment.file_size and end > source.size:
            found.append(
                f"is damaged: {what} covers bytes {segment.offset} to {end}, but the file has "
                f"only {source.size} bytes; it may be truncated"
            )
        if not segment.is_load:
            continue
        if segment.file_size > segment.memory_size:
            found.append(f"is damaged: {what} is larger in the file than in memory")
        if segment.address + segment.memory_size > 1 << bits:
            found.append(f"is damaged: {what} extends beyond the address space")
        if segment.file_size and (segment.address - segment.offset) % _PAGE:
            found.append(f"is damaged: {what} is not page-aligned, so no kernel maps it")
    return found


def read_sections(source: Source, structures: Structures) -> tuple[Section, ...]:
    """The section headers; none if they were stripped.

    :raises DamagedError: they are not in the file. A program runs without them, but the file is
        probably truncated.
    """
    bits, fields = structures.bits, structures.file_header
    if fields.e_shoff == 0:
        return ()
    size = SECTION_HEADER_SIZES[bits]
    if fields.e_shentsize != size:
        if fields.e_shnum == 0:
            return ()
        raise DamagedError(
            f"is damaged: its section headers have {fields.e_shentsize} bytes each (e_shentsize), "
            f"but {bits}-bit files have {size}"
        )
    try:
        first = next(structures.section_headers(source.read(fields.e_shoff, size)))
        # gABI, chapter 4: section 0 has the counts that do not fit into the header.
        count = fields.e_shnum or first.sh_size
        names_index = first.sh_link if fields.e_shstrndx == _SHN_XINDEX else fields.e_shstrndx
        end = fields.e_shoff + count * size
        if end > source.size:
            raise OutOfFileError(
                f"should be at bytes {fields.e_shoff} to {end}, but the file has only "
                f"{source.size} bytes"
            )
        table = source.read(fields.e_shoff, min(count, MAX_SECTIONS) * size)
    except OutOfFileError as e:
        raise DamagedError(f"is damaged: its section headers {e}; it may be truncated") from None
    entries = list(structures.section_headers(table))
    names = b""
    if names_index < len(entries) and entries[names_index].sh_type == "SHT_STRTAB":
        strings = entries[names_index]
        names = source.read_up_to(strings.sh_offset, min(strings.sh_size, MAX_PIECE))
    return tuple(
        Section(
            name=text(names[entry.sh_name : entry.sh_name + 256].split(b"\0", 1)[0]),
            type=name(entry.sh_type),
            address=entry.sh_addr,
            offset=entry.sh_offset,
            size=entry.sh_size,
            flags=entry.sh_flags,
            entry_size=entry.sh_entsize,
        )
        for entry in entries
    )


def section_damage(source: Source, sections: Sequence[Section]) -> str:
    """Which section's contents are missing, as in a truncated file; empty if none."""
    for section in sections:
        if section.type in ("SHT_NULL", "SHT_NOBITS"):
            continue
        end = section.offset + section.size
        if section.size and end > source.size:
            return (
                f"is damaged: section {section.name or '(unnamed)'} covers bytes {section.offset} "
                f"to {end}, but the file has only {source.size} bytes; it may be truncated"
            )
    return ""


def holds_no_code(sections: Sequence[Section]) -> bool:
    """Whether the file is a program's debug information, split off by objcopy --only-keep-debug or
    eu-strip -f. They keep all section headers, but not the contents of code. The program headers do
    not tell: some tools set their file sizes to 0, others do not."""
    code = [
        section.type for section in sections if section.flags & _ALLOC_EXECUTE == _ALLOC_EXECUTE
    ]
    return bool(code) and set(code) == {"SHT_NOBITS"}


def file_range(segments: Sequence[Segment], address: int) -> tuple[int, int] | None:
    """The offset of the byte loaded at `address`, and the number of bytes from there to the end of
    its segment in the file. None if that byte is not loaded from the file."""
    for segment in segments:
        if segment.is_load and 0 <= address - segment.address < segment.file_size:
            skipped = address - segment.address
            return segment.offset + skipped, segment.file_size - skipped
    return None


def _description(start: bytes) -> str:
    if not start:
        return "it is empty"
    for magic, format_name in _OTHER_FORMATS:
        if start.startswith(magic):
            return f"it is {format_name}"
    text = " ".join(start.decode("latin-1").split())
    if start.isascii() and text.isprintable():
        return f"it is text and starts with `{text}`"
    return f"it starts with the bytes {start[:4].hex(' ')}"
