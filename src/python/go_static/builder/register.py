"""The rules of `go_static.builder`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.builder import program


def rules() -> Iterable[object]:
    return (*program.rules(),)
