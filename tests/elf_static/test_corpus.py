"""The corpus is judged correctly, also according to readelf and Go."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import replace

import pytest

from elf_static.elf.facts import BuildInfo, Module
from elf_static.elf.reader import read_facts
from elf_static.judge.judgement import Finding, judge
from elf_static.judge.policy import load_policy
from elf_static.judge.severity import Severity
from elf_static_testing.case import Case
from elf_static_testing.corpus import Corpus
from elf_static_testing.readelf import Readelf


def _judged(case: Case) -> tuple[str, frozenset[str], tuple[Finding, ...]]:
    policy = replace(load_policy(case.policy), goos=case.goos, goarch=case.goarch)
    judgement = judge(read_facts(str(case.path)), policy)
    counted = tuple(
        finding for finding in judgement.findings if finding.severity is not Severity.INFO
    )
    return judgement.verdict.value, frozenset(finding.id for finding in counted), counted


@pytest.mark.slow
def test_every_file_gets_the_expected_verdict_and_findings(
    cases: tuple[Case, ...],
) -> None:
    wrong = []
    for case in cases:
        verdict, findings, counted = _judged(case)
        if (verdict, findings) != (case.verdict, case.findings):
            wrong.append(f"{case.name}: {case.verdict} {sorted(case.findings)}, not {verdict}")
            wrong += [f"  {finding.id} {finding.message}" for finding in counted]
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_the_corpus_covers_every_verdict_and_rule(cases: tuple[Case, ...]) -> None:
    assert len(cases) > 100
    assert {case.verdict for case in cases} == {"static", "not-static", "undetermined"}
    # Rules of policies and of starting programs have tests of their own.
    seen = frozenset().union(*(case.findings for case in cases))
    other = {21, 22, 23, 24, 25, 26}
    assert seen == {f"ES{number:03}" for number in range(1, 27) if number not in other}


@pytest.mark.slow
def test_readelf_agrees(cases: tuple[Case, ...]) -> None:
    for case in cases:
        facts = read_facts(str(case.path))
        judgement = judge(facts, load_policy(case.policy))
        assert not list(Readelf.read(case.path).disagreements(facts, judgement)), case


@pytest.mark.slow
def test_build_information_matches_go(cases: tuple[Case, ...], corpus: Corpus) -> None:
    compared = 0
    for case in cases:
        info = read_facts(str(case.path)).build_info
        done = subprocess.run(
            [str(corpus.go.go), "version", "-m", str(case.path)],
            capture_output=True,
            text=True,
            check=False,
        )
        if case.verdict == "undetermined":
            continue
        assert (info is not None) == (done.returncode == 0 and bool(done.stdout)), case
        if info is None:
            continue
        compared += 1
        first, *lines = done.stdout.splitlines()
        assert first.rpartition(": ")[2] == info.go_version, case
        assert list(_as_go_prints(info)) == [line.strip("\t") for line in lines], case
    assert compared > 25


def _as_go_prints(info: BuildInfo) -> Iterable[str]:
    if info.path:
        yield f"path\t{info.path}"
    for kind, modules in (("mod", (info.main,) if info.main else ()), ("dep", info.modules)):
        for module in modules:
            yield from _module(kind, module)
    for setting in info.settings:
        yield f"build\t{setting.key}={_quoted(setting.value)}"


def _module(kind: str, module: Module) -> Iterable[str]:
    yield f"{kind}\t{module.path}\t{module.version}\t{module.sum}".rstrip("\t")
    if module.replaced_by:
        yield from _module("=>", module.replaced_by)


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("PIE", "It was built with -buildmode=pie"),
        ("static PIE by force", "without -ldflags=-d: position-independent programs from Go's"),
        ("imports dynamically", "//go:cgo_import_dynamic, as github.com/ebitengine/purego does"),
        ("cgo", "It was built with CGO_ENABLED=1"),
        ("dynamic", "link with -static"),
        ("wrong machine", "Build with GOARCH=arm64"),
        ("packed busybox", "upx -d"),
        ("shared library", "-buildmode=c-shared"),
        ("no tags", "-tags netgo,osusergo"),
        ("with a stamp", "-buildvcs=false"),
    ],
)
def test_the_fix_names_the_likely_cause(name: str, cause: str, cases: tuple[Case, ...]) -> None:
    (case,) = (case for case in cases if case.name == name)
    assert any(cause in finding.fix for finding in _judged(case)[2])
