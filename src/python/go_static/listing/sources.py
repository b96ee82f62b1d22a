"""The sources of a module: its tree with generated code, and what `go list` reads of it.

They are read while the toolchain is made ready, which waits for a copy of Go or for a cache.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from pants.util.logging import LogLevel

from go_static.codegen.generate_code import generate_code
from go_static.codegen.overlay import OverlayRequest, lay_over
from go_static.engine.compat import concurrently, implicitly, rule
from go_static.go.second_run import Run
from go_static.listing.outline import Outline, read_outline
from go_static.modules.build_inputs import BuildInputs, BuildInputsRequest, build_inputs
from go_static.modules.tree import ModuleTree, ModuleTreeRequest, load_module_tree
from go_static.targets.binary_settings import BuildContext


@dataclass(frozen=True)
class SourcesRequest:
    """`run` is that of code generation."""

    context: BuildContext
    run: Run = Run.FIRST


@dataclass(frozen=True)
class Sources:
    """`tree` includes generated code."""

    tree: ModuleTree
    outline: Outline


async def with_generated_code(
    tree: ModuleTree, context: BuildContext, run: Run = Run.FIRST
) -> ModuleTree:
    """The tree, overlaid with the code from the targets in `codegen`."""
    if not context.codegen:
        return tree
    code = await generate_code(context.codegen, context.platform, run)
    overlay = await lay_over(OverlayRequest(tree.digest, code, tree.directories), **implicitly())
    return dataclasses.replace(tree, digest=overlay.digest)


@rule(desc="Read the sources of a Go module", level=LogLevel.DEBUG)
async def read_sources(request: SourcesRequest) -> Sources:
    context = request.context
    tree = await load_module_tree(
        ModuleTreeRequest(context.module_directory, context.workspace), **implicitly()
    )
    tree = await with_generated_code(tree, context, request.run)
    return Sources(tree, await read_outline(tree.digest, **implicitly()))


async def inputs_and_sources(
    context: BuildContext, run: Run = Run.FIRST
) -> tuple[BuildInputs, Sources]:
    """What a run of `go` in a module needs, and the module's sources."""
    module = BuildInputsRequest(
        context.module_directory,
        context.go_sdk,
        context.workspace,
        all_platforms=not context.platform.is_usual,
    )
    return await concurrently(
        build_inputs(module, **implicitly()),
        read_sources(SourcesRequest(context, run), **implicitly()),
    )
