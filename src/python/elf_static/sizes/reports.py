"""How the size of a program changed, as text, Markdown, JSON or HTML."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from elf_static.inspect.html_page import render_document
from elf_static.inspect.html_widgets import escaped, table
from elf_static.report.model import to_json
from elf_static.report.text import size_words
from elf_static.sizes.changes import Change, SizeChanges
from elf_static.sizes.words import came_or_went, share, signed, version_words

# Limits of reports for people. JSON has everything.
_MODULES, _PACKAGES = 20, 5


def render_text(changes: SizeChanges) -> str:
    lines = [_summary(changes)]
    if changes.kinds:
        lines += ["  file contents", *(f"    {_line(kind)}" for kind in changes.kinds)]
    if changes.problem:
        lines.append(f"  no modules: {changes.problem}")
    elif changes.modules:
        lines.append("  machine code by module")
    for module in changes.modules[:_MODULES]:
        lines.append(f"    {_line(module)}{_in_brackets(version_words(module))}")
        lines += (f"      {_line(package)}" for package in module.packages[:_PACKAGES])
        lines += _rest("      ", module.packages[_PACKAGES:], "packages")
    lines += _rest("    ", changes.modules[_MODULES:], "modules")
    return "".join(f"{line}\n" for line in lines)


def render_json(changes: SizeChanges) -> str:
    """One object, with sizes in bytes."""
    record = asdict(changes)
    for module in record["modules"]:
        module["origin"] = module["origin"].name.lower()
    return to_json(record)


def render_markdown(changes: SizeChanges) -> str:
    """For a pull request: a summary and a table of modules, with folded details."""
    lines = [f"**{_markdown(_summary(changes))}**", ""]
    if changes.problem:
        lines += [f"No modules: {_markdown(changes.problem)}.", ""]
    if changes.modules:
        lines += ["| module | change | before | after | version |", "|---|---:|---:|---:|---|"]
        for module in changes.modules[:_MODULES]:
            lines.append(f"{_row(module)} {_markdown(version_words(module))} |")
        lines += (f"\n{rest}" for rest in _rest("", changes.modules[_MODULES:], "modules"))
        lines.append("")
    packages = _packages(changes)[:_MODULES]
    if packages:
        lines += ["<details><summary>Packages</summary>", ""]
        lines += ["| package | change | before | after |", "|---|---:|---:|---:|"]
        lines += (_row(package) for package in packages)
        lines += ["", "</details>", ""]
    if changes.kinds:
        lines += ["<details><summary>File contents</summary>", ""]
        lines += ["| kind | change | before | after |", "|---|---:|---:|---:|"]
        lines += (_row(kind) for kind in changes.kinds)
        lines += ["", "</details>"]
    return "".join(f"{line}\n" for line in lines)


def render_page(changes: SizeChanges) -> str:
    return render_document("Size of a program", _body(changes))


def _body(changes: SizeChanges) -> Iterator[str]:
    numbers = ("change", "before", "after")
    yield f"<header><h1>{escaped(_summary(changes))}</h1></header>\n"
    yield "<section><h2>Machine code by module</h2>"
    if changes.problem:
        yield f"<p>{escaped(changes.problem)}</p>"
    rows = [(*_cells(module), version_words(module)) for module in changes.modules]
    yield table(("module", *numbers, "version"), rows, numbers)
    yield "</section>\n<section><h2>Packages</h2>"
    yield table(("package", *numbers), map(_cells, _packages(changes)), numbers)
    yield "</section>\n<section><h2>File contents</h2>"
    yield table(("kind", *numbers), map(_cells, changes.kinds), numbers)
    yield "</section>\n"


def _summary(changes: SizeChanges) -> str:
    whole = changes.whole
    if whole.growth == 0:
        return f"{whole.name} is as large as {changes.old_name}: {size_words(whole.new)}"
    return (
        f"{whole.name} is {size_words(abs(whole.growth))} "
        f"{'larger' if whole.growth > 0 else 'smaller'} than {changes.old_name}: "
        f"{size_words(whole.old)} → {size_words(whole.new)} ({share(whole)})"
    )


def _line(change: Change) -> str:
    return f"{signed(change.growth):>10}  {change.name}{_in_brackets(came_or_went(change))}"


def _in_brackets(words: str) -> str:
    return f" ({words})" if words else ""


def _cells(change: Change) -> tuple[str, str, str, str]:
    before = "–" if change.came else size_words(change.old)
    after = "–" if change.went else size_words(change.new)
    return change.name, signed(change.growth), before, after


def _row(change: Change) -> str:
    name, *numbers = _cells(change)
    return f"| {_markdown(name)} | {' | '.join(numbers)} |"


def _packages(changes: SizeChanges) -> Sequence[Change]:
    every = (package for module in changes.modules for package in module.packages)
    return sorted(every, key=lambda package: (-abs(package.growth), package.name))


def _rest(indent: str, changes: Iterable[Change], kind: str) -> list[str]:
    rest = list(changes)
    if not rest:
        return []
    return [f"{indent}and {len(rest)} more {kind}: {signed(sum(c.growth for c in rest))}"]


def _markdown(text: str) -> str:
    """A file's text as literal Markdown."""
    # Without `&#x27;` for a quote, whose `#` the next step would escape.
    plain = html.escape(text, quote=False)
    return "".join(f"\\{c}" if c in "\\`*_[]|#~!@" else c for c in plain)
