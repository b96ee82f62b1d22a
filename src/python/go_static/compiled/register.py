"""The rules of `go_static.compiled`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.compiled import as_inputs, plan, share


def rules() -> Iterable[object]:
    return (*as_inputs.rules(), *plan.rules(), *share.rules())
