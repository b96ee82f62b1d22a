"""The `verify` step: the checker reads the files of a binary, in a sandbox of its own."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from pants.core.goals.package import EnvironmentAwarePackageRequest, PackageFieldSet
from pants.core.target_types import FileSourceField, ResourceSourceField
from pants.engine.addresses import Address, UnparsedAddressInputs
from pants.engine.fs import (
    AddPrefix,
    Digest,
    GlobMatchErrorBehavior,
    MergeDigests,
    PathGlobs,
)
from pants.engine.process import Process, ProcessCacheScope
from pants.engine.target import (
    FieldSetsPerTargetRequest,
    HydrateSourcesRequest,
    InvalidFieldException,
    SourcesField,
    Target,
    Targets,
)
from pants.util.logging import LogLevel

from elf_static.policies import BUILT_IN
from go_static import paths
from go_static.checker import CHECKER, CheckerRequest, prepare_checker
from go_static.compat import (
    add_prefix,
    collect_rules,
    concurrently,
    environment_aware_package,
    find_valid_field_sets,
    hydrate_sources,
    implicitly,
    merge_digests,
    path_globs_to_digest,
    resolve_targets,
    rule,
)
from go_static.fields import GoArchField, GoOsField, generator_address
from go_static.interpreter import InterpreterRequest, find_interpreter

# Where built packages lie in the sandbox: as below Pants's default directory for them, so that the
# report names files as users know them.
_PACKAGES = "dist"


class ElfStaticTestError(Exception):
    """A test that cannot be run as it is written; the text says why and what to change."""


@dataclass(frozen=True)
class ElfFilesRequest:
    """The files that the `binary` field of the test at `address` names."""

    address: Address
    binary: str


@dataclass(frozen=True)
class ElfFiles:
    """`goos` and `goarch` are those of a binary of this backend, else empty."""

    digest: Digest
    names: tuple[str, ...]
    goos: str
    goarch: str


@dataclass(frozen=True)
class VerifyRequest:
    """One test. `policy` is the name of a built-in one or a path in the repository;
    `run_in_scratch` holds the arguments, None not to start the program. `timeout` is in seconds."""

    address: Address
    binary: str
    policy: str
    run_in_scratch: tuple[str, ...] | None
    run_in_scratch_optional: bool
    timeout: int | None
    force: bool


@dataclass(frozen=True)
class Verification:
    """The process whose exit code is the verdict. It writes JUnit's XML to `report`."""

    process: Process
    report: str


@rule(desc="Find the files to test", level=LogLevel.DEBUG)
async def find_elf_files(request: ElfFilesRequest) -> ElfFiles:
    name = generator_address(request.address)
    targets = await resolve_targets(
        **implicitly(
            UnparsedAddressInputs(
                [request.binary],
                owning_address=request.address,
                description_of_origin=f"the `binary` field of {name}",
            )
        )
    )
    packages = await find_valid_field_sets(
        FieldSetsPerTargetRequest(PackageFieldSet, targets), **implicitly()
    )
    packaged = tuple(
        (target, field_sets[0])
        for target, field_sets in zip(targets, packages.collection)
        if field_sets
    )
    if packaged:
        target = the_only([target for target, _ in packaged], name, request.binary)
        built = await environment_aware_package(EnvironmentAwarePackageRequest(packaged[0][1]))
        names = tuple(artifact.relpath for artifact in built.artifacts if artifact.relpath)
        if not names:
            raise ElfStaticTestError(
                f"{name}: packaging {target.address} makes no file that could be tested.\n\n"
                "Let the `binary` field name a target whose package is an ELF file."
            )
        return ElfFiles(
            await add_prefix(AddPrefix(built.digest, _PACKAGES)),
            tuple(posixpath.join(_PACKAGES, file) for file in names),
            goos=_value(target, GoOsField),
            goarch=_value(target, GoArchField),
        )
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
    files = tuple(file for hydrated in sources for file in hydrated.snapshot.files)
    if not files:
        raise ElfStaticTestError(no_files_message(name, request.binary, targets))
    digest = await merge_digests(MergeDigests([hydrated.snapshot.digest for hydrated in sources]))
    return ElfFiles(digest, files, goos="", goarch="")


@rule(desc="Prepare an ELF test", level=LogLevel.DEBUG)
async def prepare_verification(request: VerifyRequest) -> Verification:
    files = await find_elf_files(ElfFilesRequest(request.address, request.binary), **implicitly())
    interpreter = await find_interpreter(InterpreterRequest(), **implicitly())
    checker = await prepare_checker(CheckerRequest(interpreter), **implicitly())
    digest = files.digest
    if request.policy not in BUILT_IN:
        name = generator_address(request.address)
        policy = await path_globs_to_digest(
            PathGlobs(
                [paths.glob_literal(request.policy)],
                glob_match_error_behavior=GlobMatchErrorBehavior.error,
                description_of_origin=f"the policy of {name}",
            )
        )
        digest = await merge_digests(MergeDigests([digest, policy]))
    report = f"{request.address.path_safe_spec}.xml"
    return Verification(
        Process(
            checker.command(check_arguments(request, files, report)),
            env=checker.environment,
            input_digest=digest,
            immutable_input_digests={CHECKER: checker.digest},
            output_files=(report,),
            timeout_seconds=request.timeout,
            cache_scope=cache_scope(request),
            description=f"Test {generator_address(request.address)}",
            level=LogLevel.DEBUG,
        ),
        report,
    )


def the_only(targets: list[Target], name: str, binary: str) -> Target:
    """The target to package.

    :raises ElfStaticTestError: there are several.
    """
    if len(targets) > 1:
        addresses = "\n".join(f"  {target.address}" for target in targets)
        raise ElfStaticTestError(
            f"{name}: its field binary=`{binary}` stands for several packages:\n{addresses}\n\n"
            "Name one of them, or parametrize the field."
        )
    return targets[0]


def no_files_message(name: str, binary: str, targets: Targets) -> str:
    """For a `binary` field that names something else than a package or files."""
    aliases = ", ".join(sorted({target.alias for target in targets})) or "nothing"
    return (
        f"{name}: its field binary=`{binary}` names {aliases}, which is neither packaged nor files."
        "\n\nLet it name a target that `package` builds, or a `file` target for a file that is "
        'there already: `file(name="prebuilt", source="tool")` and `binary=":prebuilt"`.'
    )


def check_arguments(request: VerifyRequest, files: ElfFiles, report: str) -> tuple[str, ...]:
    """The arguments of `elf-static`."""
    arguments = ["check", f"--policy={request.policy}", f"--report=junit={report}"]
    if files.goos:
        arguments.append(f"--goos={files.goos}")
    if files.goarch:
        arguments.append(f"--goarch={files.goarch}")
    if request.run_in_scratch is not None:
        arguments.append(f"--run-in-scratch={shlex.join(request.run_in_scratch)}")
        if request.run_in_scratch_optional:
            arguments.append("--run-in-scratch-optional")
        if request.timeout is not None:
            arguments.append(f"--run-in-scratch-timeout={request.timeout}")
    return (*arguments, "--", *files.names)


def cache_scope(request: VerifyRequest) -> ProcessCacheScope:
    """How long a success counts. Where the machine decides whether the program is started at all,
    one machine's success says nothing for the next."""
    if request.force or (request.run_in_scratch is not None and request.run_in_scratch_optional):
        return ProcessCacheScope.PER_SESSION
    return ProcessCacheScope.SUCCESSFUL


def test_policy(field: str | None, address: Address, option: str) -> str:
    """The name of a built-in policy, or the path in the repository of the one that the test at
    `address` asks for, else the option.

    :raises InvalidFieldException: the path leads out of the repository.
    """
    value = option if field is None else field
    if value in BUILT_IN:
        return value
    from_root = field is None or value.startswith("//")
    path = value.lstrip("/") if from_root else paths.join(address.spec_path, value)
    if not path or paths.is_outside(path):
        raise InvalidFieldException(
            f"{generator_address(address)}: policy=`{value}` leads out of the repository. Give a "
            "path relative to the BUILD file, `//path` from the repository's root, or one of "
            f"{', '.join(BUILT_IN)}."
        )
    return path


def _value(target: Target, field: type[GoOsField] | type[GoArchField]) -> str:
    return target[field].value or "" if target.has_field(field) else ""


def rules() -> Iterable[object]:
    return collect_rules()
