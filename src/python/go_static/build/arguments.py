"""The builder's arguments for a build."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping

from go_static.build.added_files import Profile
from go_static.builder.arguments import GoBuild
from go_static.listing.binary_files import BinaryListing
from go_static.listing.import_graph import importers
from go_static.targets.binary_settings import BinarySettings

# All packages of the standard library.
_STANDARD = "std"


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


def packages_of(main: str, graph: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The packages of the binary whose main package is `main`; `graph` is as in import_graph.py."""
    return tuple(sorted((*importers(main, graph), _STANDARD)))


def key(output_path: str) -> str:
    """The name under which a binary is kept, from the output path of its target."""
    return hashlib.sha256(output_path.encode()).hexdigest()[:16]
