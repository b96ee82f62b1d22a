"""The rules of `go_static.graph`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.graph import (
    dependency_inference,
    module_targets,
    package_index,
    package_owners,
    target_generators,
)


def rules() -> Iterable[object]:
    return (
        *dependency_inference.rules(),
        *module_targets.rules(),
        *package_index.rules(),
        *package_owners.rules(),
        *target_generators.rules(),
    )
