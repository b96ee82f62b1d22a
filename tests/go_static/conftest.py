"""A real Go for the tests of the backend."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def go() -> Path:
    """The `go` to test with: the one that ./run-tests brings, else the machine's."""
    root = os.environ.get("GO_STATIC_TEST_GO")
    found = str(Path(root, "bin", "go")) if root else shutil.which("go")
    if found is None or not Path(found).is_file():
        pytest.fail("The tests need a Go SDK: run them through ./run-tests, which brings one.")
    return Path(found)
