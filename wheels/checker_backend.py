"""A build backend for the root of this repository: `pip install .` there installs the checker.

So do pre-commit and `pip install git+https://…`, which have no directory to choose. All of it is in
wheels/elf-static.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import hatchling.build

_CHECKER = Path(__file__).parent / "elf-static"


@contextlib.contextmanager
def _in_the_checker() -> Iterator[None]:
    root = Path.cwd()
    os.chdir(_CHECKER)
    try:
        yield
    finally:
        os.chdir(root)


def _of_the_checker(hook: Callable[..., Any]) -> Callable[..., Any]:
    def run(*arguments: Any, **options: Any) -> Any:
        with _in_the_checker():
            return hook(*arguments, **options)

    return run


build_wheel = _of_the_checker(hatchling.build.build_wheel)
get_requires_for_build_wheel = _of_the_checker(hatchling.build.get_requires_for_build_wheel)
