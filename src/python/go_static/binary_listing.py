"""The listing that a binary is built by, and what it says of this binary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.util.logging import LogLevel

from go_static.binary import BinarySettings
from go_static.compat import collect_rules, implicitly, rule
from go_static.elsewhere import Run
from go_static.listing import (
    BinaryGroups,
    GoListError,
    Listing,
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
    """`listing` is the answer to `request` and has the binary's main package as `pattern`, without
    an error. `module_directory` is where that is a pattern."""

    request: ListingRequest
    listing: Listing
    pattern: str
    module_directory: str


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
    return BinaryListing(listing_request, listing, pattern, module.directory)


def no_go_mod_message(settings: BinarySettings) -> str:
    """For a binary whose main package belongs to no module."""
    return (
        f"{settings.name}: there is no go.mod in {settings.directory or 'the root'} or in a "
        "directory above it, so its main package belongs to no Go module.\n\n"
        "Check the `main` field, or make a module there: `go mod init example.com/name`."
    )


def rules() -> Iterable[object]:
    return collect_rules()
