"""The recipes and commands in docs/ci.md, for the tests that run them."""

from __future__ import annotations

from typing import Any

import yaml

from end_to_end.pages import blocks_of


def blocks(language: str) -> list[str]:
    return [block.text for block in blocks_of("docs/ci.md") if block.language == language]


def recipes() -> tuple[dict[str, Any], dict[str, Any]]:
    """The jobs of GitHub Actions and of GitLab CI."""
    github, gitlab = (yaml.safe_load(block) for block in blocks("yaml"))
    return github["jobs"]["binaries"], gitlab["binaries"]
