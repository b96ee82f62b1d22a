"""Files that a build gets in addition to those of its packages: a profile, and defaults of
GODEBUG."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from pants.engine.fs import FileContent, FileEntry, PathGlobs

from go_static.codegen.generate_code import TargetCodeRequest, generate_target_code
from go_static.engine.compat import (
    concurrently,
    get_digest_entries,
    implicitly,
    path_globs_to_digest,
)
from go_static.go import sandbox
from go_static.go.flags import NO_PROFILE
from go_static.go.second_run import Run
from go_static.listing.binary_files import BinaryListing
from go_static.listing.go_list import DEFAULT_PROFILE
from go_static.targets.binary_settings import BinarySettings
from go_static.targets.named import targets_at

_PROFILES = "profile"
_GODEBUG_FILE = "go_static_godebug.go"


class ProfileError(Exception):
    """The profile that a target names does not exist. The text says where and what to do."""


@dataclass(frozen=True)
class Profile:
    """A profile in the sandbox; without a file, Go uses its default."""

    file: FileEntry | None = None

    def arguments(self, module_directory: str) -> tuple[str, ...]:
        """Those of `go build`, run in the directory of the module in the tree."""
        if self.file is None:
            return ()
        tree = posixpath.normpath(posixpath.join(sandbox.TREE, module_directory))
        return (f"-pgo={posixpath.relpath(self.file.path, tree)}",)


async def find_profile(settings: BinarySettings, run: Run) -> Profile:
    """:raises ProfileError: see there."""
    named = settings.flags.profile
    if not named or named == NO_PROFILE:
        return Profile()
    if ":" in named:
        targets = await targets_at([named], f"the `pgo` field of {settings.name}")
        made = await concurrently(
            generate_target_code(TargetCodeRequest(target, settings.platform, run), **implicitly())
            for target in targets
        )
        digests = [code.digest for code in made]
    else:
        digests = [await path_globs_to_digest(PathGlobs([named]))]
    entries = await concurrently(get_digest_entries(digest) for digest in digests)
    files = [entry for found in entries for entry in found if isinstance(entry, FileEntry)]
    if len(files) != 1:
        raise ProfileError(_not_one_file(settings.name, named, [file.path for file in files]))
    name = posixpath.basename(files[0].path)
    return Profile(FileEntry(f"{_PROFILES}/{name}", files[0].file_digest))


def has_profile(settings: BinarySettings, listing: BinaryListing, profile: Profile) -> bool:
    """Whether Go compiles with a profile: one that the target names, or the main package's own."""
    own = (posixpath.basename(entry.path) == DEFAULT_PROFILE for entry in listing.files.loose)
    return profile.file is not None or (settings.flags.profile != NO_PROFILE and any(own))


def _not_one_file(target: str, named: str, files: list[str]) -> str:
    if files:
        return (
            f"{target}: the target {named} in `pgo` has {len(files)} files: "
            f"{', '.join(sorted(files))}.\n\nName a target with one profile. "
            "`go tool pprof -proto A B >merged.pgo` merges several."
        )
    return (
        f"{target}: `pgo` names {named}, which has no file.\n\n"
        "Correct the path, which is relative to the BUILD file, or remove the field: without it, "
        "`default.pgo` beside the main package is used."
    )


def godebug_file(settings: BinarySettings) -> tuple[FileContent, ...]:
    """A file of the main package with `//go:debug` lines, if there are such settings."""
    if not settings.flags.godebug:
        return ()
    lines = "".join(f"//go:debug {name}={value}\n" for name, value in settings.flags.godebug)
    path = posixpath.normpath(posixpath.join(sandbox.TREE, settings.directory, _GODEBUG_FILE))
    return (FileContent(path, f"{lines}\npackage main\n".encode()),)
