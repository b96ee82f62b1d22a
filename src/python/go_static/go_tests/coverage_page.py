"""The reports on the coverage of the Go tests of a module: Go's own profile, and its HTML page."""

from __future__ import annotations

from pants.engine.fs import CreateDigest, Digest, FileContent, MergeDigests, RemovePrefix
from pants.engine.platform import Platform
from pants.engine.process import Process
from pants.util.logging import LogLevel

from go_static.builder.arguments import GoCoverPage
from go_static.builder.program import checked, command
from go_static.engine.compat import create_digest, implicitly, merge_digests, remove_prefix
from go_static.engine.processes import execute_cached
from go_static.go import sandbox
from go_static.go.clean_output import clean_output
from go_static.go_tests.compile_test import tests_context
from go_static.listing.sources import with_generated_code
from go_static.modules.build_inputs import BuildInputsRequest, build_inputs

PROFILE = "cover.out"
PAGE = "coverage.html"


class GoCoverageError(Exception):
    """`go tool cover` failed. The text is what it printed."""


async def write_coverage_files(
    module: str, codegen: tuple[str, ...], merged: str, isolated: bool, platform: Platform
) -> Digest:
    """The merged profile of the tests of the module in a directory, and the page.

    :param codegen: as in `TestBinaryRequest`.
    :raises GoCoverageError: see there.
    """
    inputs = await build_inputs(BuildInputsRequest(module), **implicitly())
    context = tests_context(module, codegen, platform)
    tree = await with_generated_code(inputs.tree, context)
    caches = sandbox.caches(isolated)
    profile = await create_digest(CreateDigest([FileContent(PROFILE, merged.encode())]))
    arguments = GoCoverPage(module, profile=PROFILE, page=PAGE)
    result = checked(
        await execute_cached(
            Process(
                command(arguments),
                env=sandbox.offline_environment(context.platform, inputs.toolchain.workspace),
                input_digest=await sandbox.lay_out(
                    tree.digest, caches, profile, arguments=arguments.file()
                ),
                immutable_input_digests=inputs.toolchain.digests,
                append_only_caches=caches.named,
                output_files=(f"{sandbox.OUTPUT}/{PAGE}",),
                description=f"Show the coverage of {module or 'the root'}",
                level=LogLevel.DEBUG,
            )
        )
    )
    if result.exit_code != 0:
        raise GoCoverageError(f"`go tool cover` printed:\n\n{clean_output(result.stderr, module)}")
    page = await remove_prefix(RemovePrefix(result.output_digest, sandbox.OUTPUT))
    return await merge_digests(MergeDigests([profile, page]))
