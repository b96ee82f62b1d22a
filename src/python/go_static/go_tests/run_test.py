"""Run a test binary in a sandbox with the files that its tests may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pants.engine.addresses import Address
from pants.engine.fs import AddPrefix, CreateDigest, Digest, Directory, MergeDigests, PathGlobs
from pants.engine.process import Process, ProcessCacheScope
from pants.engine.target import Targets
from pants.util.logging import LogLevel

from go_static.builder.arguments import GoTestRun
from go_static.builder.program import command
from go_static.codegen.generate_code import TargetCodeRequest, generate_target_code
from go_static.engine import repo_paths
from go_static.engine.compat import (
    add_prefix,
    concurrently,
    create_digest,
    implicitly,
    merge_digests,
    path_globs_to_digest,
)
from go_static.go import sandbox
from go_static.go_tests.compile_test import TestBinary
from go_static.go_tests.flags import GoTestFlags
from go_static.targets.test_files import TESTDATA

_BINARY = "test"
REPORT = f"{sandbox.OUTPUT}/report.xml"
PROFILE = f"{sandbox.OUTPUT}/cover.out"

# `go test` ends a test after ten minutes.
_TIMEOUT_OF_GO = "-test.timeout=10m"

# Pants's own timeout only ends what the builder, which ends a test some seconds after its timeout,
# cannot: a process that the machine has stopped.
_MARGIN = 20

# Tests see no more of the machine than these programs.
_ENVIRONMENT = {"LC_ALL": "C", "PATH": sandbox.SYSTEM_PATH, "TZ": "UTC"}


@dataclass(frozen=True)
class GoTest:
    """One run of a test binary. `directory` is that of its package, `timeout` is in seconds: 0
    for none, None for that of `go test`."""

    address: Address
    directory: str
    flags: GoTestFlags
    environment: Mapping[str, str]
    timeout: int | None
    coverage: bool = False
    interactive: bool = False
    force: bool = False


async def prepare_run(test: GoTest, binary: TestBinary, dependencies: Targets) -> Process:
    """The process that runs a test; `dependencies` are the targets with its further files."""
    arguments = GoTestRun(
        directory=test.directory,
        binary=f"{_BINARY}/{binary.path}",
        import_path=binary.test.import_path,
        arguments=run_arguments(test),
        verbose=test.flags.verbose,
        timeout=test.timeout or 0,
        coverage=test.coverage,
        interactive=test.interactive,
    )
    place = repo_paths.join(sandbox.TREE, test.directory)
    own = await create_digest(
        CreateDigest([arguments.file(), Directory(place), Directory(sandbox.TEMPORARY)])
    )
    files = await _files(test, binary, dependencies)
    inputs = await merge_digests(
        MergeDigests(
            [
                await add_prefix(AddPrefix(files, sandbox.TREE)),
                await add_prefix(AddPrefix(binary.digest, _BINARY)),
                own,
            ]
        )
    )
    return Process(
        command(arguments),
        env={**_ENVIRONMENT, **test.environment},
        input_digest=inputs,
        immutable_input_digests={sandbox.BUILDER: binary.builder.digest},
        output_files=(REPORT, *((PROFILE,) if test.coverage else ())),
        timeout_seconds=test.timeout + _MARGIN if test.timeout else None,
        cache_scope=ProcessCacheScope.PER_SESSION if test.force else ProcessCacheScope.SUCCESSFUL,
        description=f"Test {test.address}",
        level=LogLevel.DEBUG,
    )


async def _files(test: GoTest, binary: TestBinary, dependencies: Targets) -> Digest:
    """The files that a test may read, at their paths in the repository."""
    data = repo_paths.glob_literal(repo_paths.join(test.directory, TESTDATA))
    embedded = map(repo_paths.glob_literal, binary.test.embedded)
    own = await path_globs_to_digest(PathGlobs([f"{data}/**", *embedded]))
    others = await concurrently(
        generate_target_code(TargetCodeRequest(target), **implicitly()) for target in dependencies
    )
    return await merge_digests(MergeDigests([own, *(code.digest for code in others)]))


def run_arguments(test: GoTest) -> tuple[str, ...]:
    """The arguments of a test binary, with Go's own timeout: it prints the stacks of all
    goroutines."""
    given = test.flags.arguments
    if test.flags.has_timeout or test.interactive:
        return given
    if test.timeout is not None:
        return (f"-test.timeout={test.timeout}s", *given)
    return (_TIMEOUT_OF_GO, *given)
