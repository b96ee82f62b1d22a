"""Statically linked Go binaries, built by the real `go build` and proven static by an ELF test.

Each go.mod has a `go_module` target, and each program a `go_static_binary`. `pants tailor` writes
both.
"""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.target import Target

from go_static.build import register as build
from go_static.builder import register as builder
from go_static.codegen import register as codegen
from go_static.compiled import register as compiled
from go_static.engine import register as engine
from go_static.go_tests import register as go_tests
from go_static.goals import register as goals
from go_static.graph import register as graph
from go_static.listing import register as listing
from go_static.modules import register as modules
from go_static.sdk import register as sdk
from go_static.source_checks import register as source_checks
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
from go_static.verify import register as verify


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
        *engine.rules(),
        *builder.rules(),
        *sdk.rules(),
        *modules.rules(),
        *codegen.rules(),
        *listing.rules(),
        *compiled.rules(),
        *build.rules(),
        *verify.rules(),
        *source_checks.rules(),
        *go_tests.rules(),
        *graph.rules(),
        *goals.rules(),
    )
