"""`pants check`: `go vet`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.core.goals.check import CheckRequest, CheckResult, CheckResults
from pants.engine.target import AllTargets, FieldSet, Target
from pants.engine.unions import UnionMembership, UnionRule
from pants.util.logging import LogLevel

from go_static.codegen.generate_code import DEFAULT_PLATFORM
from go_static.engine import repo_paths
from go_static.engine.compat import collect_rules, concurrently, implicitly, rule
from go_static.go.flags import BuildFlags
from go_static.listing.list_module import BinaryGroups
from go_static.source_checks.pantss_linters import GO_VET, checked_by_pants
from go_static.source_checks.subsystem import GoVetSubsystem
from go_static.source_checks.vet import VetRequest, vet_packages
from go_static.source_checks.vet_output import without_repetitions
from go_static.source_checks.vet_packages import contexts_of
from go_static.targets.addresses import package_directory
from go_static.targets.binary_settings import BuildContext
from go_static.targets.generate_fields import GoGenerateCommittedField
from go_static.targets.module_fields import GoModulePackageSourcesField
from go_static.targets.module_types import GoModulePackageTarget
from go_static.targets.types import GoGeneratedCodeTarget


@dataclass(frozen=True)
class GoVetFieldSet(FieldSet):
    required_fields = (GoModulePackageSourcesField,)

    sources: GoModulePackageSourcesField


class GoVetRequest(CheckRequest[GoVetFieldSet]):
    field_set_type = GoVetFieldSet
    tool_name = GoVetSubsystem.options_scope


def generators_by_module(targets: Iterable[Target]) -> dict[str, tuple[str, ...]]:
    """The `go_codegen` targets whose code is not checked in, by the directory of their module."""
    targets = tuple(targets)
    modules = frozenset(
        t.address.spec_path for t in targets if isinstance(t, GoModulePackageTarget)
    )
    found: dict[str, tuple[str, ...]] = {}
    for target in targets:
        if isinstance(target, GoGeneratedCodeTarget) and not target[GoGenerateCommittedField].value:
            module = repo_paths.nearest(target.address.spec_path, modules)
            if module is not None:
                found[module] = (*found.get(module, ()), target.address.spec)
    return found


def vet_requests(
    field_sets: Iterable[GoVetFieldSet],
    excluded: frozenset[str],
    groups: BinaryGroups,
    generators: Mapping[str, tuple[str, ...]],
) -> tuple[VetRequest, ...]:
    """What to run: one process for each way in which the binaries of a module are built.

    :param excluded: the directories of packages that are vetted elsewhere.
    :param generators: the code of modules without binaries, by directory.
    """
    modules: dict[str, set[str]] = {}
    for field_set in field_sets:
        # load_module reports a target that is not next to its go.mod.
        module = field_set.address.spec_path
        directory = package_directory(field_set.address)
        if directory not in excluded:
            modules.setdefault(module, set()).add(directory)
    tags = BuildFlags.create().tags_argument
    return tuple(
        VetRequest(context, tuple(sorted(directories)))
        for module, directories in sorted(modules.items())
        for context in contexts_of(
            module,
            groups.patterns,
            BuildContext(module, DEFAULT_PLATFORM, tags, generators.get(module, ())),
        )
    )


def _description(context: BuildContext) -> str:
    go_mod = repo_paths.join(context.module_directory, "go.mod")
    return f"{go_mod} for {context.platform} with {context.tags_argument}"


@rule(desc="Run go vet", level=LogLevel.DEBUG)
async def check_go(
    request: GoVetRequest,
    options: GoVetSubsystem,
    groups: BinaryGroups,
    targets: AllTargets,
    union_membership: UnionMembership,
) -> CheckResults:
    if options.skip:
        return CheckResults([], checker_name=request.tool_name)
    excluded = await checked_by_pants(GO_VET, targets, union_membership)
    requests = vet_requests(request.field_sets, excluded, groups, generators_by_module(targets))
    results = await concurrently(vet_packages(each, **implicitly()) for each in requests)
    messages = without_repetitions(result.messages for result in results)
    failed = [
        CheckResult(1, "", "\n".join(found), _description(each.context))
        for each, found in zip(requests, messages)
        if found
    ]
    succeeded = [CheckResult(0, "", "")] if requests and not failed else []
    return CheckResults([*failed, *succeeded], checker_name=request.tool_name)


def rules() -> Iterable[object]:
    return [*collect_rules(), UnionRule(CheckRequest, GoVetRequest)]
