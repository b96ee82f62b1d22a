"""The rules, each with its stable id, its name in a policy, and why it matters.

Those with `linkage` decide the verdict, which is the fact whether a program is static; the others
are what a policy may ask for beside.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """`requirement` is a sentence that is true of a file which keeps the rule."""

    id: str
    name: str
    requirement: str
    why: str
    linkage: bool = False


READABLE = Rule(
    "ES001",
    "readable",
    "The file is a whole ELF file that can be read.",
    "What cannot be read cannot be judged, and no evidence is never a pass.",
    linkage=True,
)
TYPE = Rule(
    "ES002",
    "type",
    "The file is a program, not a library, an object file or a core dump.",
    "Only an executable, or a position-independent one marked as such, is a program.",
    linkage=True,
)
LOADABLE = Rule(
    "ES003",
    "loadable",
    "The kernel finds a segment to load and code to start.",
    "A kernel that finds nothing to load or nowhere to start cannot run the file.",
    linkage=True,
)
INTERPRETER = Rule(
    "ES004",
    "interpreter",
    "The program asks for no program interpreter (PT_INTERP).",
    "The kernel starts this loader instead of the program; in an image without it the program "
    'fails with "no such file or directory".',
    linkage=True,
)
NEEDED = Rule(
    "ES005",
    "needed",
    "The program needs no shared libraries (DT_NEEDED).",
    "Shared libraries have to be found at run time, in versions that fit.",
    linkage=True,
)
DYNAMIC_SECTION = Rule(
    "ES006",
    "dynamic-section",
    "Only a position-independent program has a dynamic section.",
    "It is the list of what a loader has to do; a static program that is not "
    "position-independent has none.",
    linkage=True,
)
UNDEFINED_SYMBOLS = Rule(
    "ES007",
    "undefined-symbols",
    "The program has no undefined dynamic symbols.",
    "Only a loader can connect them to the libraries that define them.",
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
    "A program for another system does not start, or fails in odd ways.",
)
RPATH = Rule(
    "ES010",
    "rpath",
    "The program has no library search path.",
    "A search path for libraries is of use to a loader only, and a way for others to slip one in.",
)
TEXTREL = Rule(
    "ES011",
    "textrel",
    "The program has no relocations in its code.",
    "Code that is changed when it is loaded has to be writable, which hardened systems refuse.",
)
WRITABLE_CODE = Rule(
    "ES012",
    "writable-code",
    "No segment is both writable and executable.",
    "Memory that is both writable and executable turns a write error into running foreign code.",
)
EXECUTABLE_STACK = Rule(
    "ES013",
    "executable-stack",
    "The stack is not executable.",
    "A stack that can be executed turns a buffer overflow into running foreign code.",
)
GLIBC = Rule(
    "ES014",
    "glibc",
    "The program does not contain GNU's C library.",
    "GNU's C library is not made to be linked statically: parts of it still look for shared "
    "libraries of exactly its own version.",
)
GLIBC_PLUGINS = Rule(
    "ES015",
    "glibc-plugins",
    "The program loads no modules of GNU's C library at run time.",
    "They are loaded when they are first used, and the program fails or crashes where they are "
    "missing or of another version.",
)
PACKED = Rule(
    "ES016",
    "packed",
    "The program is not packed.",
    "What is inside a packed program, a loader's name among it, shows only when it is unpacked.",
    linkage=True,
)
BUILD_INFO = Rule(
    "ES017",
    "build-info",
    "The program has Go's build information.",
    "It is how a Go program proves with which settings it was built, and what scanners of known "
    "vulnerabilities read.",
)
CGO = Rule(
    "ES018",
    "cgo",
    "The program was built without cgo.",
    "With cgo, C code is linked in, and with it whatever its libraries need at run time.",
)
BUILD_TAGS = Rule(
    "ES019",
    "build-tags",
    "The program was built with the build tags that the policy lists.",
    "Without netgo and osusergo the packages net and os/user use the C library where cgo is on.",
)
VCS = Rule(
    "ES020",
    "vcs",
    "The program does not record the state of a repository.",
    "A stamp of the repository's state makes the bytes differ between builds of the same source, "
    "and its reading makes builds fail where .git is not usable.",
)
GO_VERSION = Rule(
    "ES021",
    "go-version",
    "The program was built by a Go version that the policy allows.",
    "The policy says which Go versions may build a program.",
)
BUILD_SETTINGS = Rule(
    "ES022",
    "build-settings",
    "The program was built with the settings that the policy asks for.",
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
    "The program contains no module that is a stub without cgo.",
    "Without cgo this module compiles to a stub that fails when the program uses it.",
)
SCRATCH = Rule(
    "ES026",
    "scratch",
    "The program starts in an empty root file system.",
    "A program that needs nothing but itself starts in an empty root file system.",
)

RULES = (
    READABLE,
    TYPE,
    LOADABLE,
    INTERPRETER,
    NEEDED,
    DYNAMIC_SECTION,
    UNDEFINED_SYMBOLS,
    MACHINE,
    OS,
    RPATH,
    TEXTREL,
    WRITABLE_CODE,
    EXECUTABLE_STACK,
    GLIBC,
    GLIBC_PLUGINS,
    PACKED,
    BUILD_INFO,
    CGO,
    BUILD_TAGS,
    VCS,
    GO_VERSION,
    BUILD_SETTINGS,
    MODULES,
    SIZE,
    STUBS,
    SCRATCH,
)

# A file that cannot be judged is no matter of taste; a program that was to start did or did not.
FIXED = frozenset({READABLE.name, SCRATCH.name})
