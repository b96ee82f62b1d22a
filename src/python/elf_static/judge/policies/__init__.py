"""The built-in policies, each a TOML file in this directory."""

from __future__ import annotations

import os

BUILT_IN = ("default", "strict", "any-language")
DIRECTORY = os.path.dirname(__file__)
