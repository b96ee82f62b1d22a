"""The `verify` step: check the files of a binary in a separate sandbox."""

from __future__ import annotations

import dataclasses
import logging
import posixpath
import shlex
from dataclasses import dataclass

from pants.engine.addresses import Address
from pants.engine.fs import EMPTY_DIGEST, CreateDigest, Digest, Directory, MergeDigests, PathGlobs
from pants.engine.platform import Platform
from pants.engine.process import Process, ProcessCacheScope
from pants.engine.target import InvalidFieldException
from pants.util.logging import LogLevel

from elf_static.judge.policies import BUILT_IN, did_you_mean
from go_static.engine import repo_paths
from go_static.engine.compat import create_digest, implicitly, merge_digests, path_globs_to_digest
from go_static.engine.python_program import ship_program
from go_static.go.platforms import runs_on
from go_static.sdk.known_releases import go_platform
from go_static.targets.addresses import generator_address
from go_static.verify.checker import ELF_CHECKER, checker_command
from go_static.verify.elf_files import ElfFiles, find_elf_files
from go_static.verify.other_variant import (
    StartedInsteadRequest,
    find_started_instead,
    not_started_message,
)
from go_static.verify.size_baseline import SizeLimit, baseline_file

logger = logging.getLogger(__name__)

# The program is copied here for a plain chroot. The directory is deleted with the sandbox, even if
# the test is killed.
_TEMPORARY = "__tmp__"


@dataclass(frozen=True)
class ElfTest:
    """One test. `policy` is the name of a built-in policy or a path in the repository.
    `run_in_scratch` holds the arguments, or None not to start the program. `timeout` is in
    seconds. `size_limit` is None if the program may grow."""

    address: Address
    binary: str
    policy: str
    run_in_scratch: tuple[str, ...] | None
    run_in_scratch_optional: bool
    timeout: int | None
    force: bool
    size_limit: SizeLimit | None = None


@dataclass(frozen=True)
class Verification:
    """The process whose exit code is the verdict. It writes a JUnit XML report to `report`."""

    process: Process
    report: str


async def prepare_verification(test: ElfTest, platform: Platform) -> Verification:
    """The process that a test runs on a machine of this platform.

    :raises InvalidFieldException: the policy or the size baseline does not exist.
    """
    digests = (*await _policy_file(test), *await baseline_file(test.address, test.size_limit))
    files = await find_elf_files(test.address, test.binary)
    test = await _without_foreign_start(test, files, go_platform(platform.value))
    checker = await ship_program(ELF_CHECKER, **implicitly())
    temporary = await create_digest(CreateDigest([Directory(_TEMPORARY)]))
    report = f"{test.address.path_safe_spec}.xml"
    return Verification(
        Process(
            checker_command(checker, check_arguments(test, files, report)),
            # Python resolves this relative to the sandbox.
            env={**checker.environment, "TMPDIR": _TEMPORARY},
            input_digest=await merge_digests(MergeDigests([files.digest, temporary, *digests])),
            immutable_input_digests={ELF_CHECKER.directory: checker.digest},
            output_files=(report,),
            timeout_seconds=test.timeout,
            cache_scope=cache_scope(test),
            description=f"Test {generator_address(test.address)}",
            level=LogLevel.DEBUG,
        ),
        report,
    )


async def _without_foreign_start(test: ElfTest, files: ElfFiles, here: str) -> ElfTest:
    """The test, which does not start a program that cannot run here if another variant is started.

    With `run_in_scratch_optional`, the checker itself warns.
    """
    platform = f"{files.goos}/{files.goarch}"
    if (
        test.run_in_scratch is None
        or test.run_in_scratch_optional
        or not files.goarch
        or runs_on(platform, here)
    ):
        return test
    instead = await find_started_instead(StartedInsteadRequest(test.address, here), **implicitly())
    if instead.test is None:
        return test
    logger.info(not_started_message(test.address, platform, here, instead.test))
    return dataclasses.replace(test, run_in_scratch=None)


async def _policy_file(test: ElfTest) -> tuple[Digest, ...]:
    """The policy of a test, if it is a file."""
    if test.policy in BUILT_IN:
        return ()
    file = await path_globs_to_digest(PathGlobs([repo_paths.glob_literal(test.policy)]))
    if file == EMPTY_DIGEST:
        name = generator_address(test.address)
        raise InvalidFieldException(f"{name}: {no_policy_message(test.policy)}")
    return (file,)


def no_policy_message(path: str) -> str:
    """The error for a policy that is neither built in nor a file."""
    way_out = did_you_mean(posixpath.basename(path)) or (
        "Check the path: it is relative to the BUILD file or, after `//`, to the repository's "
        "root. Pants does not see files that .gitignore or `[GLOBAL].pants_ignore` excludes."
    )
    return (
        f"the policy {path} does not exist. The built-in policies are {', '.join(BUILT_IN)}."
        f"\n\n{way_out}"
    )


def check_arguments(test: ElfTest, files: ElfFiles, report: str) -> tuple[str, ...]:
    """The arguments of `elf-static`."""
    arguments = ["check", f"--policy={test.policy}", f"--report=junit={report}"]
    if files.goos:
        arguments.append(f"--goos={files.goos}")
    if files.goarch:
        arguments.append(f"--goarch={files.goarch}")
    if test.size_limit:
        arguments += test.size_limit.arguments
    if test.run_in_scratch is not None:
        arguments.append(f"--run-in-scratch={shlex.join(test.run_in_scratch)}")
        if test.run_in_scratch_optional:
            arguments.append("--run-in-scratch-optional")
        if test.timeout is not None:
            # Shorter than Pants's own timeout, so that the report shows what the program printed.
            limit = max(test.timeout - 1, test.timeout / 2)
            arguments.append(f"--run-in-scratch-timeout={limit:g}")
    return (*arguments, "--", *files.names)


def cache_scope(test: ElfTest) -> ProcessCacheScope:
    """How long to cache a success. If the machine decides whether the program is started at all, a
    success on one machine does not apply to another."""
    if test.force or (test.run_in_scratch is not None and test.run_in_scratch_optional):
        return ProcessCacheScope.PER_SESSION
    return ProcessCacheScope.SUCCESSFUL


def test_policy(field: str | None, address: Address, option: str) -> str:
    """The policy of the test at `address`, else of the option: the name of a built-in policy, or a
    path in the repository.

    :raises InvalidFieldException: the path is outside the repository.
    """
    value = option if field is None else field
    if value in BUILT_IN:
        return value
    path = repo_paths.in_repository(value, "" if field is None else address.spec_path)
    if not path or repo_paths.is_outside(path):
        raise InvalidFieldException(
            f"{generator_address(address)}: policy=`{value}` is outside the repository. Give a "
            "path relative to the BUILD file, `//path` from the repository's root, or one of "
            f"{', '.join(BUILT_IN)}."
        )
    return path
