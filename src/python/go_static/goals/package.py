"""`pants package`: write the binary and its SBOM below `--distdir`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.core.goals.package import BuiltPackage, BuiltPackageArtifact, PackageFieldSet
from pants.engine.fs import MergeDigests
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from go_static.build.build_binary import build_binary
from go_static.engine.compat import collect_rules, implicitly, merge_digests, rule
from go_static.listing.binary_files import BuildRequest
from go_static.listing.list_module import BinaryGroups
from go_static.sbom.write_sbom import write_sbom
from go_static.targets.binary_settings import GoStaticExecutableFieldSet, read_settings


@rule(desc="Package a static Go binary", level=LogLevel.DEBUG)
async def package_binary(
    field_set: GoStaticExecutableFieldSet, groups: BinaryGroups
) -> BuiltPackage:
    settings = read_settings(field_set)
    binary = await build_binary(BuildRequest(settings), **implicitly())
    if not field_set.sbom.value:
        return BuiltPackage(binary.digest, (BuiltPackageArtifact(binary.path),))
    sbom = await write_sbom(settings, field_set.sbom.value, binary, groups)
    return BuiltPackage(
        await merge_digests(MergeDigests([binary.digest, sbom.digest])),
        (BuiltPackageArtifact(binary.path), BuiltPackageArtifact(sbom.path)),
    )


def rules() -> Iterable[object]:
    return [*collect_rules(), UnionRule(PackageFieldSet, GoStaticExecutableFieldSet)]
