"""The rules of `go_static.sdk`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.sdk import find_sdk, known_features


def rules() -> Iterable[object]:
    return (*find_sdk.rules(), *known_features.rules())
