"""Exit codes and usage errors, shared by the commands of `elf-static`."""

from __future__ import annotations

PASSED, FAILED, NOT_JUDGED = 0, 1, 2
"""Exit codes."""


class UsageError(Exception):
    """Wrong usage. The text says how to use the command."""
