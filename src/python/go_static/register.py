"""Statically linked Go binaries, built by the real `go build` and proven static by an ELF test.

Each go.mod has a `go_module` target, and each program a `go_static_binary`. `pants tailor` writes
both.
"""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.target import Target

from go_static.build import build_binary
from go_static.builder import program
from go_static.codegen import generate_code, overlay
from go_static.compiled import as_inputs, plan, share
from go_static.engine import compat, local_machine, python_program
from go_static.go_tests import compile_test, list_tests, report_coverage
from go_static.goals import (
    check,
    elf_check,
    format,
    generated_code_check,
    go_test,
    migrate,
    package,
    reproducibility_check,
    run,
    size_baseline,
    tailor,
)
from go_static.graph import (
    dependency_inference,
    generators,
    generators_of_tests,
    module_targets,
    package_index,
    package_owners,
    target_generators,
)
from go_static.listing import binary_files, go_list, list_module, outline, sources
from go_static.modules import build_inputs, downloads, module, tree
from go_static.sdk import find_sdk
from go_static.source_checks import vet
from go_static.targets.module_types import (
    GoModuleCodeTarget,
    GoModuleFilesTarget,
    GoModulePackageTarget,
    GoModuleTarget,
)
from go_static.targets.types import (
    ElfStaticTestTarget,
    GoCodegenTarget,
    GoGeneratedCodeTarget,
    GoGeneratedIsCurrentTarget,
    GoReproducibleTestTarget,
    GoStaticBinaryTarget,
    GoStaticExecutableTarget,
)
from go_static.verify import other_variant


def target_types() -> Iterable[type[Target]]:
    return (
        ElfStaticTestTarget,
        GoGeneratedCodeTarget,
        GoGeneratedIsCurrentTarget,
        GoCodegenTarget,
        GoModuleCodeTarget,
        GoModuleFilesTarget,
        GoModulePackageTarget,
        GoModuleTarget,
        GoReproducibleTestTarget,
        GoStaticBinaryTarget,
        GoStaticExecutableTarget,
    )


def rules() -> Iterable[object]:
    return (
        *compat.rules(),
        *compat.collect_rules(
            local_machine,
            python_program,
            program,
            find_sdk,
            downloads,
            module,
            tree,
            overlay,
            build_inputs,
            outline,
            sources,
            go_list,
            list_module,
            binary_files,
            plan,
            as_inputs,
            share,
            build_binary,
            vet,
            list_tests,
            compile_test,
            other_variant,
            package_index,
            package_owners,
            generators,
            generators_of_tests,
            migrate,
            size_baseline,
        ),
        # Those that also say what of Pants they implement.
        *report_coverage.rules(),
        *generate_code.rules(),
        *dependency_inference.rules(),
        *module_targets.rules(),
        *target_generators.rules(),
        *check.rules(),
        *elf_check.rules(),
        *format.rules(),
        *generated_code_check.rules(),
        *go_test.rules(),
        *package.rules(),
        *reproducibility_check.rules(),
        *run.rules(),
        *tailor.rules(),
    )
