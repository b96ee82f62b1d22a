"""What the chosen release of Go knows, from its own sources."""

from __future__ import annotations

from go_static.engine.files import read_subset
from go_static.go.features import SOURCES, KnownFeatures
from go_static.sdk.find_sdk import GoSdk


async def read_known_features(sdk: GoSdk) -> KnownFeatures:
    contents = await read_subset(sdk.digest, SOURCES)
    return KnownFeatures.read(sdk.version, {file.path: file.content for file in contents})
