"""The `codegen` step: the files that generators make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.backend.codegen import export_codegen_goal
from pants.core.target_types import FileSourceField
from pants.engine.fs import Digest, FileEntry, MergeDigests
from pants.engine.platform import Platform
from pants.engine.process import ProcessExecutionEnvironment
from pants.engine.target import (
    GeneratedSources,
    GenerateSourcesRequest,
    InvalidFieldException,
    Target,
)
from pants.engine.unions import UnionMembership, UnionRule
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.codegen import environment
from go_static.codegen.go_generate import GoGenerateRequest, generate_go
from go_static.codegen.target_files import collect_target_files
from go_static.engine import repo_paths
from go_static.engine.compat import (
    collect_rules,
    concurrently,
    digest_to_snapshot,
    get_digest_entries,
    implicitly,
    merge_digests,
    rule,
)
from go_static.go.platforms import GoPlatform
from go_static.go.second_run import Run
from go_static.go.subsystem import GoStaticSubsystem
from go_static.targets.addresses import generator_address
from go_static.targets.binary_settings import absolute_addresses
from go_static.targets.generate_fields import (
    GeneratedCodeField,
    GoGenerateCommittedField,
    GoGenerateDependenciesField,
    GoGenerateEnvField,
    GoGeneratePackagesField,
    GoGenerateSourcesField,
    GoGenerateToolsField,
)
from go_static.targets.named import named_targets, targets_at

# The platform of generated code if no binary needs it.
DEFAULT_PLATFORM = GoPlatform.create("linux", "amd64", None)


class CodegenError(Exception):
    """Generated code that cannot be used. The text names the targets."""


@dataclass(frozen=True)
class GeneratedCode:
    """`digest` holds the files at their paths in the repository; `origins` maps them to the targets
    that generate them. The files of the targets in `committed` are checked in."""

    digest: Digest
    origins: FrozenDict[str, str]
    committed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TargetCodeRequest:
    """The files of one target, generated for a binary of `platform`."""

    target: Target
    platform: GoPlatform = DEFAULT_PLATFORM
    run: Run = Run.FIRST


@dataclass(frozen=True)
class TargetCode:
    digest: Digest


@rule(desc="Generate code of a target", level=LogLevel.DEBUG)
async def generate_target_code(
    request: TargetCodeRequest,
    union_membership: UnionMembership,
    options: GoStaticSubsystem,
    platform: Platform,
    execution: ProcessExecutionEnvironment,
) -> TargetCode:
    target = request.target
    if not target.has_field(GoGeneratePackagesField):
        return TargetCode(await collect_target_files(target, union_membership))
    dependencies = await named_targets(
        "dependencies", target.address, target[GoGenerateDependenciesField].value or ()
    )
    inputs = await concurrently(
        collect_target_files(dependency, union_membership) for dependency in dependencies
    )
    digest = await merge_digests(MergeDigests(inputs))
    go_generate = go_generate_request(target, request.platform, digest, request.run)
    return TargetCode(await generate_go(go_generate, options, platform, execution))


async def generate_code(
    addresses: tuple[str, ...], platform: GoPlatform, run: Run = Run.FIRST
) -> GeneratedCode:
    """The output of the generators at `addresses` for a binary of `platform`. Only a `go_codegen`
    has a second `run`, because Pants runs the others.

    :raises CodegenError: one generates nothing, or two generate the same file.
    """
    named = await targets_at(addresses, "the `codegen` field of a `go_static_binary`")
    targets = [target for target in named if not target.has_field(GeneratedCodeField)]
    generated = await concurrently(
        generate_target_code(TargetCodeRequest(target, platform, run), **implicitly())
        for target in targets
    )
    entries = await concurrently(get_digest_entries(code.digest) for code in generated)
    origins: dict[str, tuple[str, object]] = {}
    for target, found in zip(targets, entries):
        files = [entry for entry in found if isinstance(entry, FileEntry)]
        if not files:
            raise CodegenError(
                f"{target.address}, a `{target.alias}` in a `codegen` field, generates no "
                "files.\n\nName a target that generates or contains files: `go_codegen`, "
                "`shell_command`, `adhoc_tool`, a protobuf target, `file`, `files` or `resources`."
            )
        for entry in files:
            first = origins.setdefault(entry.path, (target.address.spec, entry.file_digest))
            if first[1] != entry.file_digest:
                raise CodegenError(
                    f"{first[0]} and {target.address} generate {entry.path} with different "
                    "contents.\n\nRemove one of them from the `codegen` field, or make it write "
                    "another file."
                )
    return GeneratedCode(
        await merge_digests(MergeDigests([code.digest for code in generated])),
        FrozenDict({path: origin for path, (origin, _) in origins.items()}),
        committed=frozenset(
            target.address.spec for target in targets if target.get(GoGenerateCommittedField).value
        ),
    )


def go_generate_request(
    target: Target, platform: GoPlatform, inputs: Digest, run: Run
) -> GoGenerateRequest:
    """What the fields of a `go_codegen` ask for. The platform is part of it only where the field
    `env` says so: else the code is the same for all.

    :raises InvalidFieldException: naming the field and what is wrong with its value.
    """
    base = target.address.spec_path
    name = generator_address(target.address)
    packages = tuple(
        repo_paths.join(base, package) for package in target[GoGeneratePackagesField].value or ()
    )
    for package in packages:
        if repo_paths.is_outside(package):
            raise InvalidFieldException(
                f"{name}: `packages` names {package}, which is outside the repository. Give "
                "directories relative to the BUILD file."
            )
    tools = target[GoGenerateToolsField].value or ()
    env: Mapping[str, str] = target[GoGenerateEnvField].value or {}
    reserved = sorted(set(env) & environment.GENERATE_VARIABLES)
    if reserved:
        raise InvalidFieldException(
            f"{name}: `env` sets {', '.join(reserved)}, which code generation sets itself. Remove "
            "it, or use another variable."
        )
    return GoGenerateRequest(
        name=name,
        address=target.address,
        packages=packages,
        tools=tuple(tool for tool in tools if not _is_address(tool)),
        built_tools=absolute_addresses((t for t in tools if _is_address(t)), base),
        env=FrozenDict(
            {
                key: value.replace("{goos}", platform.goos).replace("{goarch}", platform.goarch)
                for key, value in env.items()
            }
        ),
        inputs=inputs,
        run=run,
    )


def _is_address(tool: str) -> bool:
    return ":" in tool or "/" in tool


class GenerateGoCodeRequest(GenerateSourcesRequest):
    """For Pants's own goals (`export-codegen`) and for targets that take files."""

    input = GoGenerateSourcesField
    output = FileSourceField


@rule(desc="Generate Go code", level=LogLevel.DEBUG)
async def generate_sources(request: GenerateGoCodeRequest) -> GeneratedSources:
    code = await generate_target_code(TargetCodeRequest(request.protocol_target), **implicitly())
    return GeneratedSources(await digest_to_snapshot(code.digest))


def rules() -> Iterable[object]:
    return [
        *collect_rules(),
        *export_codegen_goal.rules(),  # type: ignore[no-untyped-call]
        UnionRule(GenerateSourcesRequest, GenerateGoCodeRequest),
    ]
