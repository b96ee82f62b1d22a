"""The `build` step: run `go build`, offline, on exactly the files in the listing."""

from __future__ import annotations

import logging
import posixpath
from dataclasses import dataclass

from pants.engine.fs import AddPrefix, CreateDigest, Digest, Directory, RemovePrefix
from pants.engine.process import FallibleProcessResult, Process, ProcessExecutionEnvironment
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.build.added_files import find_profile, godebug_file, profile_of_imports
from go_static.build.arguments import build_arguments
from go_static.builder.program import Cores, checked, command
from go_static.compiled.plan import Profile, compiled_for_binaries
from go_static.compiled.share import execute_on_compiled, execute_unless_it_asks
from go_static.engine.compat import add_prefix, create_digest, implicitly, remove_prefix, rule
from go_static.go import sandbox
from go_static.go.clean_output import clean_output
from go_static.go.second_run import execute_run
from go_static.go.subsystem import GoStaticSubsystem
from go_static.listing.binary_files import BinaryListing, BuildRequest, list_binary
from go_static.listing.cgo_errors import ADVICE, undefined_without_cgo
from go_static.listing.cgo_warnings import remarks
from go_static.listing.list_module import list_binaries
from go_static.targets.binary_settings import BinarySettings

logger = logging.getLogger(__name__)

# The named cache of previous binaries: `keptDirectory` in builder/_go/kept.go.
_LAST_BINARIES = {"go_static_linked": "cache/linked"}


class GoBuildError(Exception):
    """A build that failed. The text is that of `go build`, with paths in the repository."""


@dataclass(frozen=True)
class BuiltBinary:
    """`digest` holds the binary at `path`, which is the target's output path."""

    digest: Digest
    path: str


async def _execute(
    process: Process, request: BuildRequest, listing: BinaryListing, profile: Profile
) -> FallibleProcessResult:
    """The result of a build. A second run compiles everything itself."""
    if not request.run.is_first:
        return await execute_run(process, request.run)
    result = await execute_unless_it_asks(process)
    if result is not None:
        return result
    settings = request.settings
    compiled = compiled_for_binaries(
        listing.request.context,
        await list_binaries(listing.request, **implicitly()),
        settings.flags.import_arguments,
        profile_of_imports(settings, listing, profile),
    )
    return await execute_on_compiled(process, compiled, listing.main)


@rule(desc="Build a static Go binary", level=LogLevel.DEBUG)
async def build_binary(
    request: BuildRequest, options: GoStaticSubsystem, environment: ProcessExecutionEnvironment
) -> BuiltBinary:
    settings = request.settings
    listing = await list_binary(request, **implicitly())
    caches = sandbox.caches(options.isolated_caches or not request.run.is_first)
    profile = await find_profile(settings, request.run)
    arguments = build_arguments(settings, listing, profile, shares_caches=bool(caches.named))
    inputs = await create_digest(
        CreateDigest(
            [
                *listing.files.loose_in_sandbox,
                *(Directory(d) for d in caches.directories),
                arguments.file(),
                *((profile.file,) if profile.file else ()),
                *godebug_file(settings),
            ]
        )
    )
    output_directory, name = posixpath.split(settings.output_path)
    output = f"{sandbox.OUTPUT}/{name}"
    cores = Cores.of(environment.remote_execution)
    process = Process(
        command(arguments, cores.argument),
        env=sandbox.offline_environment(
            settings.platform, listing.toolchain.workspace, settings.flags.features
        ),
        input_digest=inputs,
        immutable_input_digests={
            **listing.toolchain.digests,
            **listing.files.directories_in_sandbox,
        },
        append_only_caches=FrozenDict({**caches.named, **(_LAST_BINARIES if caches.named else {})}),
        output_files=(output,),
        concurrency_available=cores.at_most,
        description=f"Build {settings.name} for {settings.platform}",
    )
    said = remarks(settings.name, listing.main, listing.graph, listing.cgo)
    for text in said.warnings:
        logger.warning(text)
    for text in said.info:
        logger.info(text)
    result = checked(await _execute(process, request, listing, profile))
    if result.exit_code != 0:
        raise GoBuildError(failure_message(settings, listing, result.stderr))
    binary = await remove_prefix(RemovePrefix(result.output_digest, sandbox.OUTPUT))
    return BuiltBinary(await add_prefix(AddPrefix(binary, output_directory)), settings.output_path)


def failure_message(settings: BinarySettings, listing: BinaryListing, stderr: bytes) -> str:
    """What `go build` printed, after the reason if that is cgo."""
    said = clean_output(stderr, listing.module_directory)
    cgo = undefined_without_cgo(said, listing.main, listing.graph, listing.cgo)
    return (
        f"{settings.name} cannot be built for {settings.platform}"
        + (f": {cgo}\n\n" if cgo else ". ")
        + f"`go build` printed:\n\n{said}"
        + (f"\n\n{ADVICE}" if cgo else "")
    )
