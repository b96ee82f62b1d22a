"""`pants package`: the binary, at its place below the directory for packages."""

from __future__ import annotations

from collections.abc import Iterable

from pants.core.goals.package import BuiltPackage, BuiltPackageArtifact, PackageFieldSet
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from go_static.binary import GoStaticExecutableFieldSet, read_settings
from go_static.build import BuildRequest, build_binary
from go_static.compat import collect_rules, implicitly, rule


@rule(desc="Package a static Go binary", level=LogLevel.DEBUG)
async def package_binary(field_set: GoStaticExecutableFieldSet) -> BuiltPackage:
    binary = await build_binary(BuildRequest(read_settings(field_set)), **implicitly())
    return BuiltPackage(binary.digest, (BuiltPackageArtifact(binary.path),))


def rules() -> Iterable[object]:
    return [*collect_rules(), UnionRule(PackageFieldSet, GoStaticExecutableFieldSet)]
