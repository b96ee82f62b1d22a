"""The rules of `go_static.verify`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.verify import other_variant


def rules() -> Iterable[object]:
    return (*other_variant.rules(),)
