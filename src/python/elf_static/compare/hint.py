"""The hint: what usually makes two files differ in this way, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable

from elf_static.compare.compare import Comparison, Value
from elf_static.compare.extents import BEHIND, OUTSIDE, SECTION, WHOLE

# Only debuggers and stack traces read them (src/cmd/link/internal/ld of Go, and DWARF).
_FOR_DEBUGGERS = (
    ".debug_",
    ".zdebug_",
    ".symtab",
    ".strtab",
    ".gosymtab",
    ".gopclntab",
    ".comment",
)
# They follow from all the rest.
_CHECKSUMS = (".note.", ".shstrtab", ".gnu_debuglink", BEHIND)

# Lines of the build information that are no settings.
_GO, _PATH, _MAIN, _MODULE = "go", "path", "mod", "dep "


def hint(comparison: Comparison) -> str:
    """The most telling cause that can be seen, and what to do; empty for the same bytes."""
    if comparison.same:
        return ""
    if comparison.left.problem or comparison.right.problem:
        return (
            "One of them is not a whole program, so only bytes were compared. Check that both are "
            "what a build wrote."
        )
    if {"machine", "bits", "byte_order"} & _names(comparison.header):
        return "They are for different machines. Build both for the same GOOS and GOARCH."
    return (
        _from_build_info(comparison.build_info)
        or _from_identity(comparison)
        or _from_parts(comparison)
        or _from_build_id(comparison)
        or "Something that is new in each build gets into the program: a time, a random number, "
        "the name of a directory or of the machine, the order of a map. Look for it in code that "
        "is generated and in values that the linker sets (`-X`)."
    )


def _names(values: Iterable[Value]) -> set[str]:
    return {value.name for value in values}


def _from_build_info(values: tuple[Value, ...]) -> str:
    names = _names(values)
    if _GO in names:
        return "They were built by different releases of Go. Pin one, and use it for both."
    if _PATH in names:
        return "They are different programs: their main packages have other import paths."
    stamps = sorted(name for name in names if name.startswith("vcs"))
    if stamps:
        return (
            "The state of the repository is written into them "
            f"({', '.join(stamps)}). Build with `-buildvcs=false`."
        )
    if "-trimpath" in names:
        return (
            "One of them holds the directories that it was built in. Build both with `-trimpath`."
        )
    if any(name == _MAIN or name.startswith(_MODULE) for name in names):
        return (
            "They were built from other versions of modules. Build both from the same go.mod and "
            "go.sum; the version of the main module is that of the commit."
        )
    if names:
        return (
            f"They were built with other settings ({', '.join(sorted(names))}). Give both builds "
            "the same."
        )
    return ""


def _from_identity(comparison: Comparison) -> str:
    if "packed with" in _names(comparison.identity):
        return "One of them was packed after it was built. Compare what the build wrote."
    return ""


def _from_parts(comparison: Comparison) -> str:
    parts = comparison.parts
    if all(part.kind in (OUTSIDE, WHOLE) or part.name == BEHIND for part in parts):
        if all(part.differing == 0 for part in parts):
            return "One of them is the beginning of the other: it was cut off, or added to."
        if parts[0].kind == OUTSIDE:
            return (
                "What differs is in no section and no segment. Something changed a file after it "
                "was built."
            )
    telling = [part for part in parts if not part.name.startswith(_CHECKSUMS)]
    if telling and all(
        part.kind == SECTION and part.name.startswith(_FOR_DEBUGGERS) for part in telling
    ):
        if any(part.left is None or part.right is None for part in telling):
            return (
                "One of them was stripped of what debuggers read. Give both builds the same "
                "`-ldflags`."
            )
        return (
            "The program is the same; what debuggers read is not. That is often the directory of "
            "the build: build both with `-trimpath`."
        )
    return ""


def _from_build_id(comparison: Comparison) -> str:
    """By Go's build ID, of four hashes (src/cmd/go/internal/work/buildid.go): of what went into the
    linker, of what went into the main package, of that package, and of the program."""
    changed_later = (
        "Go's build IDs say that the same was linked in the same way. Something changed a file "
        "after it was built (strip, objcopy, a packer)."
    )
    if comparison.same_build_id:
        return changed_later
    found = [value for value in comparison.identity if value.name == "Go build ID"]
    hashes = [(value.left or "").split("/") for value in found]
    hashes += [(value.right or "").split("/") for value in found]
    if [len(each) for each in hashes] != [4, 4]:
        return ""
    left, right = hashes
    if left[1] != right[1]:
        return (
            "Go's build IDs say that source files or the compiler's flags were not the same. Look "
            "at code that is generated: a time, a random number or the order of a map makes it new "
            "in each build."
        )
    if left[2] != right[2]:
        return "Go's build IDs say that the compiler made something else of the same source files."
    if left[0] != right[0]:
        return (
            "Go's build IDs say that the main package is the same, and what was linked is not: the "
            "linker's flags, such as a value that `-X` sets, or a package."
        )
    return changed_later
