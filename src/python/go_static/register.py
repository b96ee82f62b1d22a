"""Statically linked Go binaries, built by the real `go build` and proven static by an ELF test.

A `go_module` target stands for a go.mod, a `go_static_binary` for a `package main`; `pants tailor`
writes both.
"""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.target import Target

from go_static import (
    build,
    dependency_inference,
    downloads,
    listing,
    module,
    package,
    packages,
    run,
    sdk,
    tailor,
    target_generators,
)
from go_static.target_types import (
    GoModuleFilesTarget,
    GoModulePackageTarget,
    GoModuleTarget,
    GoStaticBinaryTarget,
    GoStaticExecutableTarget,
)


def target_types() -> Iterable[type[Target]]:
    return (
        GoModuleFilesTarget,
        GoModulePackageTarget,
        GoModuleTarget,
        GoStaticBinaryTarget,
        GoStaticExecutableTarget,
    )


def rules() -> Iterable[object]:
    return (
        *build.rules(),
        *dependency_inference.rules(),
        *downloads.rules(),
        *listing.rules(),
        *module.rules(),
        *package.rules(),
        *packages.rules(),
        *run.rules(),
        *sdk.rules(),
        *tailor.rules(),
        *target_generators.rules(),
    )
