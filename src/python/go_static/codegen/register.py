"""The rules of `go_static.codegen`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.codegen import generate_code, go_generate, system_tools


def rules() -> Iterable[object]:
    return (
        *generate_code.rules(),
        *go_generate.rules(),
        *system_tools.rules(),
    )
