"""SARIF 2.1.0 (OASIS), as code scanning services read it: a result for each finding."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from elf_static import __version__
from elf_static.judge.judgement import Finding
from elf_static.judge.rules import RULES
from elf_static.judge.severity import Severity
from elf_static.report.model import Report

_LEVELS = {Severity.DENY: "error", Severity.WARN: "warning"}
# `{0}` in a message is a placeholder (3.11.5), `[text](URI)` a link (3.11.6). The specification
# escapes brackets in the text of links; CodeQL and its viewers do so anywhere in a message.
_LITERAL = str.maketrans({"{": "{{", "}": "}}", "[": r"\[", "]": r"\]", "\\": r"\\"})
_INDEXES = {rule.id: index for index, rule in enumerate(RULES)}


def render(reports: Sequence[Report], policy: str) -> str:
    log = {
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "elf-static",
                        "semanticVersion": __version__,
                        "rules": [
                            {
                                "id": rule.id,
                                "name": rule.name,
                                "shortDescription": {"text": rule.requirement},
                                "fullDescription": {"text": rule.why},
                                "help": {"text": f"{rule.requirement} {rule.why}"},
                                "defaultConfiguration": {"level": "error"},
                            }
                            for rule in RULES
                        ],
                    }
                },
                "properties": {"policy": policy},
                "results": [result for report in reports for result in _results(report)],
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _results(report: Report) -> Iterator[dict[str, Any]]:
    """Without what the policy allows: a service would open an alert for it."""
    numbers: Counter[str] = Counter()
    for finding in report.judgement.findings:
        if finding.severity is not Severity.INFO:
            numbers[finding.id] += 1
            yield _result(report, finding, numbers[finding.id])


def _result(report: Report, finding: Finding, number: int) -> dict[str, Any]:
    # A service recognizes an alert of an earlier build by this. Messages have addresses and
    # versions, which change.
    fingerprint = hashlib.sha256(f"{finding.rule} {report.name}".encode()).hexdigest()[:16]
    place = {"artifactLocation": {"uri": _uri(report.path)}, "region": {"startLine": 1}}
    return {
        "ruleId": finding.id,
        "ruleIndex": _INDEXES[finding.id],
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{report.name} {finding.message}. {finding.fix}".translate(_LITERAL)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"primaryLocationLineHash": f"{fingerprint}:{number}"},
    }


def _uri(path: str) -> str:
    """The path as a URI reference, as 3.10.2 asks: `file:` for an absolute path, and no `..`,
    which means another place where symbolic links differ."""
    if ".." in path.split("/"):
        path = os.path.realpath(path)
    # Bytes, because a name need not be UTF-8. `quote` escapes colons: `a:b` has no scheme.
    quoted = quote(os.fsencode(os.path.normpath(path)))
    return f"file:///{quoted.lstrip('/')}" if quoted.startswith("/") else quoted
