"""The checked fields of a `go_static_binary`, as one record."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from pants.core.goals.package import PackageFieldSet
from pants.core.goals.run import RestartableField, RunFieldSet, RunInSandboxBehavior
from pants.engine.target import InvalidFieldException

from go_static.engine import repo_paths
from go_static.engine.compat import EnvironmentField
from go_static.go.features import GoFeatures, InvalidFeatureError, checked_godebug
from go_static.go.flags import NO_PROFILE, BuildFlags, InvalidFlagError, cover_arguments
from go_static.go.platforms import GoPlatform, UnsupportedPlatformError
from go_static.targets.addresses import generator_address
from go_static.targets.binary_fields import (
    GoAsmflagsField,
    GoBinaryOutputPathField,
    GoBuildTagsField,
    GoCodegenField,
    GoDefinitionsField,
    GoGcflagsField,
    GoLdflagsField,
    GoMainField,
    GoSbomField,
    GoSdkField,
    GoStripField,
    GoWorkField,
    GoWorkValue,
)
from go_static.targets.feature_fields import (
    GoCoverField,
    GoCoverpkgField,
    GoDebugField,
    GoExperimentField,
    GoFips140Field,
    GoPgoField,
)
from go_static.targets.platform_fields import GoArchField, GoArchLevelField, GoOsField


@dataclass(frozen=True)
class BuildContext:
    """The settings that decide which files a build includes. Builds with the same context share a
    listing. `codegen` holds the sorted addresses of generators. `go_sdk` is the requested release,
    or empty. `workspace` is false if go.work must be ignored."""

    module_directory: str
    platform: GoPlatform
    tags_argument: str
    codegen: tuple[str, ...] = ()
    go_sdk: str = ""
    workspace: bool = True
    features: GoFeatures = GoFeatures()


@dataclass(frozen=True)
class BinarySettings:
    """The settings of one binary: what a build uses of its target's fields. `name` is the address
    as users write it.

    The search for the go.mod starts in `directory`: the directory of the main package or, if `main`
    is an import path, of the BUILD file. `import_path` is empty if `main` is a directory.
    """

    name: str
    directory: str
    import_path: str
    platform: GoPlatform
    flags: BuildFlags
    output_path: str
    codegen: tuple[str, ...] = ()
    go_sdk: str = ""
    workspace: bool = True

    def context(self, module_directory: str) -> BuildContext:
        return BuildContext(
            module_directory,
            self.platform,
            self.flags.tags_argument,
            self.codegen,
            self.go_sdk,
            self.workspace,
            self.flags.features,
        )

    def pattern(self, module_directory: str) -> str:
        """The main package as an argument of `go`, run in the module's directory."""
        return self.import_path or repo_paths.go_pattern(self.directory, module_directory)


@dataclass(frozen=True)
class GoStaticExecutableFieldSet(PackageFieldSet, RunFieldSet):
    """All fields of a `go_static_executable` that `package` and `run` use."""

    required_fields = (GoMainField, GoOsField, GoArchField, GoBinaryOutputPathField)
    run_in_sandbox_behavior = RunInSandboxBehavior.RUN_REQUEST_HERMETIC

    main: GoMainField
    goos: GoOsField
    goarch: GoArchField
    goarch_level: GoArchLevelField
    build_tags: GoBuildTagsField
    ldflags: GoLdflagsField
    gcflags: GoGcflagsField
    asmflags: GoAsmflagsField
    definitions: GoDefinitionsField
    strip: GoStripField
    fips140: GoFips140Field
    goexperiment: GoExperimentField
    godebug: GoDebugField
    pgo: GoPgoField
    cover: GoCoverField
    coverpkg: GoCoverpkgField
    go_sdk: GoSdkField
    gowork: GoWorkField
    codegen: GoCodegenField
    sbom: GoSbomField
    output_path: GoBinaryOutputPathField
    restartable: RestartableField
    environment: EnvironmentField


def binary_alone(field_set: PackageFieldSet) -> PackageFieldSet:
    """The field set without the SBOM. A field set of another backend is returned unchanged."""
    if not isinstance(field_set, GoStaticExecutableFieldSet):
        return field_set
    return dataclasses.replace(field_set, sbom=GoSbomField(None, field_set.address))


def read_settings(fields: GoStaticExecutableFieldSet) -> BinarySettings:
    """Check the fields of a binary.

    :raises InvalidFieldException: names the target, the field and the fault of its value.
    """
    name = generator_address(fields.address)
    try:
        platform = GoPlatform.create(
            fields.goos.value, fields.goarch.value, fields.goarch_level.value
        )
        flags = BuildFlags.create(
            tags=fields.build_tags.value or (),
            ldflags=fields.ldflags.value or (),
            gcflags=fields.gcflags.value or (),
            asmflags=fields.asmflags.value or (),
            definitions=(fields.definitions.value or {}).items(),
            strip=fields.strip.value,
        )
        flags = dataclasses.replace(
            flags,
            cover=cover_arguments(fields.cover.value, fields.coverpkg.value or ()),
            features=GoFeatures.create(fields.fips140.value, fields.goexperiment.value or ()),
            godebug=checked_godebug(fields.godebug.value or {}),
            profile=_profile(fields.pgo),
        )
    except (UnsupportedPlatformError, InvalidFlagError, InvalidFeatureError) as e:
        raise InvalidFieldException(f"{name}: {e}") from None
    if fields.main.is_go_file:
        raise InvalidFieldException(f"{name}: {go_file_message(fields.main.value)}")
    directory = fields.address.spec_path
    import_path = ""
    if fields.main.is_import_path:
        import_path = fields.main.value
    else:
        directory = repo_paths.join(directory, fields.main.value)
        if repo_paths.is_outside(directory):
            raise InvalidFieldException(
                f"{name}: main=`{fields.main.value}` is outside the repository. Give a directory "
                "relative to the BUILD file, or an import path."
            )
    if import_path and flags.godebug:
        raise InvalidFieldException(
            f"{name}: godebug needs a main package in the repository, as Go reads such settings "
            f"there, and {import_path} is not. Remove it."
        )
    return BinarySettings(
        name=name,
        directory=directory,
        import_path=import_path,
        platform=platform,
        flags=flags,
        output_path=fields.output_path.value_or_default(file_ending=None),
        codegen=absolute_addresses(fields.codegen.value or (), fields.address.spec_path),
        go_sdk=fields.go_sdk.value or "",
        workspace=fields.gowork.value != GoWorkValue.OFF.value,
    )


def _profile(field: GoPgoField) -> str:
    """As in `BuildFlags`.

    :raises InvalidFlagError: for a file outside the repository.
    """
    if field.value in ("auto", NO_PROFILE):
        return field.value.replace("auto", "")
    if field.is_address:
        (address,) = absolute_addresses((field.value,), field.address.spec_path)
        return address
    path = repo_paths.join(field.address.spec_path, field.value)
    if repo_paths.is_outside(path):
        raise InvalidFlagError(
            f"pgo=`{field.value}` is outside the repository. Give a file relative to the BUILD "
            "file, or the address of a target."
        )
    return path


def go_file_message(main: str) -> str:
    """The error if the field `main` names a file."""
    return (
        f"main=`{main}` names a Go file, but a program is a directory. A build of this file alone "
        "would leave out the package's other files and the module's information.\n\n"
        f'Name the directory: `main="{posixpath.dirname(main) or "."}"`.'
    )


def absolute_addresses(values: Iterable[str], spec_path: str) -> tuple[str, ...]:
    """The addresses in a BUILD file in `spec_path`, made absolute and sorted. Two binaries that use
    the same generator then get the same value."""
    return tuple(
        sorted({f"//{spec_path}{value}" if value.startswith(":") else value for value in values})
    )
