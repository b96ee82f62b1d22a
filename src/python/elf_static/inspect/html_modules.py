"""A program's code by module, and its build information, as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from elf_static.elf.facts import BuildInfo, Facts, Module
from elf_static.elf.go_function_table import PackageCode
from elf_static.inspect.code_by_module import ModuleCode, Origin
from elf_static.inspect.html_widgets import breakable, escaped, percent, table
from elf_static.report.text import size_words

# More than anybody reads. At most a thousand modules have 0.1 % or more.
_MODULES_SHOWN = 400
_PACKAGES_SHOWN = 200
# The share of all code below which modules are folded away.
_SMALL = 0.001

_CSS = {
    Origin.MAIN: "read-only",
    Origin.DEPENDENCY: "code",
    Origin.STANDARD: "functions",
    Origin.GENERATED: "rest",
    Origin.UNKNOWN: "rest",
}
_TITLES = {
    Origin.STANDARD: "the standard library and the runtime",
    Origin.GENERATED: "no package: assembly, and functions of unnamed types",
    Origin.UNKNOWN: "packages of no known module",
}


def render_modules(modules: Sequence[ModuleCode], problem: str) -> Iterator[str]:
    """`problem` says why no modules are known."""
    if problem:
        yield f"<section><h2>Code by module</h2><p>Unknown: the file {escaped(problem)}.</p>"
        yield "</section>"
    if not modules:
        return
    whole = sum(module.size for module in modules)
    functions = sum(module.functions for module in modules)
    largest = modules[0].size or 1
    yield (
        f"<section><h2>Code by module</h2><p>{size_words(whole)} of machine code in "
        f"{functions:,} functions. Open a module to see its packages. Inlined code counts as part "
        "of its caller.</p>"
        '<div class="row titles"><span>module</span><span class="number">code</span>'
        '<span class="number">share</span><span class="number count">functions</span></div>'
        '<div class="modules">'
    )
    for module in modules:
        if _is_large(module, whole):
            yield from _module(module, whole, largest)
    small = [module for module in modules if not _is_large(module, whole)]
    yield from _small_modules(small, whole, largest)
    yield "</div></section>"


def _is_large(module: ModuleCode, whole: int) -> bool:
    # The page is about the main module.
    return module.size >= _SMALL * whole or module.origin is Origin.MAIN


def _small_modules(modules: Sequence[ModuleCode], whole: int, largest: int) -> Iterator[str]:
    if not modules:
        return
    size = sum(module.size for module in modules)
    functions = sum(module.functions for module in modules)
    yield (
        f'<details><summary><div class="row"><span>{len(modules):,} more, less than 0.1 % each'
        f'</span>{_numbers(size, whole, functions)}</div></summary><div class="small">'
    )
    for module in modules[:_MODULES_SHOWN]:
        yield from _module(module, whole, largest)
    yield "</div></details>"


def _module(module: ModuleCode, whole: int, largest: int) -> Iterator[str]:
    name = f'<span class="mono">{breakable(module.path)}</span>' if module.path else ""
    name += escaped(_TITLES.get(module.origin, ""))
    css = _CSS[module.origin]
    main = "main module" if module.origin is Origin.MAIN else ""
    note = ", ".join(filter(None, (module.version, main)))
    yield (
        f'<details><summary><div class="row"><span>{name} '
        f'<span class="version">{escaped(note)}</span></span>'
        f"{_numbers(module.size, whole, module.functions)}"
        f'<div class="track"><i class="{css}" style="width:{100 * module.size / largest:.2f}%">'
        "</i></div></div></summary>"
        '<ul class="packages">'
    )
    for package in module.packages[:_PACKAGES_SHOWN]:
        yield _package(package, whole)
    rest = module.packages[_PACKAGES_SHOWN:]
    if rest:
        size = size_words(sum(package.size for package in rest))
        yield f"<li>and {len(rest):,} more packages, {size} together</li>"
    yield "</ul></details>"


def _package(package: PackageCode, whole: int) -> str:
    name = breakable(package.path) if package.path else "unnamed"
    return (
        f'<li class="row"><span class="mono">{name}</span>'
        f"{_numbers(package.size, whole, package.functions)}</li>"
    )


def _numbers(size: int, whole: int, functions: int) -> str:
    return (
        f'<span class="number">{size_words(size)}</span>'
        f'<span class="number faint">{escaped(percent(size, whole))}</span>'
        f'<span class="number faint count">{functions:,}</span>'
    )


def render_build_info(facts: Facts) -> Iterator[str]:
    info = facts.build_info
    if info is None and not facts.is_go:
        return
    yield "<section><h2>Build information</h2>"
    if info is None:
        yield f"<p>Unknown: the file {escaped(facts.build_info_problem)}.</p></section>"
        return
    yield "<dl>"
    for name, value in _settings(info):
        yield f'<dt>{escaped(name)}</dt><dd class="mono">{escaped(value)}</dd>'
    yield "</dl>"
    if info.modules:
        yield f"<details><summary>{len(info.modules):,} modules</summary>"
        yield table(
            ("path", "version", "checksum"),
            (row for module in info.modules for row in _module_rows(module)),
            numbers=(),
        )
        yield "</details>"
    yield "</section>"


def _settings(info: BuildInfo) -> Iterator[tuple[str, str]]:
    yield "Go", info.go_version
    if info.path:
        yield "package", info.path
    if info.main:
        yield "module", " ".join(filter(None, (info.main.path, info.main.version)))
    for setting in info.settings:
        yield setting.key, setting.value


def _module_rows(module: Module) -> Iterator[tuple[str, str, str]]:
    yield module.path, module.version, module.sum
    if module.replaced_by:
        by = module.replaced_by
        yield f"⇒ {by.path}", by.version, by.sum
