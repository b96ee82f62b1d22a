"""What the chosen release of Go knows, from its own sources."""

from __future__ import annotations

from pants.engine.fs import DigestSubset, PathGlobs

from go_static.engine.compat import digest_subset_to_digest, get_digest_contents
from go_static.go.features import SOURCES, KnownFeatures
from go_static.sdk.find_sdk import GoSdk


async def read_known_features(sdk: GoSdk) -> KnownFeatures:
    sources = await digest_subset_to_digest(DigestSubset(sdk.digest, PathGlobs(SOURCES)))
    contents = await get_digest_contents(sources)
    return KnownFeatures.read(sdk.version, {file.path: file.content for file in contents})
