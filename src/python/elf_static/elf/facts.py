"""What an ELF file says of itself: one frozen record, which judging and reporting work on.

Names are those of the ELF specification (gABI, chapters 4 and 5) and of `go version -m`. Sizes,
offsets and addresses are in bytes. Text from the file is escaped as `printable` does it, so every
output may print it as it is; JSON has this text too, not the exact bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Header:
    """The ELF header. `type` and `machine` are the names of the specification (`ET_EXEC`,
    `EM_X86_64`), or numbers where it has none; `bits` is 32 or 64."""

    bits: int
    byte_order: str
    os_abi: str
    type: str
    machine: str
    entry: int
    flags: int


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
    """PT_DYNAMIC: what a loader would have to do.

    `undefined` holds the names of undefined global symbols, at most `UNDEFINED_SHOWN` of
    `undefined_count`. Weak ones may stay undefined and need no loader.
    """

    needed: tuple[str, ...] = ()
    soname: str = ""
    rpath: str = ""
    runpath: str = ""
    pie: bool = False
    text_relocations: bool = False
    undefined: tuple[str, ...] = ()
    undefined_count: int = 0


UNDEFINED_SHOWN = 10


@dataclass(frozen=True)
class Notes:
    """What the PT_NOTE segments say. `glibc` is the oldest kernel that the C library which marked
    the file runs on (NT_GNU_ABI_TAG: "3.2.0"), empty without such a mark; `os` is the system of a
    BSD's mark ("freebsd"); `go_build_id` and `gnu_build_id` are identities of the build."""

    glibc: str = ""
    os: str = ""
    go_build_id: str = ""
    gnu_build_id: str = ""


@dataclass(frozen=True)
class Module:
    """A module of the build; `replaced_by` is what stands in for it."""

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
    """What Go's linker wrote about the build, as `go version -m` shows it (`debug.BuildInfo`).

    Linkers before Go 1.18 wrote no settings.
    """

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
    """One file.

    `damage` says why the file cannot be judged; each is the end of a sentence that starts with the
    file's name ("is not an ELF file: …"). It is empty for a file that is what it claims to be. The
    rest of the record then holds what could be read all the same.

    `interpreter` is None without a PT_INTERP. `is_go` tells a Go program, also one without build
    information, for which `build_info_problem` says why there is none. `packer` is the name of a
    program that has compressed the file. `debug_only` tells a file that was split from a program
    and holds what debuggers read, but no code.
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
