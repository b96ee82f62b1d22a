"""Find the files that the field `binary` of an ELF test names, and build them if necessary."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pants.core.goals.package import BuiltPackage, EnvironmentAwarePackageRequest, PackageFieldSet
from pants.core.target_types import FileSourceField, ResourceSourceField
from pants.engine.addresses import Address
from pants.engine.fs import AddPrefix, Digest, MergeDigests, PathGlobs
from pants.engine.target import (
    FieldSetsPerTargetRequest,
    HydrateSourcesRequest,
    SourcesField,
    Target,
)

from go_static.engine import repo_paths
from go_static.engine.compat import (
    add_prefix,
    concurrently,
    digest_to_snapshot,
    environment_aware_package,
    find_valid_field_sets,
    hydrate_sources,
    implicitly,
    merge_digests,
    path_globs_to_digest,
    path_globs_to_paths,
)
from go_static.targets.addresses import generator_address
from go_static.targets.binary_settings import binary_alone
from go_static.targets.named import named_targets
from go_static.targets.platform_fields import GoArchField, GoOsField

# The directory of built packages in the sandbox. It equals Pants's default `--distdir`, so that the
# report names files as users know them.
_PACKAGES = "dist"


class ElfFilesError(Exception):
    """The field `binary` names no file or several packages. The text says what to name instead."""


@dataclass(frozen=True)
class ElfFiles:
    """`digest` contains the files `names`, and possibly others. `goos` and `goarch` are set for a
    binary of this backend, and empty otherwise."""

    digest: Digest
    names: tuple[str, ...]
    goos: str
    goarch: str


async def find_binary_file(address: Address, value: str) -> str:
    """The path in the repository of the file that the field `binary` of the test at `address` names
    by path; empty if `value` is an address."""
    path = candidate_path(value, address.spec_path)
    found = await path_globs_to_paths(PathGlobs([repo_paths.glob_literal(path)] if path else []))
    return path if found.files else ""


async def find_elf_files(address: Address, value: str) -> ElfFiles:
    """The files that `value`, the field `binary` of the test at `address`, names.

    :raises ElfFilesError: it names no file or several packages.
    """
    path = await find_binary_file(address, value)
    if path:
        digest = await path_globs_to_digest(PathGlobs([repo_paths.glob_literal(path)]))
        return ElfFiles(digest, (path,), goos="", goarch="")
    name = generator_address(address)
    targets = await named_targets("binary", address, [value])
    packages = await find_valid_field_sets(
        FieldSetsPerTargetRequest(PackageFieldSet, targets), **implicitly()
    )
    packaged = [
        (target, field_sets[0])
        for target, field_sets in zip(targets, packages.collection)
        if field_sets
    ]
    if packaged:
        target = the_only([target for target, _ in packaged], name, value)
        return await _package_files(name, target, packaged[0][1])
    sources = await concurrently(
        hydrate_sources(
            HydrateSourcesRequest(
                target.get(SourcesField),
                for_sources_types=(FileSourceField, ResourceSourceField),
                enable_codegen=True,
            ),
            **implicitly(),
        )
        for target in targets
    )
    files = tuple(file_name for hydrated in sources for file_name in hydrated.snapshot.files)
    if not files:
        raise ElfFilesError(no_files_message(name, value, targets))
    digest = await merge_digests(MergeDigests([hydrated.snapshot.digest for hydrated in sources]))
    return ElfFiles(digest, files, goos="", goarch="")


async def _package_files(name: str, target: Target, field_set: PackageFieldSet) -> ElfFiles:
    """The files of the package of `target`."""
    built = await environment_aware_package(EnvironmentAwarePackageRequest(binary_alone(field_set)))
    snapshot = await digest_to_snapshot(built.digest)
    names = artifact_files(built, snapshot.files)
    if not names:
        raise ElfFilesError(
            f"{name}: the package of {target.address} has no files to test.\n\n"
            "Set the field `binary` to a target whose package is an ELF file."
        )
    return ElfFiles(
        await add_prefix(AddPrefix(built.digest, _PACKAGES)),
        tuple(posixpath.join(_PACKAGES, file_name) for file_name in names),
        goos=_value(target, GoOsField),
        goarch=_value(target, GoArchField),
    )


def candidate_path(value: str, spec_path: str) -> str:
    """The path in the repository that `value` may be; empty if it can only be an address."""
    if any(mark in value for mark in ":#@"):
        return ""
    path = repo_paths.in_repository(value, spec_path)
    return "" if repo_paths.is_outside(path) else path


def artifact_files(package: BuiltPackage, files: Iterable[str]) -> tuple[str, ...]:
    """The files of a package's artifacts. An artifact may be a directory."""
    artifacts = [artifact.relpath for artifact in package.artifacts if artifact.relpath]
    return tuple(
        file
        for file in files
        if any(file == artifact or file.startswith(f"{artifact}/") for artifact in artifacts)
    )


def the_only(targets: Sequence[Target], name: str, binary: str) -> Target:
    """The only target to package.

    :raises ElfFilesError: there are several.
    """
    if len(targets) > 1:
        addresses = "\n".join(f"  {target.address}" for target in targets)
        raise ElfFilesError(
            f"{name}: binary=`{binary}` matches several packages:\n{addresses}\n\n"
            "Name one of them, or parametrize the field."
        )
    return targets[0]


def no_files_message(name: str, binary: str, targets: Iterable[Target]) -> str:
    """The error if the field `binary` names neither a package nor files."""
    aliases = ", ".join(sorted({target.alias for target in targets})) or "nothing"
    return (
        f"{name}: binary=`{binary}` names {aliases}, which has neither a package nor files.\n\n"
        "Name a target that `package` builds, or an existing file: by its path, or preferably by a "
        '`file` target, such as `file(name="prebuilt", source="tool")` and `binary=":prebuilt"`.'
    )


def _value(target: Target, field: type[GoOsField] | type[GoArchField]) -> str:
    return target[field].value or "" if target.has_field(field) else ""
