"""The builder's arguments for a build."""

from __future__ import annotations

import hashlib
import posixpath

from go_static.builder.arguments import GoBuild
from go_static.compiled.plan import Profile
from go_static.listing.binary_files import BinaryListing
from go_static.listing.import_graph import packages_of
from go_static.targets.binary_settings import BinarySettings


def build_arguments(
    settings: BinarySettings, listing: BinaryListing, profile: Profile, shares_caches: bool
) -> GoBuild:
    """`shares_caches` is whether other builds may have the same caches."""
    return GoBuild(
        directory=listing.module_directory,
        name=settings.name,
        output=posixpath.basename(settings.output_path),
        kept_as=key(settings.output_path),
        flags=(*settings.flags.arguments, *profile.arguments(listing.module_directory)),
        pattern=listing.pattern,
        packages=packages_of(listing.main, listing.graph) if shares_caches else (),
    )


def key(output_path: str) -> str:
    """The name under which a binary is kept, from the output path of its target."""
    return hashlib.sha256(output_path.encode()).hexdigest()[:16]
