"""Compile a test binary with `go test -c`, offline, on exactly the files in the listing."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from pants.engine.fs import EMPTY_DIGEST, CreateDigest, Digest, Directory, RemovePrefix
from pants.engine.platform import Platform
from pants.engine.process import FallibleProcessResult, Process, ProcessExecutionEnvironment
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.builder.arguments import GoTestBuild
from go_static.builder.program import Builder, Cores, checked, command
from go_static.compiled.plan import CompiledRequest
from go_static.compiled.share import execute_on_compiled, execute_unless_it_asks
from go_static.engine import repo_paths
from go_static.engine.compat import create_digest, implicitly, remove_prefix, rule
from go_static.go import sandbox
from go_static.go.clean_output import clean_output
from go_static.go.flags import BuildFlags
from go_static.go.platforms import GoPlatform
from go_static.go.subsystem import GoStaticSubsystem
from go_static.go_tests.list_tests import TestListing, TestListingRequest, list_tests
from go_static.go_tests.test_packages import ListedTest
from go_static.listing.list_module import BinaryFiles
from go_static.modules.build_inputs import Toolchain
from go_static.sdk.known_releases import go_platform
from go_static.targets.binary_settings import BuildContext


@dataclass(frozen=True)
class TestBinaryRequest:
    """The test binary of the package in `directory`, built with the code of the generators at the
    addresses in `codegen`. With `coverage`, it counts what runs: in its package, or in
    `coverage_packages`. With `debug`, a debugger can read it."""

    module_directory: str
    directory: str
    codegen: tuple[str, ...] = ()
    coverage: bool = False
    coverage_packages: tuple[str, ...] = ()
    debug: bool = False

    __test__ = False


@dataclass(frozen=True)
class TestToCompile:
    """The part of a listing that belongs to one test. The files of other tests are not here, so an
    edit of those leaves this unchanged, and the engine reruns nothing."""

    test: ListedTest
    files: BinaryFiles
    toolchain: Toolchain
    listing: TestListingRequest

    __test__ = False


@dataclass(frozen=True)
class TestBinary:
    """`digest` holds the binary at `path`; without one, `exists` says whether there are tests, and
    `failure` what Go printed. `process` is the compilation, if there was one."""

    test: ListedTest
    builder: Builder
    digest: Digest = EMPTY_DIGEST
    path: str = ""
    failure: str = ""
    process: FallibleProcessResult | None = None

    __test__ = False


def tests_context(
    module_directory: str, codegen: tuple[str, ...], platform: Platform
) -> BuildContext:
    """The context of the tests of a module: that of a binary for this machine without settings."""
    host = GoPlatform.of_machine(go_platform(platform.value))
    return BuildContext(module_directory, host, BuildFlags.create().tags_argument, codegen)


@rule(desc="Find the files of a Go test", level=LogLevel.DEBUG)
async def find_test(request: TestBinaryRequest, platform: Platform) -> TestToCompile:
    context = tests_context(request.module_directory, request.codegen, platform)
    listing_request = TestListingRequest(context, request.coverage_packages)
    listing: TestListing = await list_tests(listing_request, **implicitly())
    return TestToCompile(
        listing.tests[request.directory],
        listing.files[request.directory],
        listing.imported.toolchain,
        listing_request,
    )


def compile_flags(request: TestBinaryRequest, test: ListedTest) -> tuple[str, ...]:
    """The flags of `go test -c`. As in `go test`, the linker omits what only debuggers read."""
    flags = list(BuildFlags.create().arguments)
    if request.debug:
        flags.append("-gcflags=-N -l")
    else:
        flags.append("-ldflags=-s -w")
    if request.coverage:
        flags.append("-cover")
        if test.measured:
            # Not the patterns: those do not match directories that are linked into the sandbox.
            flags.append(f"-coverpkg={','.join(test.measured)}")
    return tuple(flags)


def test_name(import_path: str) -> str:
    """The name of a test binary, as `go test -c` makes it."""
    return f"{posixpath.basename(import_path)}.test"


async def _execute(process: Process, found: TestToCompile) -> FallibleProcessResult:
    """The result of the compilation, on what other machines have compiled of the packages that are
    not compiled for one test alone."""
    result = await execute_unless_it_asks(process)
    if result is not None:
        return result
    listing: TestListing = await list_tests(found.listing, **implicitly())
    compiled = CompiledRequest(
        found.listing.context,
        tuple(f"{test.import_path}.test" for test in listing.tests.values() if test.packages),
        listing.imported,
        listing.tree,
        BuildFlags.create().import_arguments,
    )
    return await execute_on_compiled(process, compiled, f"{found.test.import_path}.test")


@rule(desc="Compile a Go test", level=LogLevel.DEBUG)
async def compile_test(
    request: TestBinaryRequest, options: GoStaticSubsystem, environment: ProcessExecutionEnvironment
) -> TestBinary:
    found: TestToCompile = await find_test(request, **implicitly())
    test, toolchain = found.test, found.toolchain
    if not test.exists:
        return TestBinary(test, toolchain.builder)
    caches = sandbox.caches(options.isolated_caches)
    name = test_name(test.import_path)
    arguments = GoTestBuild(
        directory=request.module_directory,
        name=f"the tests of {request.directory or 'the root'}",
        output=name,
        flags=compile_flags(request, test),
        pattern=repo_paths.go_pattern(request.directory, request.module_directory),
        packages=(*test.packages, "std") if caches.named else (),
    )
    inputs = await create_digest(
        CreateDigest(
            [
                *found.files.loose_in_sandbox,
                *(Directory(d) for d in caches.directories),
                arguments.file(),
            ]
        )
    )
    cores = Cores.of(environment.remote_execution)
    result = await _execute(
        Process(
            command(arguments, cores.argument),
            env=sandbox.offline_environment(found.listing.context.platform, toolchain.workspace),
            input_digest=inputs,
            immutable_input_digests={**toolchain.digests, **found.files.directories_in_sandbox},
            append_only_caches=FrozenDict(caches.named),
            output_files=(f"{sandbox.OUTPUT}/{name}",),
            concurrency_available=cores.at_most,
            description=f"Compile the tests of {request.directory or 'the root'}",
            level=LogLevel.DEBUG,
        ),
        found,
    )
    checked(result)
    if test.error or result.exit_code != 0:
        said = test.error or clean_output(result.stdout + result.stderr, request.module_directory)
        return TestBinary(test, toolchain.builder, failure=said, process=result)
    binary = await remove_prefix(RemovePrefix(result.output_digest, sandbox.OUTPUT))
    return TestBinary(test, toolchain.builder, binary, name, process=result)
