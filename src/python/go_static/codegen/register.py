"""The rules of `go_static.codegen`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.codegen import generate_code, go_generate, overlay, system_tools


def rules() -> Iterable[object]:
    return (
        *generate_code.rules(),
        *go_generate.rules(),
        *overlay.rules(),
        *system_tools.rules(),
    )
