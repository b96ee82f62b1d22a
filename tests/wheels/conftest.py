"""The wheels, made once for all tests as a user makes them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from end_to_end.repository import Toolbox
from wheels.install_page import PROJECT, SHOWN_DIRECTORY, run, shown


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
    run(
        [
            *(sys.executable, "-I", "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"),
            *("--disable-pip-version-check", "--require-hashes", "--dest", str(wheels)),
            *("-r", str(Path(__file__).with_name("plugin-requirements.txt"))),
        ],
        cwd=wheels,
    )
    return wheels


@pytest.fixture(scope="session")
def pex(wheelhouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that pex's release holds, put where the page puts it."""
    pex = wheelhouse / "pex"
    run(
        [
            *(sys.executable, "-m", "pex", "pex==2.1.137", "--console-script=pex"),
            *(f"--output-file={pex}", "--no-pypi", f"--find-links={wheelhouse}"),
            f"--pex-root={tmp_path_factory.mktemp('pex-root')}",
        ],
        cwd=wheelhouse,
    )
    return pex


@pytest.fixture(scope="session")
def toolbox(tmp_path_factory: pytest.TempPathFactory) -> Toolbox:
    found = Toolbox.find(tmp_path_factory.mktemp("caches"))
    # The launcher's Pants, whatever PANTS_EXE says.
    return replace(found, pants=PROJECT / "pants")
