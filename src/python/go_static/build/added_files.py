"""Files that a build gets in addition to those of its packages: a profile, and defaults of
GODEBUG."""

from __future__ import annotations

import posixpath

from pants.engine.fs import FileContent, FileEntry, PathGlobs, SymlinkEntry

from go_static.codegen.generate_code import TargetCodeRequest, generate_target_code
from go_static.compiled.plan import Profile
from go_static.engine import repo_paths
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
from go_static.listing.outline import FileOrLink
from go_static.targets.binary_settings import BinarySettings
from go_static.targets.named import targets_at

_GODEBUG_FILE = "go_static_godebug.go"


class ProfileError(Exception):
    """The profile that a target names does not exist. The text says where and what to do."""


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
    return Profile.create(files[0], posixpath.basename(files[0].path))


def profile_of_imports(settings: BinarySettings, listing: BinaryListing, named: Profile) -> Profile:
    """That with which Go compiles what the main package imports: the one that the target names, or
    the main package's own. Its name does not matter there."""
    files = {entry.path: entry for entry in listing.files.loose}
    found: FileOrLink | None = named.file
    if found is None and settings.flags.profile != NO_PROFILE:
        path = repo_paths.join(settings.directory, DEFAULT_PROFILE)
        found = files.get(path)
        if isinstance(found, SymlinkEntry):
            target = posixpath.join(posixpath.dirname(path), found.target)
            found = files.get(posixpath.normpath(target))
    return Profile.create(found, DEFAULT_PROFILE) if isinstance(found, FileEntry) else Profile()


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
