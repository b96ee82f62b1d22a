"""The `verify` step: the checker reads the files of a binary, in a sandbox of its own."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.addresses import Address
from pants.engine.fs import (
    CreateDigest,
    Directory,
    GlobMatchErrorBehavior,
    MergeDigests,
    PathGlobs,
)
from pants.engine.process import Process, ProcessCacheScope
from pants.engine.target import InvalidFieldException
from pants.util.logging import LogLevel

from elf_static.policies import BUILT_IN
from go_static import paths
from go_static.checker import ELF_CHECKER, checker_command
from go_static.compat import (
    collect_rules,
    create_digest,
    implicitly,
    merge_digests,
    path_globs_to_digest,
    rule,
)
from go_static.elf_files import ElfFiles, ElfFilesRequest, find_elf_files
from go_static.fields import generator_address
from go_static.interpreter import InterpreterRequest, find_interpreter
from go_static.python_program import ShippedProgramRequest, ship_program

# Where the program is copied for a plain chroot; it goes away with the sandbox, also when the test
# is killed.
_TEMPORARY = "__tmp__"


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


@rule(desc="Prepare an ELF test", level=LogLevel.DEBUG)
async def prepare_verification(request: VerifyRequest) -> Verification:
    files = await find_elf_files(ElfFilesRequest(request.address, request.binary), **implicitly())
    interpreter = await find_interpreter(InterpreterRequest(), **implicitly())
    checker = await ship_program(ShippedProgramRequest(ELF_CHECKER, interpreter), **implicitly())
    temporary = await create_digest(CreateDigest([Directory(_TEMPORARY)]))
    digests = [files.digest, temporary]
    if request.policy not in BUILT_IN:
        name = generator_address(request.address)
        policy = await path_globs_to_digest(
            PathGlobs(
                [paths.glob_literal(request.policy)],
                glob_match_error_behavior=GlobMatchErrorBehavior.error,
                description_of_origin=f"the policy of {name}",
            )
        )
        digests.append(policy)
    report = f"{request.address.path_safe_spec}.xml"
    return Verification(
        Process(
            checker_command(checker, check_arguments(request, files, report)),
            # Relative to the sandbox, as Python reads it.
            env={**checker.environment, "TMPDIR": _TEMPORARY},
            input_digest=await merge_digests(MergeDigests(digests)),
            immutable_input_digests={ELF_CHECKER.directory: checker.digest},
            output_files=(report,),
            timeout_seconds=request.timeout,
            cache_scope=cache_scope(request),
            description=f"Test {generator_address(request.address)}",
            level=LogLevel.DEBUG,
        ),
        report,
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
            # Before Pants ends the test, so that the report says what the program printed.
            limit = max(request.timeout - 1, request.timeout / 2)
            arguments.append(f"--run-in-scratch-timeout={limit:g}")
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
    path = paths.in_repository(value, "" if field is None else address.spec_path)
    if not path or paths.is_outside(path):
        raise InvalidFieldException(
            f"{generator_address(address)}: policy=`{value}` leads out of the repository. Give a "
            "path relative to the BUILD file, `//path` from the repository's root, or one of "
            f"{', '.join(BUILT_IN)}."
        )
    return path


def rules() -> Iterable[object]:
    return collect_rules()
