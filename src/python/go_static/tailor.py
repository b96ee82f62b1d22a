"""`pants tailor`: a `go_module` for every go.mod, a `go_static_binary` for every `package main`."""

from __future__ import annotations

import logging
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pants.core.goals.tailor import (
    PutativeTarget,
    PutativeTargets,
    PutativeTargetsRequest,
)
from pants.engine.fs import PathGlobs
from pants.engine.target import AllTargets
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from go_static import paths
from go_static.compat import (
    collect_rules,
    concurrently,
    implicitly,
    path_globs_to_paths,
    rule,
)
from go_static.fields import GoMainField
from go_static.go_list import GoPackage
from go_static.module import GoModuleTargets
from go_static.packages import PackagesRequest, list_packages, programs
from go_static.subsystems import GoStaticSubsystem
from go_static.target_types import (
    GoModuleTarget,
    GoStaticBinaryTarget,
    GoStaticExecutableTarget,
)

logger = logging.getLogger(__name__)

MODULE_TARGET_NAME = "mod"

# A module's path ends so from its second major version on (https://go.dev/ref/mod#module-path).
_MAJOR_VERSION = re.compile(r"v([2-9]|[1-9][0-9]+)")


@dataclass(frozen=True)
class PutativeGoTargetsRequest(PutativeTargetsRequest):
    pass


@rule(desc="Determine candidate Go targets to create", level=LogLevel.DEBUG)
async def find_putative_targets(
    request: PutativeGoTargetsRequest,
    modules: GoModuleTargets,
    all_targets: AllTargets,
    options: GoStaticSubsystem,
) -> PutativeTargets:
    if not options.tailor:
        return PutativeTargets()
    all_go_mods = await path_globs_to_paths(PathGlobs(["**/go.mod"]))
    directories = module_directories(all_go_mods.files)
    requested = frozenset(posixpath.normpath(d or ".") for d in request.dirs)

    putative = [
        PutativeTarget.for_target_type(
            GoModuleTarget,
            path=directory,
            name=MODULE_TARGET_NAME,
            triggering_sources=["go.mod"],
        )
        for directory in directories
        if directory not in modules.by_directory and (directory or ".") in requested
    ]
    searched = [
        d for d in directories if any(paths.is_below("" if r == "." else r, d) for r in requested)
    ]
    listed = await concurrently(
        list_packages(PackagesRequest(directory), **implicitly()) for directory in searched
    )
    with_binary = {
        paths.join(target.address.spec_path, target[GoMainField].value)
        for target in all_targets
        if isinstance(target, GoStaticExecutableTarget)
    }
    for directory, packages in zip(searched, listed):
        if packages.error:
            logger.warning(
                f"No `go_static_binary` targets are proposed below {directory or 'the root'}: "
                f"{packages.error}"
            )
        for program in programs(packages.packages):
            assert program.directory is not None
            if program.directory in with_binary or (program.directory or ".") not in requested:
                continue
            putative.append(
                PutativeTarget.for_target_type(
                    GoStaticBinaryTarget,
                    path=program.directory,
                    name=binary_name(program),
                    triggering_sources=(),
                )
            )
    return PutativeTargets(putative)


def module_directories(go_mods: Iterable[str]) -> tuple[str, ...]:
    """The directories of the go.mod files that Go would build something in: none of those below
    `vendor`, `testdata`, or a directory that starts with `_` or `.`."""
    return tuple(
        sorted(
            posixpath.dirname(file)
            for file in go_mods
            if not paths.go_skips(posixpath.dirname(file))
            and "vendor" not in posixpath.dirname(file).split("/")
        )
    )


def binary_name(program: GoPackage) -> str:
    """The name that `go build` would give the file: the last element of the import path that is
    not a major version (cmd/go/internal/load.DefaultExecName)."""
    first, _, last = program.import_path.rpartition("/")
    return posixpath.basename(first) if first and _MAJOR_VERSION.fullmatch(last) else last


def rules() -> Iterable[object]:
    return [*collect_rules(), UnionRule(PutativeTargetsRequest, PutativeGoTargetsRequest)]
