"""The rules of `go_static.engine`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.engine import local_machine, pants_2_17, python_program


def rules() -> Iterable[object]:
    return (
        *local_machine.rules(),
        *pants_2_17.rules(),
        *python_program.rules(),
    )
