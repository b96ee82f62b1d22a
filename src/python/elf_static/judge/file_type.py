"""Judging whether a file is a program."""

from __future__ import annotations

from elf_static.elf.facts import Dynamic, Facts, Header


def not_a_program(facts: Facts, header: Header) -> tuple[str, str] | None:
    """The file's actual type and the fix; None for a program."""
    if header.type == "ET_REL":
        what = "an eBPF object" if header.machine == "EM_BPF" else "a relocatable object"
        return (
            f"is {what} (ET_REL), not a program",
            "Link it into a program, and check that program.",
        )
    if header.type == "ET_CORE":
        return "is a core dump (ET_CORE), not a program", "Check the program that dumped it."
    dynamic = facts.dynamic or Dynamic()
    if header.type == "ET_DYN" and not dynamic.pie:
        if facts.packer:
            # A packer removes PT_DYNAMIC, which would contain DF_1_PIE.
            return None
        if facts.interpreter is not None and not dynamic.soname:
            # Linkers before binutils 2.26 did not set DF_1_PIE.
            return None
        if not any(segment.type == "PT_DYNAMIC" for segment in facts.segments):
            return (
                "is position-independent (ET_DYN), but nothing can relocate it: it has neither a "
                "loader (PT_INTERP) nor a PT_DYNAMIC to relocate itself",
                _relocation_fix(facts),
            )
        soname = f", DT_SONAME {dynamic.soname}" if dynamic.soname else ""
        return (
            f"is a shared library (ET_DYN without DF_1_PIE{soname}), not a program",
            "Check the program that uses it. In Go, -buildmode=c-shared and plugin build one.",
        )
    return None


def _relocation_fix(facts: Facts) -> str:
    if facts.is_go:
        return (
            "Build with -buildmode=exe, and without -ldflags=-d: position-independent programs "
            "from Go's linker need a loader and crash at startup without one "
            "(https://go.dev/issue/80464)."
        )
    return "Link with -static-pie, which adds relocation code, or with -static -no-pie."
