"""The listing that a binary is built by, and what it says of this binary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.fs import Digest
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.binary import BinarySettings
from go_static.compat import collect_rules, implicitly, rule
from go_static.elsewhere import Run
from go_static.listing import (
    BinaryFiles,
    BinaryGroups,
    GoListError,
    ListingRequest,
    list_binaries,
)
from go_static.module import FindModuleRequest, find_module
from go_static.workspace import GoModuleError


@dataclass(frozen=True)
class BinaryListingRequest:
    """`run` is that of the build."""

    settings: BinarySettings
    run: Run = Run.FIRST


@dataclass(frozen=True)
class BinaryListing:
    """What the answer to `request` says of one binary. `pattern` stands for its main package, whose
    import path is `main`, in `module_directory`; the rest is as in `Listing`.

    What it says of other binaries is not here: where an edit changes nothing of this one, this is
    the same as before it, and the engine runs no rule again that has no other reason to.
    """

    request: ListingRequest
    pattern: str
    module_directory: str
    main: str
    files: BinaryFiles
    graph: FrozenDict[str, tuple[str, ...]]
    workspace: str
    sdk: Digest
    downloads: Digest


@rule(desc="List the files of a Go binary", level=LogLevel.DEBUG)
async def list_binary(request: BinaryListingRequest, groups: BinaryGroups) -> BinaryListing:
    settings = request.settings
    module = await find_module(FindModuleRequest(settings.directory), **implicitly())
    if module.directory is None:
        raise GoModuleError(no_go_mod_message(settings))
    context = settings.context(module.directory)
    pattern = settings.pattern(module.directory)
    together = pattern in groups.patterns.get(context, ())
    listing_request = ListingRequest(context, "" if together else pattern, request.run)
    listing = await list_binaries(listing_request, **implicitly())
    if pattern in listing.errors:
        raise GoListError(
            f"{settings.name} cannot be built for {settings.platform}: {listing.errors[pattern]}"
        )
    return BinaryListing(
        listing_request,
        pattern,
        module.directory,
        listing.mains[pattern],
        listing.files[pattern],
        listing.graph,
        listing.tree.workspace,
        listing.sdk.digest,
        listing.downloads,
    )


def no_go_mod_message(settings: BinarySettings) -> str:
    """For a binary whose main package belongs to no module."""
    return (
        f"{settings.name}: there is no go.mod in {settings.directory or 'the root'} or in a "
        "directory above it, so its main package belongs to no Go module.\n\n"
        "Check the `main` field, or make a module there: `go mod init example.com/name`."
    )


def rules() -> Iterable[object]:
    return collect_rules()
