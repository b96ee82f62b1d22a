"""Files as an HTML page: `elf-static inspect --format html`.

The page has no scripts and fetches nothing, which its content security policy also enforces. So it
can be kept with a release or sent by mail.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from elf_static import __version__
from elf_static.elf.bounded_file import Source, UnreadableError
from elf_static.elf.facts import Facts
from elf_static.elf.go_function_table import NoFunctionTableError
from elf_static.elf.machines import machine_name
from elf_static.elf.reader import open_path, read_source
from elf_static.inspect.code_by_module import ModuleCode, read_modules
from elf_static.inspect.html_file_map import render_composition, render_map
from elf_static.inspect.html_modules import render_build_info, render_modules
from elf_static.inspect.html_widgets import escaped
from elf_static.judge.judgement import Finding, Judgement, Verdict, judge
from elf_static.judge.policy import Policy
from elf_static.judge.severity import Severity
from elf_static.report.text import size_words, verdict_words

_SEVERITIES = {Severity.DENY: "denied", Severity.WARN: "warning", Severity.INFO: "allowed"}


@dataclass(frozen=True)
class Inspected:
    """Everything that the page shows of a file. `modules_problem` says why a Go program has no
    `modules`."""

    path: str
    facts: Facts
    judgement: Judgement
    policy: str
    modules: tuple[ModuleCode, ...] = ()
    modules_problem: str = ""


def inspect_file(path: str, shown: str, policy: Policy) -> Inspected:
    """
    :param path: `-` for standard input.
    :param shown: the path as printable text.
    """
    try:
        with open_path(path) as source:
            return inspect_source(source, shown, policy)
    except UnreadableError as e:
        facts = Facts(size=0, damage=(str(e),))
        return Inspected(shown, facts, judge(facts, policy), policy.name)


def inspect_source(source: Source, shown: str, policy: Policy) -> Inspected:
    """
    :raises UnreadableError: reading the open file fails.
    """
    facts = read_source(source)
    modules: tuple[ModuleCode, ...] = ()
    problem = ""
    if facts.header and facts.is_go:
        try:
            modules = read_modules(source, facts)
        except NoFunctionTableError as e:
            problem = str(e)
    return Inspected(shown, facts, judge(facts, policy), policy.name, modules, problem)


def render_page(files: Iterable[Inspected]) -> str:
    every = tuple(files)
    title = ", ".join(_name(inspected.path) for inspected in every)
    return render_document(title, (piece for each in every for piece in _article(each)))


def render_document(title: str, body: Iterable[str]) -> str:
    """A self-contained page, with its style sheet."""
    loader: Any = globals()["__loader__"]
    style = loader.get_data(os.path.join(os.path.dirname(__file__), "html_page.css")).decode()
    page = "".join(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" '
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escaped(title)} - elf-static</title>\n<style>\n{style}</style>\n"
            "</head>\n<body>\n",
            *body,
            f"<footer>elf-static {escaped(__version__)}. Sizes are in decimal units: "
            "1 MB is 1,000,000 bytes.</footer>\n</body>\n</html>\n",
        )
    )
    # For any encoding of standard output.
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _article(inspected: Inspected) -> Iterator[str]:
    facts = inspected.facts
    yield "<article>\n"
    yield from render_verdict(inspected)
    if facts.header:
        yield from render_composition(facts)
        yield from render_modules(inspected.modules, inspected.modules_problem)
        yield from render_map(facts)
        yield from render_build_info(facts)
    yield "\n</article>\n"


def render_verdict(inspected: Inspected) -> Iterator[str]:
    """A heading with the verdict, and the findings."""
    yield from _heading(inspected)
    yield from _findings(inspected)


def _name(path: str) -> str:
    return path.rpartition("/")[2] or path


def _heading(inspected: Inspected) -> Iterator[str]:
    directory = inspected.path.rpartition("/")[0]
    judgement = inspected.judgement
    css = {Verdict.STATIC: "good", Verdict.NOT_STATIC: "bad"}.get(judgement.verdict, "unknown")
    yield "<header>"
    if directory:
        yield f'<p class="directory">{escaped(directory)}/</p>'
    yield f"<h1>{escaped(_name(inspected.path))}</h1>"
    yield f'<span class="badge {css}">{escaped(verdict_words(judgement.verdict))}</span>'
    passes = "passes" if judgement.passed else "fails"
    yield f"<span>{passes} under the policy <code>{escaped(inspected.policy)}</code></span>"
    yield '<ul class="facts">'
    for label, value in _facts(inspected.facts):
        yield f"<li><b>{escaped(label)}</b>{escaped(value)}</li>"
    yield "</ul></header>"


def _facts(facts: Facts) -> Iterator[tuple[str, str]]:
    yield "size", f"{size_words(facts.size)}"
    header = facts.header
    if header:
        yield "platform", facts.platform
        yield "machine", f"{machine_name(header.machine)}, {header.bits} bits"
        yield "type", header.type
    if facts.build_info:
        yield "built by", facts.build_info.go_version
    if header:
        yield "loader", facts.interpreter or "none"
        needed = facts.dynamic.needed if facts.dynamic else ()
        yield "shared libraries", ", ".join(needed) or "none"
        yield "position-independent", "yes" if facts.hardening.pie else "no"
        yield "RELRO", facts.hardening.relro
        if facts.is_go:
            yield "GOFIPS140", facts.hardening.fips140
    for label, value in (
        ("packed with", facts.packer),
        ("C library", f"glibc, for kernels from {facts.notes.glibc}" if facts.notes.glibc else ""),
    ):
        if value:
            yield label, value


def _findings(inspected: Inspected) -> Iterator[str]:
    findings = inspected.judgement.findings
    if not findings:
        return
    yield "<section><h2>Findings</h2>"
    for severity in Severity:
        for finding in findings:
            if finding.severity is severity:
                yield _finding(finding)
    yield "</section>"


def _finding(finding: Finding) -> str:
    severity = finding.severity
    return (
        f'<div class="finding {severity.value}"><span class="badge">{_SEVERITIES[severity]}</span>'
        f"<b>{escaped(finding.id)} {escaped(finding.rule)}</b>"
        f"<p>{escaped(_sentence(finding.message))}</p>"
        f'<p class="faint">{escaped(finding.why)}</p><p>{escaped(finding.fix)}</p></div>'
    )


def _sentence(message: str) -> str:
    return f"It {message}."
