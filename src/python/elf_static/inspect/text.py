"""All facts of a file as text: `elf-static inspect`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from elf_static.elf.facts import BuildInfo, Dynamic, Facts, Header, Module
from elf_static.elf.machines import machine_name
from elf_static.report.text import size_words


def render_inspection(path: str, facts: Facts) -> str:
    lines = [f"{path}: {size_words(facts.size)}"]
    lines += [f"  {damage}" for damage in facts.damage]
    if facts.header:
        lines += _block("header", _header(facts.header))
    lines += _block("linkage", _linkage(facts))
    if facts.segments:
        lines += _block(
            "segments",
            (
                f"{s.type:<16} {s.flags:<3} offset {s.offset:#x} address {s.address:#x} "
                f"in file {s.file_size:#x} in memory {s.memory_size:#x} align {s.align:#x}"
                for s in facts.segments
            ),
        )
    if facts.sections:
        lines += _block(
            "sections",
            (
                f"{s.name or '-':<20} {s.type:<14} offset {s.offset:#x} address {s.address:#x} "
                f"size {s.size:#x}"
                for s in facts.sections
            ),
        )
    if facts.build_info:
        lines += _block("build information", _build_info(facts.build_info))
    elif facts.build_info_problem:
        lines += _block("build information", [facts.build_info_problem])
    return "".join(f"{line}\n" for line in lines)


def _block(title: str, lines: Iterable[str]) -> list[str]:
    return [f"  {title}", *(f"    {line}" for line in lines)]


def _header(header: Header) -> Iterator[str]:
    yield f"type     {header.type}"
    machine = machine_name(header.machine)
    yield f"machine  {machine}, {header.bits} bits, {header.byte_order}-endian ({header.machine})"
    yield f"GOARCH   {header.goarch}"
    yield f"OS ABI   {header.os_abi}"
    yield f"entry    {header.entry:#x}"
    yield f"flags    {header.flags:#x}"


def _linkage(facts: Facts) -> Iterator[str]:
    dynamic = facts.dynamic
    yield f"interpreter      {'none' if facts.interpreter is None else facts.interpreter}"
    yield f"dynamic section  {'yes' if dynamic else 'none'}"
    if dynamic:
        yield from _dynamic(dynamic)
    hardening = facts.hardening
    yield f"PIE              {'yes' if hardening.pie else 'no'}"
    yield f"RELRO            {hardening.relro}"
    if facts.is_go:
        yield f"GOFIPS140        {hardening.fips140}"
    notes = facts.notes
    for label, value in (
        ("C library", f"glibc, for kernels from {notes.glibc}" if notes.glibc else ""),
        ("loads itself", ", ".join(facts.glibc_plugins)),
        ("marked for", notes.os),
        ("packed with", facts.packer),
        ("Go build ID", notes.go_build_id),
        ("GNU build ID", notes.gnu_build_id),
    ):
        if value:
            yield f"{label:<16} {value}"


def _dynamic(dynamic: Dynamic) -> Iterator[str]:
    for library in dynamic.needed:
        yield f"DT_NEEDED        {library}"
    for label, value in (
        ("DT_SONAME", dynamic.soname),
        ("DT_RPATH", dynamic.rpath),
        ("DT_RUNPATH", dynamic.runpath),
    ):
        if value:
            yield f"{label:<16} {value}"
    yield f"DF_1_PIE         {'yes' if dynamic.pie else 'no'}"
    if dynamic.text_relocations:
        yield "DT_TEXTREL       yes"
    if dynamic.undefined_count:
        yield f"undefined        {dynamic.undefined_count}: {', '.join(dynamic.undefined)}"


def _build_info(info: BuildInfo) -> Iterator[str]:
    """As `go version -m` shows it."""
    yield f"go     {info.go_version}"
    if info.path:
        yield f"path   {info.path}"
    if info.main:
        yield from _module("mod", info.main)
    for module in info.modules:
        yield from _module("dep", module)
    for setting in info.settings:
        yield f"build  {setting.key}={setting.value}"


def _module(kind: str, module: Module) -> Iterator[str]:
    yield f"{kind:<6} {module.path} {module.version} {module.sum}".rstrip()
    if module.replaced_by:
        yield from _module("=>", module.replaced_by)
