"""The wheels, made once for all tests as a user makes them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from wheels.install_page import PROJECT, SHOWN_DIRECTORY, run, shown

_DOWNLOAD = (
    *(sys.executable, "-I", "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"),
    *("--disable-pip-version-check", "--require-hashes", "--dest"),
)

SBOM_PACKAGES = (
    *("beartype", "boolean.py", "click", "cyclonedx-python-lib", "defusedxml", "fastjsonschema"),
    *("isodate", "license-expression", "packageurl-python", "ply", "py-serializable", "pyparsing"),
    *("rdflib", "semantic-version", "sortedcontainers", "spdx-tools", "uritools", "xmltodict"),
    # Pants's own, which its plugins have to do with.
    "PyYAML",
)


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheels of this project, made by the command that the page shows."""
    directory = tmp_path_factory.mktemp("wheels")
    (command, *_) = shown("sh", {SHOWN_DIRECTORY: str(directory)})
    run(["sh", "-c", command], cwd=PROJECT)
    return directory


@pytest.fixture(scope="session")
def wheelhouse(wheels: Path) -> Path:
    """The same directory, with all that an installation takes from an index."""
    requirements = Path(__file__).with_name("plugin-requirements.txt")
    run([*_DOWNLOAD, str(wheels), "-r", str(requirements)], cwd=wheels)
    return wheels


@pytest.fixture(scope="session")
def sbom_wheelhouse(wheelhouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same directory, with what the extra `sbom` brings: what the launcher's Pants has."""
    pinned = (PROJECT / "3rdparty/python/pants-requirements.txt").read_text()
    entries = re.findall(r"^(\S+)==(\S+ \\\n(?:    --hash=\S+(?: \\)?\n)+)", pinned, re.MULTILINE)
    wanted = [f"{name}=={rest}" for name, rest in entries if name in SBOM_PACKAGES]
    assert len(wanted) == len(SBOM_PACKAGES)
    listed = tmp_path_factory.mktemp("sbom") / "requirements.txt"
    listed.write_text("".join(wanted))
    run([*_DOWNLOAD, str(wheelhouse), "-r", str(listed)], cwd=wheelhouse)
    return wheelhouse
