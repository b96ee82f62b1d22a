"""The built-in policies, each a TOML file in this directory."""

from __future__ import annotations

import os
from typing import Any

BUILT_IN = ("default", "strict", "any-language", "rules-go")


def did_you_mean(name: str) -> str:
    """A question that names the built-in policy most like `name`; empty if none is."""
    import difflib

    close = difflib.get_close_matches(name.lower(), BUILT_IN, n=1)
    return f"Did you mean `{close[0]}`?" if close else ""


def built_in_text(name: str) -> str:
    """The text of a built-in policy, wherever this package is: in a directory or an archive."""
    loader: Any = globals()["__loader__"]
    data: bytes = loader.get_data(os.path.join(os.path.dirname(__file__), f"{name}.toml"))
    return data.decode("utf-8")
