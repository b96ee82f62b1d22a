"""Deleting what a test made."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path


def remove(directory: Path) -> None:
    """Delete a directory, even if it has read-only directories, such as those of Go's modules, or
    if a process that is ending still writes there."""
    for _ in range(5):
        shutil.rmtree(directory, ignore_errors=True)
        if not directory.exists():
            return
        for parent, _, _ in os.walk(directory):
            with contextlib.suppress(OSError):
                os.chmod(parent, 0o700)
        time.sleep(0.1)
