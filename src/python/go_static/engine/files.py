"""Some of the files of the repository, or of a digest."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.fs import Digest, DigestContents, DigestSubset, PathGlobs

from go_static.engine.compat import (
    digest_subset_to_digest,
    get_digest_contents,
    path_globs_to_digest,
)


async def subset(digest: Digest, globs: Iterable[str]) -> Digest:
    return await digest_subset_to_digest(DigestSubset(digest, PathGlobs(globs)))


async def read_subset(digest: Digest, globs: Iterable[str]) -> DigestContents:
    return await get_digest_contents(await subset(digest, globs))


async def read_files(globs: Iterable[str]) -> DigestContents:
    """Files of the repository."""
    return await get_digest_contents(await path_globs_to_digest(PathGlobs(globs)))
