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
    cgo,
    codegen,
    compat,
    dependency_inference,
    downloads,
    elf_files,
    generate_sources,
    generate_tools,
    generated_test,
    go_generate,
    here,
    interpreter,
    listed,
    listing,
    migrate,
    module,
    module_tree,
    outline,
    package,
    packages,
    prepared,
    python_program,
    reproducible_test,
    run,
    sbom,
    sdk,
    tailor,
    target_files,
    target_generators,
    test,
    tools,
    verify,
    workspace,
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
        *cgo.rules(),
        *codegen.rules(),
        *compat.rules(),
        *dependency_inference.rules(),
        *downloads.rules(),
        *elf_files.rules(),
        *generate_tools.rules(),
        *generated_test.rules(),
        *generate_sources.rules(),
        *go_generate.rules(),
        *here.rules(),
        *interpreter.rules(),
        *listed.rules(),
        *listing.rules(),
        *migrate.rules(),
        *module.rules(),
        *module_tree.rules(),
        *outline.rules(),
        *package.rules(),
        *packages.rules(),
        *prepared.rules(),
        *python_program.rules(),
        *reproducible_test.rules(),
        *run.rules(),
        *sbom.rules(),
        *sdk.rules(),
        *tailor.rules(),
        *target_files.rules(),
        *target_generators.rules(),
        *test.rules(),
        *tools.rules(),
        *verify.rules(),
        *workspace.rules(),
    )
