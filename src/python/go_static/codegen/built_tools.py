"""The tools that a `go_codegen` names by address, built for this machine."""

from __future__ import annotations

import dataclasses
import posixpath

from pants.core.goals.package import EnvironmentAwarePackageRequest, PackageFieldSet
from pants.engine.fs import AddPrefix, Digest, RemovePrefix
from pants.engine.platform import Platform
from pants.engine.target import FieldSetsPerTargetRequest

from go_static.engine.compat import (
    add_prefix,
    environment_aware_package,
    find_valid_field_sets,
    implicitly,
    remove_prefix,
)
from go_static.go import sandbox
from go_static.sdk.known_releases import PLATFORM_NAMES
from go_static.targets.binary_settings import GoStaticExecutableFieldSet, binary_alone
from go_static.targets.named import targets_at
from go_static.targets.platform_fields import GoArchField, GoArchLevelField, GoOsField


class BuiltToolError(Exception):
    """An address that is not that of one program. The text names it."""


async def build_tool(address: str, needed_by: str, platform: Platform) -> Digest:
    """The program at an address, in the directory for tools. `needed_by` is the target that names
    it.

    :raises BuiltToolError: there is none, or more than one.
    """
    targets = await targets_at([address], f"the `tools` field of {needed_by}")
    packages = await find_valid_field_sets(
        FieldSetsPerTargetRequest(PackageFieldSet, targets), **implicitly()
    )
    found = [field_set for field_sets in packages.collection for field_set in field_sets]
    if len(found) != 1:
        raise BuiltToolError(
            f"{needed_by}: `tools` names {address}, which matches {len(found)} programs.\n\n"
            "Name one target that `package` builds."
        )
    package = await environment_aware_package(
        EnvironmentAwarePackageRequest(for_this_machine(binary_alone(found[0]), platform.value))
    )
    paths = [artifact.relpath for artifact in package.artifacts if artifact.relpath]
    if len(paths) != 1:
        raise BuiltToolError(
            f"{needed_by}: `tools` names {address}, whose package has {len(paths)} files.\n\n"
            "Name a target that `package` builds as one program."
        )
    bare = await remove_prefix(RemovePrefix(package.digest, posixpath.dirname(paths[0])))
    return await add_prefix(AddPrefix(bare, sandbox.TOOLS))


def for_this_machine(field_set: PackageFieldSet, platform: str) -> PackageFieldSet:
    """The same binary for `platform`, a name of Pants's; a program of another backend unchanged."""
    if not isinstance(field_set, GoStaticExecutableFieldSet):
        return field_set
    goos, _, goarch = PLATFORM_NAMES[platform].partition("-")
    if (field_set.goos.value, field_set.goarch.value) == (goos, goarch):
        return field_set
    address = field_set.address
    return dataclasses.replace(
        field_set,
        goos=GoOsField(goos, address),
        goarch=GoArchField(goarch, address),
        goarch_level=GoArchLevelField(None, address),
    )
