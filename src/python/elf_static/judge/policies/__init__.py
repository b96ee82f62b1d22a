"""The built-in policies, each a TOML file in this directory."""

from __future__ import annotations

import os

BUILT_IN = ("default", "strict", "any-language")
DIRECTORY = os.path.dirname(__file__)


def did_you_mean(name: str) -> str:
    """A question that names the built-in policy most like `name`; empty if none is."""
    import difflib

    close = difflib.get_close_matches(name.lower(), BUILT_IN, n=1)
    return f"Did you mean `{close[0]}`?" if close else ""
