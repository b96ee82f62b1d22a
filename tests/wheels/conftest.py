"""The wheels, made once for all tests as a user makes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from wheels.install_page import PROJECT, SHOWN_DIRECTORY, download, run, shown


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheels of this project, made by the command that the page shows."""
    directory = tmp_path_factory.mktemp("wheels")
    (command, *_) = shown("sh", {SHOWN_DIRECTORY: str(directory)})
    run(["sh", "-c", command], cwd=PROJECT)
    return directory


@pytest.fixture(scope="session")
def wheelhouse(wheels: Path) -> Path:
    """The same directory, with what they take from an index."""
    download(Path(__file__).with_name("plugin-requirements.txt"), wheels)
    return wheels
