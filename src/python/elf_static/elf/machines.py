"""The machines that kernels accept, and the ELF headers of each GOOS and GOARCH."""

from __future__ import annotations

from dataclasses import dataclass

LITTLE = "little"
BIG = "big"


@dataclass(frozen=True)
class Target:
    """A GOARCH in the ELF header."""

    machine: str
    bits: int
    byte_order: str

    def __str__(self) -> str:
        return f"{machine_name(self.machine)}, {self.bits} bits, {self.byte_order}-endian"


# As in src/cmd/link/internal/ld/elf.go of Go.
GO_ARCHITECTURES = {
    "386": Target("EM_386", 32, LITTLE),
    "amd64": Target("EM_X86_64", 64, LITTLE),
    "arm": Target("EM_ARM", 32, LITTLE),
    "arm64": Target("EM_AARCH64", 64, LITTLE),
    "loong64": Target("EM_LOONGARCH", 64, LITTLE),
    "mips": Target("EM_MIPS", 32, BIG),
    "mips64": Target("EM_MIPS", 64, BIG),
    "mips64le": Target("EM_MIPS", 64, LITTLE),
    "mipsle": Target("EM_MIPS", 32, LITTLE),
    "ppc64": Target("EM_PPC64", 64, BIG),
    "ppc64le": Target("EM_PPC64", 64, LITTLE),
    "riscv64": Target("EM_RISCV", 64, LITTLE),
    "s390x": Target("EM_S390", 64, BIG),
}

# EI_OSABI of a file for a GOOS. A note that names the system takes precedence.
GO_SYSTEMS = {
    "dragonfly": ("ELFOSABI_SYSV",),
    "freebsd": ("ELFOSABI_FREEBSD", "ELFOSABI_SYSV"),
    "linux": ("ELFOSABI_SYSV", "ELFOSABI_LINUX"),
    "netbsd": ("ELFOSABI_NETBSD", "ELFOSABI_SYSV"),
    "openbsd": ("ELFOSABI_OPENBSD", "ELFOSABI_SYSV"),
}

_BOTH = (LITTLE, BIG)

# All machines that Linux or a BSD has ever run on, with the word sizes and byte orders of their
# programs (arch/*/include/asm/elf.h of Linux, current and old). x86-64 (x32) and AArch64 (ILP32)
# also have 32-bit programs.
_MACHINES = {
    "EM_386": ((32,), (LITTLE,)),
    "EM_68K": ((32,), (BIG,)),
    "EM_AARCH64": ((32, 64), _BOTH),
    "EM_ALPHA": ((64,), (LITTLE,)),
    "EM_ALTERA_NIOS2": ((32,), (LITTLE,)),
    "EM_ARC_COMPACT": ((32,), _BOTH),
    "EM_ARC_COMPACT2": ((32,), _BOTH),
    "EM_ARM": ((32,), _BOTH),
    "EM_BLACKFIN": ((32,), (LITTLE,)),
    "EM_CRIS": ((32,), (LITTLE,)),
    "EM_CSKY": ((32,), (LITTLE,)),
    "EM_IA_64": ((32, 64), _BOTH),
    "EM_IAMCU": ((32,), (LITTLE,)),
    "EM_LOONGARCH": ((32, 64), (LITTLE,)),
    "EM_M32R": ((32,), _BOTH),
    "EM_METAG": ((32,), (LITTLE,)),
    "EM_MICROBLAZE": ((32,), _BOTH),
    "EM_MIPS": ((32, 64), _BOTH),
    "EM_NDS32": ((32,), _BOTH),
    "EM_OPENRISC": ((32,), (BIG,)),
    "EM_PARISC": ((32, 64), (BIG,)),
    "EM_PPC": ((32,), _BOTH),
    "EM_PPC64": ((64,), _BOTH),
    "EM_QDSP6": ((32,), (LITTLE,)),
    "EM_RISCV": ((32, 64), _BOTH),
    "EM_S390": ((32, 64), (BIG,)),
    "EM_SH": ((32,), _BOTH),
    "EM_SPARC": ((32,), (BIG,)),
    "EM_SPARC32PLUS": ((32,), (BIG,)),
    "EM_SPARCV9": ((64,), (BIG,)),
    "EM_TILEGX": ((32, 64), _BOTH),
    "EM_TILEPRO": ((32,), (LITTLE,)),
    "EM_TI_C6000": ((32,), _BOTH),
    "EM_X86_64": ((32, 64), (LITTLE,)),
    "EM_XTENSA": ((32,), _BOTH),
}

_NAMES = {
    "EM_386": "x86",
    "EM_AARCH64": "AArch64",
    "EM_ARM": "ARM",
    "EM_BPF": "BPF",
    "EM_LOONGARCH": "LoongArch",
    "EM_MIPS": "MIPS",
    "EM_PPC": "PowerPC",
    "EM_PPC64": "PowerPC 64",
    "EM_RISCV": "RISC-V",
    "EM_S390": "S/390",
    "EM_X86_64": "x86-64",
}


def machine_name(machine: str) -> str:
    """The machine's usual name: `x86-64` for `EM_X86_64`."""
    return _NAMES.get(machine, machine[3:] if machine.startswith("EM_") else machine)


def contradiction(machine: str, bits: int, byte_order: str) -> str:
    """Why no program has such a header; empty if some do.

    The Linux kernel reads e_machine and e_phentsize, but not EI_CLASS and EI_DATA
    (fs/binfmt_elf.c). If they contradict each other, it may run another program than tools see.
    """
    if machine not in _MACHINES:
        return f"no known system runs programs for its machine (e_machine {machine})"
    name = machine_name(machine)
    known_bits, known_orders = _MACHINES[machine]
    if bits not in known_bits:
        return f"it claims to have {bits} bits, but {name} has {known_bits[0]}"
    if byte_order not in known_orders:
        return f"it claims to be {byte_order}-endian, but {name} is not"
    return ""


def go_name(machine: str, bits: int, byte_order: str) -> str:
    """The GOARCH of a header, or the machine's usual name if Go does not support it."""
    target = Target(machine, bits, byte_order)
    for name, known in GO_ARCHITECTURES.items():
        if known == target:
            return name
    return machine_name(machine)
