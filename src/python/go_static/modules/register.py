"""The rules of `go_static.modules`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.modules import downloads, module, tree


def rules() -> Iterable[object]:
    return (
        *downloads.rules(),
        *module.rules(),
        *tree.rules(),
    )
