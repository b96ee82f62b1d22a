"""The packages of a module, with their tests, according to `go list -deps -test`.

It names a package with its `_test.go` files `a [a.test]`, and its external tests `a_test [a.test]`
(`go help list`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.util.frozendict import FrozenDict

from go_static.engine import repo_paths
from go_static.go.list_output import GoPackage
from go_static.listing.errors import explain_error
from go_static.targets.binary_settings import BuildContext


@dataclass(frozen=True)
class PackagesToVet:
    """`directories` are those of packages that `go vet` can check, `files` what it reads for them
    in the repository, and `compiled` the import paths of the packages that it compiles for them.
    `errors` says why it cannot check others. `graph` and `local` are as in `ListedBinaries`,
    without tests."""

    directories: tuple[str, ...]
    files: tuple[str, ...]
    compiled: tuple[str, ...]
    errors: tuple[str, ...]
    graph: FrozenDict[str, tuple[str, ...]]
    local: FrozenDict[str, tuple[str, ...]]


def by_directory(packages: Iterable[GoPackage]) -> dict[str, list[GoPackage]]:
    """The packages in the repository and their tests, without those whose files are all excluded by
    build constraints."""
    found: dict[str, list[GoPackage]] = {}
    for package in packages:
        if package.directory is not None and (package.patterns or " [" in package.import_path):
            found.setdefault(package.directory, []).append(package)
    return found


def packages_to_vet(
    directories: Iterable[str],
    packages: Mapping[str, GoPackage],
    module_directory: str,
    module_path: str,
    needs_cgo: Mapping[str, tuple[str, ...]],
) -> PackagesToVet:
    """
    :param packages: all listed packages, by import path.
    :param needs_cgo: as for `explain_error`.
    """
    local = by_directory(packages.values())
    sound: dict[str, list[GoPackage]] = {}
    errors: dict[str, None] = {}
    for directory in directories:
        found = local.get(directory, [])
        said = [error for package in found for error in package.errors]
        if found and not said:
            sound[directory] = found
        for error in said:
            text = explain_error(error, packages, module_directory, module_path, needs_cgo)
            errors[text] = None
    roots = [package for found in sound.values() for package in found]
    vetted = (*roots, *imported_by(roots, packages))
    imported = {path for package in vetted for path in package.imports if path in packages}
    others = [p for p in packages.values() if not p.standard and not _is_test(p.import_path)]
    return PackagesToVet(
        tuple(sound),
        files_of(vetted),
        tuple(sorted(path for path in imported if not packages[path].standard)),
        tuple(errors),
        FrozenDict({package.import_path: package.imports for package in others}),
        FrozenDict(
            {
                package.import_path: tuple(
                    repo_paths.join(package.directory, file) for file in package.go_files
                )
                for package in others
                if package.directory is not None
            }
        ),
    )


def _is_test(import_path: str) -> bool:
    return " [" in import_path or import_path.endswith(".test")


def files_of(packages: Iterable[GoPackage]) -> tuple[str, ...]:
    """The files of these packages in the repository, sorted."""
    return tuple(
        sorted(
            {
                repo_paths.join(package.directory, file)
                for package in packages
                if package.directory is not None
                for file in package.files
            }
        )
    )


def imported_by(
    roots: Iterable[GoPackage], packages: Mapping[str, GoPackage]
) -> tuple[GoPackage, ...]:
    """All other packages below the roots, without the standard library."""
    found = []
    pending = list(roots)
    seen = {package.import_path for package in pending}
    while pending:
        for path in pending.pop().imports:
            imported = packages.get(path)
            if imported is not None and not imported.standard and path not in seen:
                seen.add(path)
                found.append(imported)
                pending.append(imported)
    return tuple(found)


def contexts_of(
    default: BuildContext, contexts: Iterable[BuildContext]
) -> tuple[BuildContext, ...]:
    """How the binaries of a module are built, each with the generated code that its packages see.

    :param default: for a module without binaries, with that code.
    :param contexts: those of all binaries.
    """
    merged = dict.fromkeys(
        dataclasses.replace(context, codegen=default.codegen)
        for context in contexts
        if context.module_directory == default.module_directory
    )
    return tuple(merged) or (default,)
