"""What the commands of `elf-static` have in common."""

from __future__ import annotations

PASSED, FAILED, NOT_JUDGED = 0, 1, 2
"""Exit codes."""


class UsageError(Exception):
    """The command was used wrongly; the text says how to use it."""
