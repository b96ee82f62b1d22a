"""The rules, each with its stable id, its name in a policy, and why it matters.

Rules with `linkage` decide the verdict: whether a program is static. A policy decides the others.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """`requirement` is a sentence that is true of a file that follows the rule. A rule with
    `opt_in` reports nothing unless a policy denies or warns of it."""

    id: str
    name: str
    requirement: str
    why: str
    linkage: bool = False
    opt_in: bool = False


READABLE = Rule(
    "ES001",
    "readable",
    "The file is a complete and readable ELF file.",
    "An unreadable file cannot be judged, so it never passes.",
    linkage=True,
)
TYPE = Rule(
    "ES002",
    "type",
    "The file is a program, not a library, an object file or a core dump.",
    "A program is an ET_EXEC file, or an ET_DYN file marked as an executable (DF_1_PIE).",
    linkage=True,
)
LOADABLE = Rule(
    "ES003",
    "loadable",
    "The kernel finds a segment to load and code to start.",
    "Without a segment to load and a valid entry point, the kernel cannot run the file.",
    linkage=True,
)
INTERPRETER = Rule(
    "ES004",
    "interpreter",
    "The program has no program interpreter (PT_INTERP).",
    "The kernel starts this loader instead of the program; in an image without it, the program "
    'fails with "no such file or directory".',
    linkage=True,
)
NEEDED = Rule(
    "ES005",
    "needed",
    "The program needs no shared libraries (DT_NEEDED).",
    "Shared libraries must be present at run time, in compatible versions.",
    linkage=True,
)
DYNAMIC_SECTION = Rule(
    "ES006",
    "dynamic-section",
    "Only a position-independent program has a dynamic section.",
    "The dynamic section lists the work of a loader; a static program has none unless it is "
    "position-independent.",
    linkage=True,
)
UNDEFINED_SYMBOLS = Rule(
    "ES007",
    "undefined-symbols",
    "The program has no undefined dynamic symbols.",
    "Only a loader can resolve these symbols.",
    linkage=True,
)
MACHINE = Rule(
    "ES008",
    "machine",
    "The program is for the expected machine.",
    'A program for another machine fails with "exec format error".',
)
OS = Rule(
    "ES009",
    "os",
    "The program is for the expected operating system.",
    "A program for another system does not start, or fails unpredictably.",
)
RPATH = Rule(
    "ES010",
    "rpath",
    "The program has no library search path.",
    "Only a loader uses a library search path, and an attacker can place a library there.",
)
TEXTREL = Rule(
    "ES011",
    "textrel",
    "The program has no relocations in its code.",
    "Relocating code at load time requires writable code, which hardened systems refuse.",
)
WRITABLE_CODE = Rule(
    "ES012",
    "writable-code",
    "No segment is both writable and executable.",
    "An attacker who can write to this memory can run code.",
)
EXECUTABLE_STACK = Rule(
    "ES013",
    "executable-stack",
    "The stack is not executable.",
    "An attacker who overflows a buffer on this stack can run code.",
)
GLIBC = Rule(
    "ES014",
    "glibc",
    "The program does not contain GNU's C library.",
    "Parts of a statically linked GNU C library still load shared libraries, which must have "
    "exactly the same version.",
)
GLIBC_PLUGINS = Rule(
    "ES015",
    "glibc-plugins",
    "The program loads no modules of GNU's C library at run time.",
    "These modules are loaded on first use. If one is missing or has another version, the program "
    "fails or crashes.",
)
PACKED = Rule(
    "ES016",
    "packed",
    "The program is not packed.",
    "Packing hides the program's contents, including the name of its loader.",
    linkage=True,
)
BUILD_INFO = Rule(
    "ES017",
    "build-info",
    "The program has Go's build information.",
    "The build information records the build settings, and vulnerability scanners read it.",
)
CGO = Rule(
    "ES018",
    "cgo",
    "The program was built without cgo.",
    "With cgo, the program contains C code, which may need libraries at run time.",
)
BUILD_TAGS = Rule(
    "ES019",
    "build-tags",
    "The program was built with the build tags that the policy lists.",
    "If cgo is on, the packages net and os/user use the C library unless built with netgo and "
    "osusergo.",
)
VCS = Rule(
    "ES020",
    "vcs",
    "The program does not record the state of a repository.",
    "With a VCS stamp, builds of the same source can differ, and builds fail if Git cannot read "
    "the repository.",
)
GO_VERSION = Rule(
    "ES021",
    "go-version",
    "The program was built with a Go version that the policy allows.",
    "The policy says which Go versions may build a program.",
)
BUILD_SETTINGS = Rule(
    "ES022",
    "build-settings",
    "The program was built with the settings that the policy requires.",
    "The policy says which build settings a program must or must not have.",
)
MODULES = Rule(
    "ES023",
    "modules",
    "The program contains only modules that the policy allows.",
    "The policy says which modules a program may contain.",
)
SIZE = Rule(
    "ES024",
    "size",
    "The program is no larger than the policy allows.",
    "The policy says how large a program may be.",
)
STUBS = Rule(
    "ES025",
    "stubs",
    "The program contains no module that needs cgo but was built without it.",
    "Without cgo this module compiles to a stub that fails when the program uses it.",
)
SCRATCH = Rule(
    "ES026",
    "scratch",
    "The program starts in an empty root file system.",
    "A program without external dependencies starts in an empty root file system.",
)

PIE = Rule(
    "ES027",
    "pie",
    "The program is position-independent.",
    "The kernel can load only a position-independent program at a random address, which makes "
    "exploiting a memory error harder.",
    opt_in=True,
)
RELRO = Rule(
    "ES028",
    "relro",
    "The program's relocated data is read-only after startup.",
    "An attacker who can write to function pointers in relocated data can run code.",
    opt_in=True,
)
FIPS140 = Rule(
    "ES029",
    "fips140",
    "The Go program was built with a FIPS 140-3 module.",
    "Only a program built with GOFIPS140 uses a frozen version of Go's cryptographic module, which "
    "can be validated.",
    opt_in=True,
)
COVERAGE = Rule(
    "ES030",
    "coverage",
    "The Go program was not built for coverage.",
    "A program built with -cover is larger and slower, and writes coverage data to GOCOVERDIR.",
)
SIZE_GROWTH = Rule(
    "ES031",
    "size-growth",
    "The program did not grow by more than its baseline allows.",
    "A program grows unnoticed unless a review sees which module made it larger.",
)

RULES = tuple(value for value in list(globals().values()) if isinstance(value, Rule))
"""All rules, by id."""

# A policy cannot change these: the file was readable or not, and the program started or not.
FIXED = frozenset({READABLE.name, SCRATCH.name})
