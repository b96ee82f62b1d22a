"""The rules of `go_static.compiled`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.compiled import plan, share


def rules() -> Iterable[object]:
    return (*plan.rules(), *share.rules())
