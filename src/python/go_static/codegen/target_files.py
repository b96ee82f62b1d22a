"""The files of a target: its sources, what Pants generates from them, or the contents of its
archive."""

from __future__ import annotations

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

from go_static.engine.compat import (
    environment_aware_package,
    find_valid_field_sets,
    hydrate_sources,
    implicitly,
    maybe_extract_archive,
)
from go_static.targets.module_fields import GoModuleFilesSourcesField, GoModulePackageSourcesField


async def collect_target_files(target: Target, union_membership: UnionMembership) -> Digest:
    """The files at their paths in the repository; none if the target has no files."""
    if target.has_field(ArchiveFormatField):
        packages = await find_valid_field_sets(
            FieldSetsPerTargetRequest(PackageFieldSet, [target]), **implicitly()
        )
        package = await environment_aware_package(
            EnvironmentAwarePackageRequest(packages.field_sets[0])
        )
        extracted = await maybe_extract_archive(
            MaybeExtractArchiveRequest(package.digest), **implicitly()
        )
        return extracted.digest
    sources = target.get(SourcesField)
    hydrated = await hydrate_sources(
        HydrateSourcesRequest(
            sources, for_sources_types=source_types(sources, union_membership), enable_codegen=True
        ),
        **implicitly(),
    )
    return hydrated.snapshot.digest


def source_types(
    sources: SourcesField, union_membership: UnionMembership
) -> tuple[type[SourcesField], ...]:
    """The types of files that are accepted: files, resources, those of a Go module, and what a
    backend of Pants generates from the sources, such as Go from protobuf."""
    generators = union_membership.get(GenerateSourcesRequest)
    outputs = (g.output for g in generators if isinstance(sources, g.input))
    return (
        FileSourceField,
        ResourceSourceField,
        GoModulePackageSourcesField,
        GoModuleFilesSourcesField,
        *outputs,
    )
