"""The targets that `tailor` of Pants's own Go backend leaves out: it proposes a `go_mod` or a
`go_package` only for files that no target owns, and a `go_module` owns them all. Its `go_binary`
targets cannot be built without them."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.core.goals.tailor import PutativeTarget
from pants.engine.target import RegisteredTargetTypes, Target
from pants.option.scope import Scope

from go_static.engine import repo_paths
from go_static.engine.compat import implicitly, scope_options
from go_static.go.list_output import GoPackage
from go_static.goals.target_names import Place

GO_MOD, GO_PACKAGE = "go_mod", "go_package"

# The name that it gives each `go_binary`. All others are named after their directory.
GO_BINARY_NAME = "bin"

# For those whose directory's name is taken.
_OTHER_NAMES = {GO_MOD: "go_mod", GO_PACKAGE: "pkg"}


@dataclass(frozen=True)
class PantssGo:
    """The types of targets that it would propose."""

    proposes: Mapping[str, type[Target]]


async def find_pantss_go(registered: RegisteredTargetTypes) -> PantssGo:
    types = registered.aliases_to_types
    if GO_MOD not in types or GO_PACKAGE not in types:
        return PantssGo({})
    options = (await scope_options(Scope("golang"), **implicitly())).options
    wanted = {GO_MOD: options.tailor_go_mod_targets, GO_PACKAGE: options.tailor_package_targets}
    return PantssGo({alias: types[alias] for alias, is_wanted in wanted.items() if is_wanted})


@dataclass(frozen=True)
class Missing:
    """A `go_mod` or a `go_package`."""

    alias: str
    directory: str


def left_out(
    packages: Mapping[str, Iterable[GoPackage]], existing: Iterable[Target], owned: frozenset[str]
) -> tuple[Missing, ...]:
    """What it leaves out because other targets own the files.

    :param packages: those of each module, by its directory.
    :param owned: the files that targets own.
    """
    there = {Missing(target.alias, target.address.spec_path) for target in existing}
    needed = {}
    for module, listed in packages.items():
        needed[Missing(GO_MOD, module)] = [repo_paths.join(module, "go.mod")]
        for package in listed:
            if package.directory is not None and package.go_files:
                files = [repo_paths.join(package.directory, file) for file in package.go_files]
                needed[Missing(GO_PACKAGE, package.directory)] = files
    return tuple(m for m, files in needed.items() if m not in there and owned.issuperset(files))


def propose(
    missing: Iterable[Missing],
    pantss: PantssGo,
    existing: Iterable[Target],
    proposed: Iterable[Place],
) -> list[PutativeTarget]:
    """The missing targets. `existing` and `proposed` ones have taken some names."""
    used = {(target.address.spec_path, target.address.target_name) for target in existing}
    used.update((place.directory, place.name) for place in proposed)
    targets = []
    for target in missing:
        if target.alias not in pantss.proposes:
            continue
        name = posixpath.basename(target.directory)
        if not name or (target.directory, name) in used:
            name = _OTHER_NAMES[target.alias]
        used.add((target.directory, name))
        putative = PutativeTarget.for_target_type(
            pantss.proposes[target.alias],
            path=target.directory,
            name=name,
            triggering_sources=(),
            kwargs={} if target.directory else {"name": name},
        )
        # Else Pants would limit its sources to files that no other target owns.
        targets.append(dataclasses.replace(putative, owned_sources=()))
    return targets
