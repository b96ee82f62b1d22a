"""`pants fmt`, `pants fix` and `pants lint`: gofmt."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from pants.core.goals.fmt import FmtResult, FmtTargetsRequest
from pants.core.goals.lint import LintResult, LintSubsystem, LintTargetsRequest
from pants.core.util_rules.partitions import Partition, Partitions
from pants.engine.fs import PathGlobs
from pants.engine.target import AllTargets, FieldSet, SourcesPathsRequest
from pants.engine.unions import UnionMembership
from pants.util.logging import LogLevel

from go_static.engine import repo_paths
from go_static.engine.compat import (
    collect_rules,
    concurrently,
    digest_to_snapshot,
    implicitly,
    path_globs_to_digest,
    resolve_source_paths,
    rule,
)
from go_static.source_checks.go_files import handwritten_go_files
from go_static.source_checks.gofmt import Gofmt, find_gofmt, format_files
from go_static.source_checks.pantss_tools import PantssTool, applied_by_pants
from go_static.source_checks.subsystem import GofmtSubsystem
from go_static.targets.module_fields import GoModulePackageSourcesField

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class GoFilesFieldSet(FieldSet):
    required_fields = (GoModulePackageSourcesField,)

    sources: GoModulePackageSourcesField


class GofmtRequest(FmtTargetsRequest):
    tool_subsystem = GofmtSubsystem
    field_set_type = GoFilesFieldSet


class GofmtErrorsRequest(LintTargetsRequest):
    """The files that gofmt cannot parse. Pants knows no formatter that fails for some files, so
    these are an error of a linter with the same name."""

    tool_subsystem = GofmtSubsystem
    field_set_type = GoFilesFieldSet


class GofmtError(Exception):
    """gofmt could not parse some files."""


class _Unparsed(str):
    """What gofmt prints about files that it cannot parse.

    A formatter whose rule fails keeps Pants from writing the files that others formatted, and with
    any result its exit code is 0. Pants lists the results by hash once it has written the files:
    so hashing fails. `lint` does not hash results.
    """

    __slots__ = ()

    def __hash__(self) -> NoReturn:
        raise GofmtError("gofmt cannot parse some files (see above). All others are formatted.")


async def partition_files(
    field_sets: Iterable[GoFilesFieldSet], targets: AllTargets, union_membership: UnionMembership
) -> Partitions[str, Gofmt]:
    """The files to format, by the program that formats them."""
    excluded = await applied_by_pants(PantssTool.GOFMT, targets, union_membership)
    field_sets = tuple(field_sets)
    sources = await concurrently(
        resolve_source_paths(SourcesPathsRequest(field_set.sources), **implicitly())
        for field_set in field_sets
    )
    files: dict[str, list[str]] = {}
    for field_set, found in zip(field_sets, sources):
        # load_module reports a target that is not next to its go.mod.
        module = field_set.address.spec_path
        files.setdefault(module, []).extend(handwritten_go_files(found.files, module, excluded))
    modules = [module for module, found in files.items() if found]
    programs = await concurrently(find_gofmt(module) for module in modules)
    by_program: dict[Gofmt, list[str]] = {}
    for module, program in zip(modules, programs):
        by_program.setdefault(program, []).extend(files[module])
    return Partitions(
        Partition(tuple(sorted(found)), program) for program, found in by_program.items()
    )


@rule(desc="Find Go files to format", level=LogLevel.DEBUG)
async def partition_for_formatting(
    request: GofmtRequest.PartitionRequest[GoFilesFieldSet],
    options: GofmtSubsystem,
    targets: AllTargets,
    union_membership: UnionMembership,
) -> Partitions[str, Gofmt]:
    if options.skip:
        return Partitions()
    return await partition_files(request.field_sets, targets, union_membership)


@rule(desc="Find Go files that may have syntax errors", level=LogLevel.DEBUG)
async def partition_for_errors(
    request: GofmtErrorsRequest.PartitionRequest[GoFilesFieldSet],
    options: GofmtSubsystem,
    lint: LintSubsystem,
    targets: AllTargets,
    union_membership: UnionMembership,
) -> Partitions[str, Gofmt]:
    if options.skip or lint.skip_formatters:
        return Partitions()
    return await partition_files(request.field_sets, targets, union_membership)


@rule(desc="Format with gofmt", level=LogLevel.DEBUG)
async def format_batch(request: GofmtRequest.Batch, options: GofmtSubsystem) -> FmtResult:
    formatted = await format_files(request.partition_metadata, request.snapshot.digest, options)
    if formatted.errors:
        logger.error(
            "gofmt cannot parse these files, and leaves them unchanged:\n\n"
            f"{formatted.errors}\n\nCorrect their syntax."
        )
    output = await digest_to_snapshot(formatted.digest)
    errors = _Unparsed(formatted.errors) if formatted.errors else ""
    return FmtResult(request.snapshot, output, "", errors, request.tool_name)


@rule(desc="Look for syntax errors with gofmt", level=LogLevel.DEBUG)
async def report_errors(
    request: GofmtErrorsRequest.Batch[str, Gofmt], options: GofmtSubsystem
) -> LintResult:
    files = await path_globs_to_digest(PathGlobs(repo_paths.glob_literals(request.elements)))
    formatted = await format_files(request.partition_metadata, files, options)
    return LintResult(
        exit_code=1 if formatted.errors else 0,
        stdout="",
        stderr=formatted.errors,
        linter_name=request.tool_name,
        # `format_batch` reports the errors.
        _render_message=False,
    )


def rules() -> Iterable[object]:
    return [*collect_rules(), *GofmtRequest.rules(), *GofmtErrorsRequest.rules()]
