"""Judging: the facts of a file and a policy become findings and a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from elf_static.elf.facts import Dynamic, Facts, Header
from elf_static.elf.headers import file_range
from elf_static.elf.machines import GO_ARCHITECTURES, GO_SYSTEMS, Target, go_name
from elf_static.elf.printable import printable
from elf_static.judge import rules
from elf_static.judge.file_type import not_a_program
from elf_static.judge.go_build import judge_build
from elf_static.judge.observation import Observation
from elf_static.judge.policy import ALLOW, Policy

STATIC, NOT_STATIC, UNDETERMINED = "static", "not-static", "undetermined"
INFO = "info"

_NAMES_SHOWN = 20


@dataclass(frozen=True)
class Finding:
    """What was found, why it matters and what to do. `severity` is what the policy makes of it:
    `deny`, `warn`, or `info` where it allows it. All of it is printable."""

    id: str
    severity: str
    rule: str
    message: str
    why: str
    fix: str


@dataclass(frozen=True)
class Judgement:
    """`verdict` is the fact about linkage; `passed` is the policy's word. A file that cannot be
    judged has never passed, but for a packed one under a policy that allows packing."""

    verdict: str
    passed: bool
    findings: tuple[Finding, ...]

    def __bool__(self) -> bool:
        return self.passed


def judge(facts: Facts, policy: Policy, further: tuple[Observation, ...] = ()) -> Judgement:
    """
    :param further: what was observed in another way than by reading the file.
    """
    observations = (*_observe(facts, policy), *further)
    findings = tuple(_finding(observation, policy) for observation in observations)
    return Judgement(
        verdict=_verdict(observations),
        passed=not any(finding.severity == "deny" for finding in findings),
        findings=findings,
    )


def _finding(observation: Observation, policy: Policy) -> Finding:
    rule = observation.rule
    severity = observation.level or policy.level(rule.name)
    return Finding(
        id=rule.id,
        severity=INFO if severity == ALLOW else severity,
        rule=rule.name,
        message=printable(observation.message),
        why=rule.why,
        fix=printable(observation.fix),
    )


def _verdict(observations: tuple[Observation, ...]) -> str:
    against = [observation.rule for observation in observations if observation.rule.linkage]
    if rules.READABLE in against or rules.LOADABLE in against:
        return UNDETERMINED
    if any(rule is not rules.PACKED for rule in against):
        return NOT_STATIC
    return UNDETERMINED if against else STATIC


def _observe(facts: Facts, policy: Policy) -> Iterator[Observation]:
    for damage in facts.damage:
        yield Observation(rules.READABLE, damage, _damage_fix(facts))
    if facts.header is None or facts.debug_only:
        return
    yield from _observe_linkage(facts, facts.header)
    yield from _observe_platform(facts, facts.header, policy)
    yield from _observe_hardening(facts)
    if facts.header.type not in ("ET_EXEC", "ET_DYN"):
        return
    if facts.notes.glibc and not _needs_loader(facts):
        yield Observation(
            rules.GLIBC,
            f"contains GNU's C library (NT_GNU_ABI_TAG, for kernels from {facts.notes.glibc})",
            "For Go, build with CGO_ENABLED=0; C code can be linked with musl instead.",
        )
        for plugin in facts.glibc_plugins:
            yield Observation(
                rules.GLIBC_PLUGINS,
                f"loads {plugin} when it needs them",
                "For Go, build with CGO_ENABLED=0 and -tags netgo,osusergo; for C, link with musl, "
                "or do without users, groups and host names.",
            )
    if policy.max_size is not None and facts.size > policy.max_size:
        yield Observation(
            rules.SIZE,
            f"has {facts.size} bytes, {facts.size - policy.max_size} more than the policy's "
            f"{policy.max_size}",
            "Strip it (for go_static_binary: strip=True), look for embedded files and modules that "
            "are not needed, or raise the policy's size.max.",
        )
    yield from judge_build(facts, policy)


def _damage_fix(facts: Facts) -> str:
    if not facts.debug_only:
        return "Check the path, and build or copy the file again."
    build_id = facts.notes.gnu_build_id
    same = f", which has the same build ID, {build_id}" if build_id else ""
    return f"Judge the program that it was split from{same}."


def _needs_loader(facts: Facts) -> bool:
    return facts.interpreter is not None or bool(facts.dynamic and facts.dynamic.needed)


def _observe_linkage(facts: Facts, header: Header) -> Iterator[Observation]:
    if facts.packer:
        yield Observation(
            rules.PACKED,
            f"is packed with {facts.packer}",
            "Judge the program before it is packed, or unpack it first (upx -d).",
        )
    dynamic = facts.dynamic
    kind = not_a_program(facts, header)
    if kind:
        yield Observation(rules.TYPE, *kind)
    elif not facts.damage:
        unloadable = _unloadable(facts, header)
        if unloadable:
            yield Observation(
                rules.LOADABLE, unloadable, "Build or copy the file again, and look at readelf -lW."
            )
    if facts.interpreter is not None:
        yield Observation(
            rules.INTERPRETER,
            f"needs the program interpreter {facts.interpreter or '(without a name)'} (PT_INTERP)",
            _dynamic_fix(facts),
        )
    if dynamic is None:
        return
    if dynamic.needed:
        yield Observation(
            rules.NEEDED,
            f"needs the shared libraries {_names(dynamic.needed, len(dynamic.needed))} (DT_NEEDED)",
            _dynamic_fix(facts),
        )
    if header.type == "ET_EXEC":
        yield Observation(
            rules.DYNAMIC_SECTION,
            "has a dynamic section (PT_DYNAMIC) and is not position-independent (ET_EXEC)",
            _dynamic_fix(facts),
        )
    if dynamic.undefined_count and not kind:
        names = _names(dynamic.undefined, dynamic.undefined_count)
        yield Observation(
            rules.UNDEFINED_SYMBOLS,
            f"has undefined dynamic symbols: {names}",
            _dynamic_fix(facts),
        )


def _names(names: tuple[str, ...], count: int) -> str:
    """The first of `count` names."""
    shown = names[:_NAMES_SHOWN]
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _unloadable(facts: Facts, header: Header) -> str:
    """Why the kernel could not start the program; empty if it could."""
    if not any(segment.is_load for segment in facts.segments):
        return "has no segment to load (PT_LOAD)"
    if header.entry == 0:
        return "has no entry point (e_entry is 0)"
    entry = header.entry
    # On PowerPC 64 of the first ABI, big-endian, the entry is a descriptor that points to code.
    descriptor = header.machine == "EM_PPC64" and header.flags & 3 < 2
    executable = [s for s in facts.segments if "X" in s.flags or descriptor]
    if file_range(executable, entry) is None:
        return f"starts at {entry:#x}, where no executable segment has contents"
    return ""


def _dynamic_fix(facts: Facts) -> str:
    """The likely cause of a dynamic program, and what to do about it."""
    info = facts.build_info
    dynamic = facts.dynamic or Dynamic()
    if info is None:
        if facts.is_go:
            return (
                "Build with CGO_ENABLED=0 and -tags netgo,osusergo, and without -buildmode=pie or "
                "-linkmode=external."
            )
        return (
            "For C: link with -static or -static-pie, best against musl. For Rust: a musl target. "
            "For Go: CGO_ENABLED=0."
        )
    if info.setting("-buildmode") == "pie":
        return (
            "It was built with -buildmode=pie, for which Go's linker always asks for a loader. "
            "Build with -buildmode=exe."
        )
    if info.setting("CGO_ENABLED") == "1":
        return (
            "It was built with CGO_ENABLED=1, so C code is linked in, here by the external linker. "
            "Build with CGO_ENABLED=0 and -tags netgo,osusergo."
        )
    if dynamic.needed or dynamic.undefined_count:
        culprits = [m.path for m in info.modules if m.path in _DYNAMIC_IMPORTERS]
        by = f"{', '.join(culprits)} does" if culprits else "github.com/ebitengine/purego does"
        return (
            "cgo was off, so a package asks for shared libraries by itself with "
            f"//go:cgo_import_dynamic, as {by}. Find it with "
            "`grep -r cgo_import_dynamic` in the packages of `go list -deps`, and do without it."
        )
    return (
        "Look at the flags of the build: -buildmode=pie, -linkmode=external, -linkshared and -I "
        "make dynamic programs also with CGO_ENABLED=0."
    )


# Modules that import C symbols without cgo.
_DYNAMIC_IMPORTERS = frozenset({"github.com/ebitengine/purego", "github.com/jwijenbergh/purego"})


def _observe_platform(facts: Facts, header: Header, policy: Policy) -> Iterator[Observation]:
    found = Target(header.machine, header.bits, header.byte_order)
    if policy.goarch is not None and found != GO_ARCHITECTURES[policy.goarch]:
        yield Observation(
            rules.MACHINE,
            f"is for {found}, and should be for {policy.goarch} "
            f"({GO_ARCHITECTURES[policy.goarch]})",
            f"Build with GOARCH={policy.goarch}, or expect "
            f"{go_name(header.machine, header.bits, header.byte_order)}. A build for the wrong "
            "machine often means that GOARCH did not reach it.",
        )
    if policy.goos is None:
        return
    info = facts.build_info
    built_for = info.setting("GOOS") if info else None
    marked = facts.notes.os or built_for
    fits = marked == policy.goos if marked else header.os_abi in GO_SYSTEMS[policy.goos]
    if not fits:
        evidence = f"{marked}" if marked else f"another system (EI_OSABI {header.os_abi})"
        yield Observation(
            rules.OS,
            f"is for {evidence}, and should be for {policy.goos}",
            f"Build with GOOS={policy.goos}.",
        )


def _observe_hardening(facts: Facts) -> Iterator[Observation]:
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
            "Compile everything that is linked in as position-independent code (-fPIE).",
        )
    for segment in facts.segments:
        if segment.is_load and {"W", "X"} <= set(segment.flags):
            yield Observation(
                rules.WRITABLE_CODE,
                f"has a segment at {segment.address:#x} that is both writable and executable",
                "Link without -N (omagic) and without a linker script that merges code and data.",
            )
        if segment.type == "PT_GNU_STACK" and "X" in segment.flags:
            yield Observation(
                rules.EXECUTABLE_STACK,
                "asks for an executable stack (PT_GNU_STACK)",
                "Add a .note.GNU-stack section to assembly files, and link without -z execstack.",
            )
