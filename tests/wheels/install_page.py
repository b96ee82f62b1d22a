"""The commands and settings in docs/install.md, for the tests that run them."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
INSTALL = PROJECT / "docs" / "install.md"
SBOM = PROJECT / "docs" / "sbom.md"
# The page's directory for the wheels; a test uses another one.
SHOWN_DIRECTORY = "/srv/wheels"

# For the pants.toml of the tests' repositories.
TEST_SETTINGS = """
[anonymous-telemetry]
enabled = false
"""


def shown(language: str, replacements: Mapping[str, str]) -> list[str]:
    """The blocks in one language in docs/install.md, with the paths of a test."""
    blocks = re.findall(rf"```{language}\n(.*?)```", INSTALL.read_text(), re.DOTALL)
    for old, new in replacements.items():
        blocks = [block.replace(old, new) for block in blocks]
    return blocks


def run(
    command: list[str], cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The output of a command, which must succeed."""
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


def download(requirements: Path, directory: Path, *options: str) -> None:
    """Download the pinned packages of a file next to the wheels, with these options of `pip
    download`."""
    run(
        [
            *(sys.executable, "-I", "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"),
            *("--disable-pip-version-check", "--require-hashes", "--dest", str(directory)),
            *options,
            *("-r", str(requirements)),
        ],
        cwd=directory,
    )


@dataclass(frozen=True)
class Pex:
    """The file of a pex release, at the path that the page uses."""

    file: Path
    version: str

    @property
    def known_version(self) -> str:
        """In the form of the option `[pex-cli].known_versions`."""
        content = self.file.read_bytes()
        system = "linux_arm64" if platform.machine() == "aarch64" else "linux_x86_64"
        checksum = hashlib.sha256(content).hexdigest()
        return f"v{self.version}|{system}|{checksum}|{len(content)}"
