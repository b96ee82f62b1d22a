"""Overlay generated files on those of the repository."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.fs import Digest, FileEntry, MergeDigests
from pants.util.logging import LogLevel

from go_static.codegen.generate_code import CodegenError, GeneratedCode
from go_static.engine import repo_paths
from go_static.engine.compat import get_digest_entries, merge_digests, rule
from go_static.engine.files import subset

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class OverlayRequest:
    """Overlay generated files on the repository's. `directories` are the modules; each generator
    must write to one of them."""

    base: Digest
    code: GeneratedCode
    directories: tuple[str, ...]


@dataclass(frozen=True)
class Overlay:
    digest: Digest


@rule(desc="Lay generated code over the repository", level=LogLevel.DEBUG)
async def lay_over(request: OverlayRequest) -> Overlay:
    code = request.code
    outside = misplaced(code.origins, request.directories)
    if outside:
        raise CodegenError(outside)
    generated = await get_digest_entries(code.digest)
    globs = repo_paths.glob_literals(code.origins)
    stale = await subset(request.base, globs)
    existing = {
        entry.path: entry.file_digest
        for entry in await get_digest_entries(stale)
        if isinstance(entry, FileEntry)
    }
    for entry in generated:
        if isinstance(entry, FileEntry) and existing.get(entry.path, entry.file_digest) != (
            entry.file_digest
        ):
            origin = code.origins[entry.path]
            logger.warning(
                f"{entry.path} in the repository differs from what {origin} generates. Using "
                "the generated file; "
                + (
                    "regenerate the checked-in copy."
                    if origin in code.committed
                    else "remove the other one, and add it to .gitignore."
                )
            )
    rest = await subset(request.base, ["**", *(f"!{glob}" for glob in globs)])
    return Overlay(await merge_digests(MergeDigests([rest, code.digest])))


def misplaced(origins: Mapping[str, str], directories: Iterable[str]) -> str:
    """The error if a generator writes no file in a module of the build, else empty."""
    directories = tuple(directories)
    useful = {
        origin
        for path, origin in origins.items()
        if any(repo_paths.is_below(path, directory) for directory in directories)
    }
    for path, origin in sorted(origins.items()):
        if origin not in useful:
            where = " or ".join(directory or "the root" for directory in directories)
            return (
                f"{origin} generates {path}, but nothing in the module of the binary ({where})."
                "\n\nMake it write below the directory of the go.mod, or remove it from the "
                "`codegen` field."
            )
    return ""
