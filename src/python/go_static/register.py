"""Statically linked Go binaries, built by the real `go build` and proven static by an ELF test.

A `go_module` target stands for a go.mod, a `go_static_binary` for a `package main`; `pants tailor`
writes both.
"""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.target import Target

from go_static import (
    binary_listing,
    build,
    codegen,
    compat,
    dependency_inference,
    downloads,
    generated_test,
    go_generate,
    here,
    listed,
    listing,
    migrate,
    module,
    module_tree,
    outline,
    package,
    packages,
    python_program,
    reproducible_test,
    run,
    sdk,
    tailor,
    target_generators,
    test,
    tools,
)
from go_static.target_types import (
    ElfStaticTestTarget,
    GoCodegenTarget,
    GoGeneratedCodeTarget,
    GoGeneratedIsCurrentTarget,
    GoModuleFilesTarget,
    GoModulePackageTarget,
    GoModuleTarget,
    GoReproducibleTestTarget,
    GoStaticBinaryTarget,
    GoStaticExecutableTarget,
)


def target_types() -> Iterable[type[Target]]:
    return (
        ElfStaticTestTarget,
        GoGeneratedCodeTarget,
        GoGeneratedIsCurrentTarget,
        GoCodegenTarget,
        GoModuleFilesTarget,
        GoModulePackageTarget,
        GoModuleTarget,
        GoReproducibleTestTarget,
        GoStaticBinaryTarget,
        GoStaticExecutableTarget,
    )


def rules() -> Iterable[object]:
    return (
        *binary_listing.rules(),
        *build.rules(),
        *codegen.rules(),
        *compat.rules(),
        *dependency_inference.rules(),
        *downloads.rules(),
        *generated_test.rules(),
        *go_generate.rules(),
        *here.rules(),
        *listed.rules(),
        *listing.rules(),
        *migrate.rules(),
        *module.rules(),
        *module_tree.rules(),
        *outline.rules(),
        *package.rules(),
        *packages.rules(),
        *python_program.rules(),
        *reproducible_test.rules(),
        *run.rules(),
        *sdk.rules(),
        *tailor.rules(),
        *target_generators.rules(),
        *test.rules(),
        *tools.rules(),
    )
