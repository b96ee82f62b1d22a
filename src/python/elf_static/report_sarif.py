"""SARIF 2.1.0 (OASIS), as code scanning services read it: a result for each finding."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from elf_static import __version__
from elf_static.judge import Finding
from elf_static.report import Report
from elf_static.rules import RULES

_LEVELS = {"deny": "error", "warn": "warning", "info": "note"}
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
                                "shortDescription": {"text": rule.name},
                                "fullDescription": {"text": rule.why},
                            }
                            for rule in RULES
                        ],
                    }
                },
                "properties": {"policy": policy},
                "results": [
                    _result(report, finding)
                    for report in reports
                    for finding in report.judgement.findings
                ],
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _result(report: Report, finding: Finding) -> dict[str, Any]:
    return {
        "ruleId": finding.id,
        "ruleIndex": _INDEXES[finding.id],
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{report.path} {finding.message}. {finding.fix}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": quote(report.path.encode("utf-8", "backslashreplace"))
                    }
                }
            }
        ],
    }
