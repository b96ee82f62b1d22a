"""Judging whether a file is a program at all."""

from __future__ import annotations

from elf_static.elf.facts import Dynamic, Facts, Header


def not_a_program(facts: Facts, header: Header) -> tuple[str, str] | None:
    """What the file is instead, and what to do."""
    if header.type == "ET_REL":
        what = "an eBPF object" if header.machine == "EM_BPF" else "a relocatable object"
        return (
            f"is {what} (ET_REL), not a program",
            "Link it into a program and judge that one.",
        )
    if header.type == "ET_CORE":
        return "is a core dump (ET_CORE), not a program", "Judge the program that dumped it."
    dynamic = facts.dynamic or Dynamic()
    if header.type == "ET_DYN" and not dynamic.pie:
        if facts.packer:
            # A packer takes PT_DYNAMIC away, in which the mark would be.
            return None
        if facts.interpreter is not None and not dynamic.soname:
            # A position-independent program of a linker before binutils 2.26.
            return None
        if not any(segment.type == "PT_DYNAMIC" for segment in facts.segments):
            return (
                "is position-independent (ET_DYN), and nothing can relocate it: it names no loader "
                "(PT_INTERP), and has no PT_DYNAMIC by which to do it itself",
                _relocation_fix(facts),
            )
        soname = f", DT_SONAME {dynamic.soname}" if dynamic.soname else ""
        return (
            f"is a shared library (ET_DYN without DF_1_PIE{soname}), not a program",
            "Judge the program that uses it. In Go, -buildmode=c-shared and plugin make libraries.",
        )
    return None


def _relocation_fix(facts: Facts) -> str:
    if facts.is_go:
        return (
            "Build with -buildmode=exe, and without -ldflags=-d: Go's linker makes "
            "position-independent programs for a loader only, and without one they crash at the "
            "start (https://go.dev/issue/80464)."
        )
    return "Link with -static-pie, which adds what relocates the program, or with -static -no-pie."
