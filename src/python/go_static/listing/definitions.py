"""Check that the linker can set what the fields `definitions` and `ldflags` define."""

from __future__ import annotations

import logging
import posixpath

from pants.engine.fs import Digest
from pants.engine.target import InvalidFieldException

from go_static.engine import repo_paths
from go_static.engine.compat import concurrently
from go_static.engine.files import read_subset
from go_static.go.declarations import Declared, declarations
from go_static.go.definitions import (
    MAIN,
    definitions,
    explain_definition,
    explain_main_package,
    explain_unknown_package,
)
from go_static.listing.go_list import ListedBinaries
from go_static.targets.binary_settings import BinarySettings

logger = logging.getLogger(__name__)


async def check_definitions(
    settings: BinarySettings, listed: ListedBinaries, main: str, tree: Digest
) -> None:
    """Warn of packages that the program does not contain. Packages outside the repository are not
    checked.

    :param main: the import path of the main package.
    :param tree: the files of the repository, with generated code.
    :raises InvalidFieldException: the linker would ignore a definition.
    """
    defined = definitions(settings.flags)
    for definition in defined:
        if definition.package == main != MAIN:
            raise InvalidFieldException(f"{settings.name}: {explain_main_package(definition)}")
        if definition.package not in (MAIN, *listed.graph) and is_listed(definition.package, main):
            logger.warning(f"{settings.name}: {explain_unknown_package(definition, listed.graph)}")
    files = {
        package: listed.local.get(main if package == MAIN else package, ())
        for package in dict.fromkeys(definition.package for definition in defined)
    }
    packages = [package for package, paths in files.items() if paths]
    declared = dict(
        zip(packages, await concurrently(_declared_in(tree, files[p]) for p in packages))
    )
    for definition in defined:
        names = declared.get(definition.package)
        if names is None:
            continue
        where = posixpath.dirname(files[definition.package][0]) or "the root"
        problem = explain_definition(definition, where, names)
        if problem:
            raise InvalidFieldException(f"{settings.name}: {problem}")


def is_listed(package: str, main: str) -> bool:
    """Whether a listing would contain a package. It does not contain the standard library."""
    first = package.partition("/")[0]
    return "." in first or first == main.partition("/")[0]


async def _declared_in(tree: Digest, built: tuple[str, ...]) -> dict[str, Declared] | None:
    """What a package with these files declares, or None if one of them cannot be understood.

    Its other files are for other platforms or tags. What they declare may be a variable, so that
    the same definitions work everywhere.
    """
    directory = posixpath.dirname(built[0])
    glob = repo_paths.join(repo_paths.glob_literal(directory), "*.go")
    names: dict[str, Declared] = {}
    others: dict[str, Declared] = {}
    for file in await read_subset(tree, [glob]):
        if file.path.endswith("_test.go"):
            continue
        found = declarations(file.content.decode(errors="replace"))
        if found is None:
            return None
        if file.path in built:
            names.update(found)
        else:
            others.update(dict.fromkeys(found, Declared.ELSEWHERE))
    return {**others, **names}
