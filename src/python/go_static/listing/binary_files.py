"""The part of a listing that belongs to one binary."""

from __future__ import annotations

from dataclasses import dataclass

from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.engine.compat import implicitly, rule
from go_static.go.features import NO_FEATURES, InvalidFeatureError
from go_static.go.second_run import Run
from go_static.listing.cgo_warnings import CgoUse
from go_static.listing.definitions import check_definitions
from go_static.listing.list_module import (
    BinaryFiles,
    BinaryGroups,
    GoListError,
    ListingRequest,
    list_binaries,
)
from go_static.modules.build_inputs import BuildInputsRequest, Toolchain, build_inputs
from go_static.modules.module import find_module
from go_static.modules.workspace import GoModuleError
from go_static.sdk.known_features import read_known_features
from go_static.targets.binary_settings import BinarySettings


@dataclass(frozen=True)
class BuildRequest:
    """`run` distinguishes a second build, which also generates code again, from the first."""

    settings: BinarySettings
    run: Run = Run.FIRST


@dataclass(frozen=True)
class BinaryListing:
    """The listing of one binary, part of that for `request`. In `module_directory`, `pattern`
    matches its main package, whose import path is `main`; the rest is as in `Listing` and
    `ListedBinaries`.

    Other binaries' files are not here, so an edit of those leaves this unchanged, and the engine
    reruns nothing.
    """

    request: ListingRequest
    pattern: str
    module_directory: str
    main: str
    files: BinaryFiles
    graph: FrozenDict[str, tuple[str, ...]]
    toolchain: Toolchain
    cgo: CgoUse


async def listing_of(
    settings: BinarySettings, groups: BinaryGroups, run: Run = Run.FIRST
) -> tuple[ListingRequest, str]:
    """The listing that contains a binary, and the binary's pattern in it.

    :raises GoModuleError: its main package belongs to no module.
    """
    directory = await find_module(settings.directory)
    if directory is None:
        raise GoModuleError(no_go_mod_message(settings))
    context = settings.context(directory)
    pattern = settings.pattern(directory)
    together = pattern in groups.patterns.get(context, ())
    return ListingRequest(context, "" if together else pattern, run), pattern


async def _check_features(settings: BinarySettings) -> None:
    """:raises GoListError: the release of Go does not know what the target asks for."""
    features, godebug = settings.flags.features, settings.flags.godebug
    directory = await find_module(settings.directory)
    if directory is None or (features == NO_FEATURES and not godebug):
        return
    module = BuildInputsRequest(directory, settings.go_sdk, settings.workspace)
    inputs = await build_inputs(module, **implicitly())
    known = await read_known_features(inputs.toolchain.sdk)
    try:
        known.check(features, (name for name, _ in godebug))
    except InvalidFeatureError as e:
        raise GoListError(f"{settings.name}: {e}") from None


@rule(desc="List the files of a Go binary", level=LogLevel.DEBUG)
async def list_binary(request: BuildRequest, groups: BinaryGroups) -> BinaryListing:
    settings = request.settings
    await _check_features(settings)
    listing_request, pattern = await listing_of(settings, groups, request.run)
    listing = await list_binaries(listing_request, **implicitly())
    binary = listing.listed.binaries[pattern]
    if binary.error:
        raise GoListError(
            f"{settings.name} cannot be built for {settings.platform}: {binary.error}"
        )
    if request.run.is_first:
        await check_definitions(settings, listing.listed, binary.main, listing.tree.digest)
    return BinaryListing(
        request=listing_request,
        pattern=pattern,
        module_directory=listing.tree.directory,
        main=binary.main,
        files=listing.files[pattern],
        graph=listing.listed.graph,
        toolchain=listing.listed.toolchain,
        cgo=listing.cgo,
    )


def no_go_mod_message(settings: BinarySettings) -> str:
    """The error for a binary whose main package belongs to no module."""
    return (
        f"{settings.name}: no go.mod in {settings.directory or 'the root'} or any parent "
        "directory, so its main package belongs to no Go module.\n\n"
        "Check the `main` field, or create a module there: `go mod init example.com/name`."
    )
