"""Which packages of the repository a build gets as whole directories.

Pants writes every file of a sandbox anew, and fifty binaries that share 500 packages have fifty
sandboxes. A directory that is an input of its own (`Process.immutable_input_digests`) it lays out
once, and then makes one link to it in each.

Go follows a link that is a package's directory. It does not embed what lies behind a link
(`resolveEmbed` in cmd/go/internal/load/pkg.go), and looks for a go.mod from a directory upwards, so
what is a link here holds one package, which embeds nothing, and has nothing below it that a build
needs.
"""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Collection, Iterable, Mapping

from pants.engine.fs import FileEntry, SymlinkEntry

from go_static.engine import repo_paths
from go_static.go.list_output import GoPackage
from go_static.listing.outline import FileOrLink

# Go keeps an index of each package whose files are older than two seconds, keyed on the path of its
# directory; that path is another one in each sandbox, so every build would leave its own indexes in
# the build cache, for nobody. It keeps none where something else than a file is (`dirHash` in
# cmd/go/internal/modindex/read.go), and does not read a name that starts with `_`.
NOT_INDEXED = "_not_indexed"


def directories_of_one_package(packages: Collection[GoPackage]) -> dict[str, tuple[str, ...]]:
    """The directories of which everything that a build may read is in one package and right in
    them, with the names of these files. Not those of commands, which no two binaries share, and
    not those of packages that embed something."""
    readers: dict[str, set[str]] = {}
    for package in packages:
        if package.directory is not None:
            for file in package.files:
                directory = posixpath.dirname(repo_paths.join(package.directory, file))
                readers.setdefault(directory, set()).add(package.import_path)
    above = _above(readers)
    return {
        package.directory: package.files
        for package in packages
        if package.directory
        and package.name != "main"
        and not package.embeds
        and package.directory not in above
        and readers.get(package.directory) == {package.import_path}
    }


def whole_directories(
    candidates: Mapping[str, Iterable[str]],
    module_files: Collection[str],
    entries: Mapping[str, FileOrLink],
) -> dict[str, tuple[FileOrLink, ...]]:
    """Those of the candidates that have no file of a module and consist of files, each with its
    name alone as the path, and a link that keeps Go from indexing them."""
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
    """The directories in which others of them lie, at any depth."""
    return {
        above
        for directory in directories
        for above in repo_paths.ancestors(posixpath.dirname(directory))
    }
