"""The rules of `go_static.engine`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.engine import compat, local_machine, python_program


def rules() -> Iterable[object]:
    return (
        *compat.rules(),
        *local_machine.rules(),
        *python_program.rules(),
    )
