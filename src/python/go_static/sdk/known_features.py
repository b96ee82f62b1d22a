"""What the chosen release of Go knows, from its own sources."""

from __future__ import annotations

from dataclasses import dataclass

from pants.engine.fs import DigestSubset, PathGlobs
from pants.util.logging import LogLevel

from go_static.engine.compat import (
    digest_subset_to_digest,
    get_digest_contents,
    rule,
)
from go_static.go.features import SOURCES, KnownFeatures
from go_static.sdk.find_sdk import GoSdk


@dataclass(frozen=True)
class KnownFeaturesRequest:
    sdk: GoSdk


@rule(desc="Read what a Go release knows", level=LogLevel.DEBUG)
async def read_known_features(request: KnownFeaturesRequest) -> KnownFeatures:
    sdk = request.sdk
    sources = await digest_subset_to_digest(DigestSubset(sdk.digest, PathGlobs(SOURCES)))
    contents = await get_digest_contents(sources)
    return KnownFeatures.read(sdk.version, {file.path: file.content for file in contents})
