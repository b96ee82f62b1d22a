"""The promises about each report, for any file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree

from elf_static.elf.facts import Facts
from elf_static.judge.judgement import Judgement
from elf_static.judge.severity import Severity
from elf_static.report.formats import FORMATS
from elf_static.report.model import Report


def check_reports(facts: Facts, judgement: Judgement, policy: str) -> None:
    """Check that each report can be parsed, has the same verdict, and contains no control
    sequences."""
    check_short_reports(facts, judgement, policy)
    (file,) = json.loads(_rendered("json", facts, judgement, policy))["files"]
    assert (file["verdict"], file["passed"]) == (judgement.verdict.value, judgement.passed)
    (run,) = json.loads(_rendered("sarif", facts, judgement, policy))["runs"]
    reported = [f for f in judgement.findings if f.severity is not Severity.INFO]
    assert len(run["results"]) == len(reported)
    annotations = _rendered("github", facts, judgement, policy).split("\n::")[1:]
    assert len(annotations) == len(reported)


def check_short_reports(facts: Facts, judgement: Judgement, policy: str) -> None:
    """Check only the reports that take little time."""
    check_text(_rendered("text", facts, judgement, policy))
    junit = ElementTree.fromstring(_rendered("junit", facts, judgement, policy).encode())
    case = junit.find("testsuite/testcase")
    assert case is not None
    failed = case.find("failure") is not None or case.find("error") is not None
    assert failed != judgement.passed


def _rendered(name: str, facts: Facts, judgement: Judgement, policy: str) -> str:
    return FORMATS[name]([Report("a/file", facts, judgement)], policy)


def check_text(text: str) -> None:
    """Check that all lines are printable: no control characters, and none that change text
    direction."""
    for line in text.split("\n"):
        assert line.isprintable(), line


@contextmanager
def memory_file(data: bytes) -> Iterator[int]:
    """The descriptor of a file with these bytes."""
    descriptor = os.memfd_create("fuzzed")
    try:
        os.write(descriptor, data)
        yield descriptor
    finally:
        os.close(descriptor)
