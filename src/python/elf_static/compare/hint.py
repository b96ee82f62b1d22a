"""The hint: the likely cause of the differences, and the fix."""

from __future__ import annotations

from collections.abc import Iterable

from elf_static.compare.compare import Comparison, Value
from elf_static.compare.extents import TRAILING, PartKind

# Only debuggers and stack traces read these (src/cmd/link/internal/ld of Go, and DWARF).
_FOR_DEBUGGERS = (
    ".debug_",
    ".zdebug_",
    ".symtab",
    ".strtab",
    ".gosymtab",
    ".gopclntab",
    ".comment",
)
# These depend on everything else.
_CHECKSUMS = (".note.", ".shstrtab", ".gnu_debuglink", TRAILING)

# Lines of the build information other than settings.
_GO, _PATH, _MAIN, _MODULE = "go", "path", "mod", "dep "


def hint(comparison: Comparison) -> str:
    """The most likely cause, and the fix; empty for equal files."""
    if comparison.same:
        return ""
    if comparison.left.problem or comparison.right.problem:
        return (
            "One of them is not a complete program, so only bytes were compared. Check that both "
            "come from a build."
        )
    if {"machine", "bits", "byte_order"} & _names(comparison.header):
        return "They are for different machines. Build both for the same GOOS and GOARCH."
    return (
        _from_build_info(comparison.build_info)
        or _from_identity(comparison)
        or _from_parts(comparison)
        or _from_build_id(comparison)
        or "Something that changes with each build gets into the program: a time, a random number, "
        "a directory, a host name, or the order of a map. Look for it in generated code and in "
        "values that the linker sets (`-X`)."
    )


def _names(values: Iterable[Value]) -> set[str]:
    return {value.name for value in values}


def _from_build_info(values: tuple[Value, ...]) -> str:
    names = _names(values)
    if _GO in names:
        return "They were built with different Go releases. Use the same release for both."
    if _PATH in names:
        return "They are different programs: their main packages have different import paths."
    stamps = sorted(name for name in names if name.startswith("vcs"))
    if stamps:
        return (
            f"They contain the state of the repository ({', '.join(stamps)}). "
            "Build with `-buildvcs=false`."
        )
    if "-trimpath" in names:
        return "One of them contains its build directory. Build both with `-trimpath`."
    if any(name == _MAIN or name.startswith(_MODULE) for name in names):
        return (
            "They were built with different module versions. Build both from the same go.mod and "
            "go.sum. The main module's version comes from the commit."
        )
    if names:
        return (
            f"They were built with different settings ({', '.join(sorted(names))}). Use the same "
            "for both."
        )
    return ""


def _from_identity(comparison: Comparison) -> str:
    if "packed with" in _names(comparison.identity):
        return "One of them was packed after the build. Compare the files from before packing."
    return ""


def _from_parts(comparison: Comparison) -> str:
    parts = comparison.parts
    if all(
        part.kind in (PartKind.OUTSIDE, PartKind.WHOLE) or part.name == TRAILING for part in parts
    ):
        if all(part.differing == 0 for part in parts):
            return "One of them is the start of the other: data was cut off or appended."
        if parts[0].kind is PartKind.OUTSIDE:
            return (
                "The difference is outside all sections and segments. Something changed a file "
                "after the build."
            )
    telling = [part for part in parts if not part.name.startswith(_CHECKSUMS)]
    if telling and all(
        part.kind is PartKind.SECTION and part.name.startswith(_FOR_DEBUGGERS) for part in telling
    ):
        if any(part.left is None or part.right is None for part in telling):
            return (
                "One of them was stripped of debug information. Use the same `-ldflags` for both."
            )
        return (
            "Only debug information differs, often because of the build directory. Build both with "
            "`-trimpath`."
        )
    return ""


def _from_build_id(comparison: Comparison) -> str:
    """By the four hashes in Go's build ID (buildid.go of cmd/go): of the linker's inputs, of the
    main package's inputs, of the main package, and of the program."""
    changed_later = (
        "According to Go's build IDs, the linker's inputs were the same. Something changed a file "
        "after the build (strip, objcopy, a packer)."
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
            "According to Go's build IDs, source files or the compiler's flags differ. Check "
            "generated code: it may contain a time, a random number or the order of a map."
        )
    if left[2] != right[2]:
        return "According to Go's build IDs, the compiler's output differs for the same sources."
    if left[0] != right[0]:
        return (
            "According to Go's build IDs, the main package is the same. Other packages or the "
            "linker's flags differ, such as a value that `-X` sets."
        )
    return changed_later
