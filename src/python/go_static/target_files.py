"""The files of a target: those it holds, those that Pants generates from them, or what is in the
archive that it makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.core.goals.package import EnvironmentAwarePackageRequest, PackageFieldSet
from pants.core.target_types import ArchiveFormatField, FileSourceField, ResourceSourceField
from pants.core.util_rules.archive import MaybeExtractArchiveRequest
from pants.engine.fs import Digest
from pants.engine.target import (
    FieldSetsPerTargetRequest,
    GenerateSourcesRequest,
    HydrateSourcesRequest,
    SourcesField,
    Target,
)
from pants.engine.unions import UnionMembership
from pants.util.logging import LogLevel

from go_static.compat import (
    collect_rules,
    environment_aware_package,
    find_valid_field_sets,
    hydrate_sources,
    implicitly,
    maybe_extract_archive,
    rule,
)
from go_static.fields import GoModuleFilesSourcesField, GoModulePackageSourcesField


@dataclass(frozen=True)
class TargetFilesRequest:
    target: Target


@dataclass(frozen=True)
class TargetFiles:
    """`digest` has the files at their paths in the repository, none where the target is of another
    kind."""

    digest: Digest


@rule(desc="Collect the files of a target", level=LogLevel.DEBUG)
async def collect_target_files(
    request: TargetFilesRequest, union_membership: UnionMembership
) -> TargetFiles:
    if request.target.has_field(ArchiveFormatField):
        packages = await find_valid_field_sets(
            FieldSetsPerTargetRequest(PackageFieldSet, [request.target]), **implicitly()
        )
        package = await environment_aware_package(
            EnvironmentAwarePackageRequest(packages.field_sets[0])
        )
        extracted = await maybe_extract_archive(
            MaybeExtractArchiveRequest(package.digest), **implicitly()
        )
        return TargetFiles(extracted.digest)
    sources = request.target.get(SourcesField)
    hydrated = await hydrate_sources(
        HydrateSourcesRequest(
            sources, for_sources_types=source_types(sources, union_membership), enable_codegen=True
        ),
        **implicitly(),
    )
    return TargetFiles(hydrated.snapshot.digest)


def source_types(
    sources: SourcesField, union_membership: UnionMembership
) -> tuple[type[SourcesField], ...]:
    """What the files may be: files, resources, those of a Go module, or what a backend of Pants
    generates from the sources (Go from protobuf, say)."""
    generators = union_membership.get(GenerateSourcesRequest)
    outputs = (g.output for g in generators if isinstance(sources, g.input))
    return (
        FileSourceField,
        ResourceSourceField,
        GoModulePackageSourcesField,
        GoModuleFilesSourcesField,
        *outputs,
    )


def rules() -> Iterable[object]:
    return collect_rules()
