"""Judging a program's protection against attackers."""

from __future__ import annotations

from collections.abc import Iterator

from elf_static.elf.facts import Dynamic, Facts
from elf_static.judge import rules
from elf_static.judge.observation import Observation
from elf_static.judge.policy import Policy
from elf_static.judge.severity import Severity


def observe_hardening(facts: Facts) -> Iterator[Observation]:
    dynamic = facts.dynamic or Dynamic()
    for tag, value in (("DT_RPATH", dynamic.rpath), ("DT_RUNPATH", dynamic.runpath)):
        if value:
            yield Observation(
                rules.RPATH,
                f"has the library search path {value} ({tag})",
                "Link without -rpath (in Go: without -extldflags and -r).",
            )
    if dynamic.text_relocations:
        yield Observation(
            rules.TEXTREL,
            "has relocations in its code (DT_TEXTREL)",
            "Compile all linked code as position-independent code (-fPIE).",
        )
    for segment in facts.segments:
        if segment.is_load and {"W", "X"} <= set(segment.flags):
            yield Observation(
                rules.WRITABLE_CODE,
                f"has a segment at {segment.address:#x} that is both writable and executable",
                "Link without -N (omagic) and without linker scripts that merge code and data.",
            )
        if segment.type == "PT_GNU_STACK" and "X" in segment.flags:
            yield Observation(
                rules.EXECUTABLE_STACK,
                "requests an executable stack (PT_GNU_STACK)",
                "Add a .note.GNU-stack section to assembly files, and link without -z execstack.",
            )


def observe_requested_hardening(facts: Facts, policy: Policy) -> Iterator[Observation]:
    """The rules that apply only if a policy asks for them."""
    for rule, observe in ((rules.PIE, _pie), (rules.RELRO, _relro), (rules.FIPS140, _fips140)):
        if policy.severity(rule.name) is not Severity.INFO:
            yield from observe(facts)


def _pie(facts: Facts) -> Iterator[Observation]:
    if facts.header and facts.header.type == "ET_EXEC":
        yield Observation(
            rules.PIE,
            "is not position-independent (ET_EXEC)",
            "In C, link with -static-pie. Go needs the external linker, cgo and a static libc: "
            "go build -buildmode=pie -ldflags='-linkmode=external -extldflags=-static-pie'.",
        )


def _relro(facts: Facts) -> Iterator[Observation]:
    relro = facts.hardening.relro
    # A program without a dynamic section cannot record more.
    if relro == "full" or (relro == "partial" and facts.dynamic is None):
        return
    yield Observation(
        rules.RELRO,
        "keeps its relocated data writable (no PT_GNU_RELRO)"
        if relro == "none"
        else "keeps its function pointers writable (PT_GNU_RELRO without DF_BIND_NOW)",
        "Link with -z relro -z now (in Go: with -linkmode=external and -extldflags).",
    )


def _fips140(facts: Facts) -> Iterator[Observation]:
    if facts.is_go and facts.hardening.fips140 == "off":
        yield Observation(
            rules.FIPS140,
            "was built without a FIPS 140-3 module (GOFIPS140 is off)",
            "Build with GOFIPS140=v1.0.0 or another version that `go help environment` names "
            "(Go 1.24 or newer).",
        )
