"""Which packages of the repository a build receives as whole directories.

Pants writes each file into each sandbox, and 50 binaries that share 500 packages have 50 sandboxes.
A directory that is a separate input (`Process.immutable_input_digests`) is written once, and linked
into each.

Go follows a symlink to a package's directory. But it embeds no file behind a symlink
(`resolveEmbed` in cmd/go/internal/load/pkg.go), and looks for a go.mod from a directory upwards. So
a linked directory holds exactly one package, which embeds nothing, and nothing below it is needed.
"""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Collection, Iterable, Mapping

from pants.engine.fs import FileEntry, SymlinkEntry

from go_static.engine import repo_paths
from go_static.go.list_output import GoPackage
from go_static.listing.outline import FileOrLink

# Go indexes each package whose files are older than two seconds, by the path of its directory. That
# path differs in each sandbox, so every build would leave useless indexes in the build cache. A
# symlink in the directory prevents it (`dirHash` in cmd/go/internal/modindex/read.go), and Go
# ignores names that start with `_`.
NOT_INDEXED = "_not_indexed"


def directories_of_one_package(packages: Collection[GoPackage]) -> dict[str, tuple[str, ...]]:
    """The directories that hold exactly one package, with the names of its files. Commands are left
    out, because no two binaries share them, and so are packages that embed something."""
    readers: dict[str, set[str]] = {}
    for package in packages:
        for file in package.in_repository(package.files):
            readers.setdefault(posixpath.dirname(file), set()).add(package.import_path)
    above = _above(readers)
    return {
        package.directory: package.files
        for package in packages
        if package.directory
        and package.name != "main"
        and not package.embedded_files
        and package.directory not in above
        and readers.get(package.directory) == {package.import_path}
    }


def whole_directories(
    candidates: Mapping[str, Iterable[str]],
    module_files: Collection[str],
    entries: Mapping[str, FileOrLink],
) -> dict[str, tuple[FileOrLink, ...]]:
    """The candidates that hold only files, and no module file: by directory, the files by name, and
    the symlink that keeps Go from indexing them."""
    directories = {posixpath.dirname(path) for path in module_files}
    holding = directories | _above(directories)
    whole: dict[str, tuple[FileOrLink, ...]] = {}
    for directory, names in candidates.items():
        if directory in holding:
            continue
        found = {name: entries.get(f"{directory}/{name}") for name in sorted(names)}
        files = tuple(
            dataclasses.replace(entry, path=name)
            for name, entry in found.items()
            if isinstance(entry, FileEntry)
        )
        if files and len(files) == len(found):
            whole[directory] = (*files, SymlinkEntry(NOT_INDEXED, files[0].path))
    return whole


def _above(directories: Iterable[str]) -> set[str]:
    """All directories above these."""
    return {
        above
        for directory in directories
        for above in repo_paths.ancestors(posixpath.dirname(directory))
    }
