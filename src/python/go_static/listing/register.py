"""The rules of `go_static.listing`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.listing import binary_files, go_list, list_module, outline


def rules() -> Iterable[object]:
    return (
        *binary_files.rules(),
        *go_list.rules(),
        *list_module.rules(),
        *outline.rules(),
    )
