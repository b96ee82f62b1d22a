"""The files that all processes of a test run share. Needs no pytest: bench/ imports it too."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from removal import remove

# Names the directory of the run, for the processes that share the tests out, and their fixtures.
VARIABLE = "GO_STATIC_TEST_RUN"


def shared_caches() -> Path:
    """The stores and named caches of all tests for which a cold cache is not the point. Pants and
    Go lock what they write there."""
    return Path(os.environ[VARIABLE], "caches")


def published_modules() -> Path | None:
    """What the proxies of all tests have published. None where no tests run, as in bench/."""
    root = os.environ.get(VARIABLE)
    return Path(root, "published") if root else None


def made_before(name: str) -> Path | None:
    """A directory that `made_once` has made in this run."""
    root = os.environ.get(VARIABLE)
    directory = Path(root, name) if root else None
    return directory if directory and directory.exists() else None


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """A directory of the run, which the first process that needs it makes for all of them."""
    directory = Path(os.environ[VARIABLE], name)
    with directory.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not directory.exists():
            unfinished = directory.with_suffix(".unfinished")
            # Another process may have failed here.
            remove(unfinished)
            make(unfinished)
            unfinished.rename(directory)
    return directory
