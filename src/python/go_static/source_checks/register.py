"""The rules of `go_static.source_checks`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.source_checks import gofmt, vet


def rules() -> Iterable[object]:
    return (*gofmt.rules(), *vet.rules())
