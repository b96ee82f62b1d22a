"""The facts of an ELF file: one frozen record.

Names follow the ELF specification (gABI, chapters 4 and 5) and `go version -m`. Sizes, offsets and
addresses are in bytes. All text is `printable`, also in JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from elf_static.elf.machines import go_name


@dataclass(frozen=True)
class Header:
    """The ELF header. `type` and `machine` are names of the specification (`ET_EXEC`, `EM_X86_64`),
    or numbers if it has none; `bits` is 32 or 64."""

    bits: int
    byte_order: str
    os_abi: str
    type: str
    machine: str
    entry: int
    flags: int

    @property
    def goarch(self) -> str:
        """The GOARCH, or the machine's usual name if Go does not support it."""
        return go_name(self.machine, self.bits, self.byte_order)


@dataclass(frozen=True)
class Segment:
    """A program header. `flags` is a subset of "RWX", in this order."""

    type: str
    flags: str
    offset: int
    address: int
    file_size: int
    memory_size: int
    align: int

    @property
    def is_load(self) -> bool:
        return self.type == "PT_LOAD"


@dataclass(frozen=True)
class Section:
    name: str
    type: str
    address: int
    offset: int
    size: int
    flags: int
    entry_size: int


@dataclass(frozen=True)
class Dynamic:
    """PT_DYNAMIC: what a loader has to do.

    `undefined` has the first `UNDEFINED_SHOWN` of `undefined_count` undefined global symbols. Weak
    symbols are left out: they may stay undefined and need no loader. Each other field is an entry
    of the table.
    """

    needed: tuple[str, ...] = ()
    soname: str = ""
    rpath: str = ""
    runpath: str = ""
    pie: bool = False
    bind_now: bool = False
    text_relocations: bool = False
    undefined: tuple[str, ...] = ()
    undefined_count: int = 0


UNDEFINED_SHOWN = 10


@dataclass(frozen=True)
class Hardening:
    """Protections that a policy may require. `relro` is "none", "partial" (PT_GNU_RELRO) or "full"
    (also DT_BIND_NOW, DF_BIND_NOW or DF_1_NOW). `fips140` is Go's build setting GOFIPS140, or
    "off"."""

    pie: bool = False
    relro: str = "none"
    fips140: str = "off"


@dataclass(frozen=True)
class Notes:
    """The contents of PT_NOTE segments; each is empty if missing. `glibc` is the oldest kernel that
    the linked GNU C library supports (NT_GNU_ABI_TAG: "3.2.0"). `os` is the BSD ("freebsd") that
    the program is marked for."""

    glibc: str = ""
    os: str = ""
    go_build_id: str = ""
    gnu_build_id: str = ""


@dataclass(frozen=True)
class Module:
    """A module of the build, and its replacement in go.mod."""

    path: str
    version: str
    sum: str = ""
    replaced_by: Module | None = None


@dataclass(frozen=True)
class Setting:
    """A `build` line of the build information: `CGO_ENABLED=0`, `-tags=netgo,osusergo`."""

    key: str
    value: str


@dataclass(frozen=True)
class BuildInfo:
    """Go's build information, as `go version -m` shows it (`debug.BuildInfo`). Before Go 1.18, it
    had no settings."""

    go_version: str
    path: str = ""
    main: Module | None = None
    modules: tuple[Module, ...] = ()
    settings: tuple[Setting, ...] = ()

    def setting(self, key: str) -> str | None:
        for setting in self.settings:
            if setting.key == key:
                return setting.value
        return None


@dataclass(frozen=True)
class Facts:
    """One file: a field for each fact that reports show and policies judge.

    `damage` says why the file cannot be judged. Each text completes a sentence that starts with the
    file's name ("is not an ELF file: …"). The other fields have whatever could be read.

    `interpreter` is None without a PT_INTERP. `packer` is the name of the tool that compressed the
    file. `debug_only` marks debug information that was split from a program. `is_go` marks a Go
    program; if it has no `build_info`, `build_info_problem` says why.
    """

    size: int
    damage: tuple[str, ...] = ()
    header: Header | None = None
    segments: tuple[Segment, ...] = ()
    sections: tuple[Section, ...] = ()
    interpreter: str | None = None
    dynamic: Dynamic | None = None
    notes: Notes = field(default_factory=Notes)
    glibc_plugins: tuple[str, ...] = ()
    packer: str = ""
    debug_only: bool = False
    is_go: bool = False
    build_info: BuildInfo | None = None
    build_info_problem: str = ""

    @property
    def goos(self) -> str:
        """The system that a note or the build information names; empty if neither does."""
        built_for = self.build_info.setting("GOOS") if self.build_info else None
        return self.notes.os or built_for or ""

    @property
    def platform(self) -> str:
        """`linux/amd64`, or the known part of it."""
        return "/".join(filter(None, (self.goos, self.header.goarch if self.header else "")))

    hardening: Hardening = field(default_factory=Hardening)
