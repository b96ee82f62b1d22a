"""`pants check`: `go vet`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.core.goals.check import CheckRequest, CheckResult, CheckResults
from pants.engine.target import AllTargets, FieldSet
from pants.engine.unions import UnionMembership, UnionRule
from pants.util.logging import LogLevel

from go_static.codegen.generate_code import DEFAULT_PLATFORM
from go_static.engine import repo_paths
from go_static.engine.compat import collect_rules, concurrently, implicitly, rule
from go_static.go.flags import BuildFlags
from go_static.graph.generators import ModuleCodegenRequest, find_module_codegen
from go_static.listing.list_module import BinaryGroups
from go_static.source_checks.pantss_tools import PantssTool, applied_by_pants
from go_static.source_checks.subsystem import GoVetSubsystem
from go_static.source_checks.vet import VetRequest, vet_packages
from go_static.source_checks.vet_output import without_repetitions
from go_static.source_checks.vet_packages import contexts_of
from go_static.targets.addresses import package_directory
from go_static.targets.binary_settings import BuildContext
from go_static.targets.module_fields import GoModulePackageSourcesField


@dataclass(frozen=True)
class GoVetFieldSet(FieldSet):
    required_fields = (GoModulePackageSourcesField,)

    sources: GoModulePackageSourcesField


class GoVetRequest(CheckRequest[GoVetFieldSet]):
    field_set_type = GoVetFieldSet
    tool_name = GoVetSubsystem.options_scope


def directories_by_module(
    field_sets: Iterable[GoVetFieldSet], excluded: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """The directories of the packages, by that of their module.

    :param excluded: those of packages that are vetted elsewhere.
    """
    modules: dict[str, set[str]] = {}
    for field_set in field_sets:
        # load_module reports a target that is not next to its go.mod.
        module = field_set.address.spec_path
        directory = package_directory(field_set.address)
        if directory not in excluded:
            modules.setdefault(module, set()).add(directory)
    return {module: tuple(sorted(found)) for module, found in sorted(modules.items())}


def vet_requests(
    modules: Mapping[str, tuple[str, ...]],
    codegen: Iterable[tuple[str, ...]],
    groups: BinaryGroups,
) -> tuple[VetRequest, ...]:
    """What to run: one process for each way in which the binaries of a module are built.

    :param modules: the directories of packages, by that of their module.
    :param codegen: the generators of the code that each module's packages see.
    """
    tags = BuildFlags.create().tags_argument
    return tuple(
        VetRequest(context, directories)
        for (module, directories), addresses in zip(modules.items(), codegen)
        for context in contexts_of(
            BuildContext(module, DEFAULT_PLATFORM, tags, addresses), groups.patterns
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
    excluded = await applied_by_pants(PantssTool.GO_VET, targets, union_membership)
    modules = directories_by_module(request.field_sets, excluded)
    codegen = await concurrently(
        find_module_codegen(ModuleCodegenRequest(module), **implicitly()) for module in modules
    )
    requests = vet_requests(modules, (found.addresses for found in codegen), groups)
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
