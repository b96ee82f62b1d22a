"""How serious a finding is."""

from __future__ import annotations

from enum import Enum


class Severity(Enum):
    """As reports print it. Only `DENY` fails a file; `INFO` marks a finding that the policy
    allows."""

    DENY = "deny"
    WARN = "warn"
    INFO = "info"
