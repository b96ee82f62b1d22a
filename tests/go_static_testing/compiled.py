"""The standard library, compiled once in a run for all caches for which that is not the point."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from go_static_testing.go_tool import GoTool
from run_files import made_before, made_once, shared_caches

# What this backend's builder and the tests' programs import.
_IMPORTED = ("encoding/json", "fmt", "net", "os/exec", "os/user", "testing")
# Pants's name of Go's build cache.
_BUILD_CACHE = Path("named", "go_static_build")


def new_caches() -> Path:
    """The caches of a machine on which Go, but not Pants, has built a program; to be copied."""

    def compile_into(caches: Path) -> None:
        cache = caches / _BUILD_CACHE
        cache.mkdir(parents=True)
        settings = {"CGO_ENABLED": "0", "GOCACHE": str(cache)}
        GoTool.find().output("build", "-trimpath", *_IMPORTED, env=settings)

    return made_once("new", compile_into)


def new_build_cache() -> Path | None:
    """Go's build cache among them, if a test of this run has asked for them."""
    made = made_before("new")
    return made / _BUILD_CACHE if made else None


def fill_shared_caches() -> Path:
    """`shared_caches`, in which Go finds the standard library."""

    def fill(done: Path) -> None:
        for cache in (shared_caches() / "go", shared_caches() / _BUILD_CACHE):
            # Go writes a file of its cache once, and no test alters one of these.
            shutil.copytree(
                new_caches() / _BUILD_CACHE, cache, dirs_exist_ok=True, copy_function=os.link
            )
        done.mkdir()

    made_once("filled", fill)
    return shared_caches()
