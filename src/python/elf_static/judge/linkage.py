"""Judging how a file is linked, by its headers and dynamic section."""

from __future__ import annotations

from collections.abc import Iterator

from elf_static.elf.facts import Dynamic, Facts, Header
from elf_static.elf.headers import file_range
from elf_static.judge import rules
from elf_static.judge.file_type import not_a_program
from elf_static.judge.observation import Observation

_NAMES_SHOWN = 20


def needs_loader(facts: Facts) -> bool:
    return facts.interpreter is not None or bool(facts.dynamic and facts.dynamic.needed)


def observe_linkage(facts: Facts, header: Header) -> Iterator[Observation]:
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
                rules.LOADABLE, unloadable, "Build or copy the file again; inspect it: readelf -lW."
            )
    if facts.interpreter is not None:
        yield Observation(
            rules.INTERPRETER,
            f"needs the program interpreter {facts.interpreter or '(unnamed)'} (PT_INTERP)",
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
            "has a dynamic section (PT_DYNAMIC) but is not position-independent (ET_EXEC)",
            _dynamic_fix(facts),
        )
    if dynamic.undefined_count and not kind:
        names = _names(dynamic.undefined, dynamic.undefined_count)
        yield Observation(
            rules.UNDEFINED_SYMBOLS, f"has undefined dynamic symbols: {names}", _dynamic_fix(facts)
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
        return f"has its entry point at {entry:#x}, outside the contents of executable segments"
    return ""


def _dynamic_fix(facts: Facts) -> str:
    """Why the program is probably dynamic, and how to fix it."""
    info = facts.build_info
    dynamic = facts.dynamic or Dynamic()
    if info is None:
        if facts.is_go:
            return (
                "Build with CGO_ENABLED=0 and -tags netgo,osusergo, and without -buildmode=pie or "
                "-linkmode=external."
            )
        return (
            "For C: link with -static or -static-pie, preferably against musl. For Rust: use a "
            "musl target. For Go: set CGO_ENABLED=0."
        )
    if info.setting("-buildmode") == "pie":
        return (
            "It was built with -buildmode=pie, for which Go's linker always adds a loader. "
            "Build with -buildmode=exe."
        )
    if info.setting("CGO_ENABLED") == "1":
        return (
            "It was built with CGO_ENABLED=1, so the external linker linked C code. "
            "Build with CGO_ENABLED=0 and -tags netgo,osusergo."
        )
    if info.setting("CGO_ENABLED") is None:
        return (
            "It does not record whether cgo was on, which is the usual reason. With rules_go, set "
            'pure = "on" on the go_binary, and no linkmode. Otherwise build with CGO_ENABLED=0, '
            "and without -buildmode=pie or -linkmode=external."
        )
    if dynamic.needed or dynamic.undefined_count:
        culprits = [m.path for m in info.modules if m.path in _DYNAMIC_IMPORTERS]
        by = f"{', '.join(culprits)} does" if culprits else "github.com/ebitengine/purego does"
        return (
            "cgo was off, so a package imports shared libraries itself with "
            f"//go:cgo_import_dynamic, as {by}. Find the package with "
            "`grep -r cgo_import_dynamic` in the packages of `go list -deps`, and remove it."
        )
    return (
        "Check the build flags: -buildmode=pie, -linkmode=external, -linkshared and -I produce "
        "dynamic programs even with CGO_ENABLED=0."
    )


# Modules that import C symbols without cgo.
_DYNAMIC_IMPORTERS = frozenset({"github.com/ebitengine/purego", "github.com/jwijenbergh/purego"})
