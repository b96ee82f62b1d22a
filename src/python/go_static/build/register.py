"""The rules of `go_static.build`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.build import build_binary


def rules() -> Iterable[object]:
    return (*build_binary.rules(),)
