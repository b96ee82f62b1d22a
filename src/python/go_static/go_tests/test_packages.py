"""The output of `go list -deps -test`, as tests.

It names a test binary `a.test`, and `a [a.test]` is the package with its `_test.go` files. Packages
that are compiled again for a test have such names too (`go help list`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from go_static.engine import repo_paths
from go_static.go.list_output import GoPackage, PackageError
from go_static.go.messages import GoMessage
from go_static.listing.errors import explain_error
from go_static.listing.package_links import directories_of_one_package


@dataclass(frozen=True)
class ListedTest:
    """One test binary. `files` are those in the repository that its build may read, `packages` the
    import paths that it consists of, and `embedded` the files that its package embeds. `measured`
    are the packages of the repository whose coverage it counts, if not its own. `exists` is
    false if every `_test.go` file is for other platforms or tags. `error` says why it cannot be
    built, or is empty."""

    import_path: str
    files: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    embedded: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    exists: bool = True
    error: str = ""


def read_tests(
    patterns: Mapping[str, str],
    coverage: Iterable[str],
    packages: Mapping[str, GoPackage],
    module_directory: str,
    module_path: str,
) -> dict[str, ListedTest]:
    """The tests by the directory of their package; `patterns` maps what `go list` was asked for to
    these directories, `packages` are by import path."""
    matched: dict[str, GoPackage] = {}
    measured = []
    wanted = frozenset(coverage)
    for package in packages.values():
        if " [" not in package.import_path:
            matched.update((pattern, package) for pattern in package.patterns)
            if not wanted.isdisjoint(package.patterns):
                measured.append(package.import_path)
    tests = {}
    for pattern, directory in patterns.items():
        found = matched.get(pattern)
        if found is None:
            error = f"`go list` found no package for `{pattern}`."
            tests[directory] = ListedTest(pattern, error=error)
            continue
        test = _read_test(found, packages, measured)
        errors = _errors(found, packages)
        if errors and test.exists:
            texts = dict.fromkeys(
                explain_error(error, packages, module_directory, module_path, {})
                for error in errors
            )
            test = dataclasses.replace(test, error="\n\n".join(texts))
        tests[directory] = test
    return tests


def _errors(package: GoPackage, packages: Mapping[str, GoPackage]) -> tuple[PackageError, ...]:
    main = packages.get(f"{package.import_path}.test")
    return main.errors if main is not None and main.errors else package.errors


def _read_test(
    package: GoPackage, packages: Mapping[str, GoPackage], measured: Iterable[str]
) -> ListedTest:
    main = f"{package.import_path}.test"
    if main not in packages:
        excluded = not package.errors or any(
            GoMessage.ALL_EXCLUDED.is_in(error.message) for error in package.errors
        )
        return ListedTest(package.import_path, exists=not excluded)
    files: set[str] = set()
    embedded: set[str] = set()
    seen = {main}
    pending = [*packages[main].imports, *measured]
    while pending:
        found = packages.get(pending.pop())
        if found is None or found.import_path in seen or found.standard:
            continue
        seen.add(found.import_path)
        pending += found.imports
        files.update(found.in_repository(found.files))
        if found.directory == package.directory:
            embedded.update(found.in_repository(found.embedded_files))
    return ListedTest(
        package.import_path,
        files=tuple(sorted(files)),
        packages=tuple(sorted(seen)),
        embedded=tuple(sorted(embedded)),
        measured=tuple(sorted(measured)),
    )


def imported_by_tests(packages: Iterable[GoPackage]) -> dict[str, tuple[str, ...]]:
    """For each test binary, the packages that are not compiled for it alone and that its others
    import."""
    by_path = {package.import_path: package for package in packages}
    found = {}
    for main in by_path:
        if not main.endswith(".test"):
            continue
        imported: set[str] = set()
        seen = {main}
        pending = [main]
        while pending:
            for name in by_path[pending.pop()].imports:
                if " [" not in name:
                    imported.add(name)
                elif name in by_path and name not in seen:
                    seen.add(name)
                    pending.append(name)
        found[main] = tuple(sorted(imported))
    return found


def whole_candidates(packages: Iterable[GoPackage]) -> dict[str, tuple[str, ...]]:
    """The directories that builds of tests may link whole, with their files: those of one package,
    and with no package that only has tests below."""
    listed = [p for p in packages if not p.standard and not p.import_path.endswith(".test")]
    above = {
        parent
        for package in listed
        if package.directory
        for parent in repo_paths.ancestors(package.directory)
        if parent != package.directory
    }
    alone = directories_of_one_package([p for p in listed if " [" not in p.import_path])
    return {directory: files for directory, files in alone.items() if directory not in above}
