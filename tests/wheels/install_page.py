"""docs/install.md, whose commands and settings the tests run."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
INSTALL = PROJECT / "docs" / "install.md"
SBOM = PROJECT / "docs" / "sbom.md"
# Where the page puts the wheels; a test puts them elsewhere.
SHOWN_DIRECTORY = "/srv/wheels"


def shown(language: str, replacements: Mapping[str, str]) -> list[str]:
    """The blocks of one language in docs/install.md, with other paths than the page has."""
    blocks = re.findall(rf"```{language}\n(.*?)```", INSTALL.read_text(), re.DOTALL)
    for old, new in replacements.items():
        blocks = [block.replace(old, new) for block in blocks]
    return blocks


def run(
    command: list[str], cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What a command that ends well has said."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done
