"""docs/ci.md, which the tests follow: its recipes and their commands."""

from __future__ import annotations

import re
from typing import Any

import yaml

from end_to_end.repository import PROJECT

PAGE = (PROJECT / "docs" / "ci.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def recipes() -> tuple[dict[str, Any], dict[str, Any]]:
    """The jobs of GitHub Actions and of GitLab CI."""
    github, gitlab = (yaml.safe_load(block) for block in blocks("yaml"))
    return github["jobs"]["binaries"], gitlab["binaries"]
