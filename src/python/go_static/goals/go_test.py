"""`pants test`: the Go tests of a package."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pants.core.goals.test import (
    TestDebugRequest,
    TestExtraEnv,
    TestFieldSet,
    TestRequest,
    TestResult,
    TestSubsystem,
)
from pants.core.util_rules.partitions import PartitionerType, Partitions
from pants.engine.env_vars import EnvironmentVarsRequest
from pants.engine.fs import (
    EMPTY_DIGEST,
    CreateDigest,
    Digest,
    DigestSubset,
    FileContent,
    PathGlobs,
    Snapshot,
)
from pants.engine.process import InteractiveProcess, Process
from pants.engine.target import AllTargets, Target
from pants.engine.unions import UnionMembership
from pants.option.global_options import KeepSandboxes
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.builder.program import BuilderError
from go_static.codegen.built_tools import BuiltToolError
from go_static.codegen.errors import GoGenerateError
from go_static.codegen.generate_code import CodegenError
from go_static.codegen.system_tools import MissingToolError
from go_static.engine.compat import (
    EnvironmentField,
    collect_rules,
    create_digest,
    digest_subset_to_digest,
    digest_to_snapshot,
    environment_vars_subset,
    get_digest_contents,
    implicitly,
    resolve_targets,
    rule,
    test_result,
    test_that_cannot_run,
)
from go_static.engine.processes import execute_attempts
from go_static.go_tests.compile_test import TestBinary, TestBinaryRequest, compile_test
from go_static.go_tests.failed_build import junit_of_failure
from go_static.go_tests.flags import read_flags
from go_static.go_tests.report_coverage import GoCoverageData
from go_static.go_tests.run_test import PROFILE, REPORT, GoTest, prepare_run
from go_static.go_tests.subsystem import GoStaticTestSubsystem
from go_static.graph.generators import ModuleCodegenRequest, find_module_codegen
from go_static.listing.list_module import GoListError
from go_static.modules.downloads import GoDownloadError
from go_static.modules.workspace import GoModuleError
from go_static.sdk.choice import GoSdkError
from go_static.source_checks.pantss_tools import PantssTool, applied_by_pants
from go_static.targets.addresses import package_directory
from go_static.targets.go_test_fields import (
    GoTestDependenciesField,
    GoTestExtraEnvVarsField,
    GoTestTimeoutField,
    SkipGoTestsField,
)
from go_static.targets.module_fields import GoModulePackageSourcesField
from go_static.targets.module_types import has_tests

logger = logging.getLogger(__name__)

# What keeps a test from being built. Other packages are tested all the same.
_FAILURES = (
    BuilderError,
    BuiltToolError,
    CodegenError,
    GoDownloadError,
    GoGenerateError,
    GoListError,
    GoModuleError,
    GoSdkError,
    MissingToolError,
)


@dataclass(frozen=True)
class GoTestFieldSet(TestFieldSet):
    """The fields of a `go_module_package` that `test` uses."""

    required_fields = (GoModulePackageSourcesField,)

    timeout: GoTestTimeoutField
    extra_env_vars: GoTestExtraEnvVarsField
    test_dependencies: GoTestDependenciesField
    environment: EnvironmentField

    @classmethod
    def opt_out(cls, tgt: Target) -> bool:
        return bool(tgt.get(SkipGoTestsField).value) or not has_tests(tgt)

    @property
    def directory(self) -> str:
        """That of the package."""
        return package_directory(self.address)


class GoStaticTestRequest(TestRequest):
    tool_subsystem = GoStaticTestSubsystem
    field_set_type = GoTestFieldSet
    partitioner_type = PartitionerType.CUSTOM
    supports_debug = True


@rule(desc="Find Go tests", level=LogLevel.DEBUG)
async def partition_tests(
    request: GoStaticTestRequest.PartitionRequest[GoTestFieldSet],
    options: GoStaticTestSubsystem,
    targets: AllTargets,
    union_membership: UnionMembership,
) -> Partitions[GoTestFieldSet, Any]:
    """A partition for each package that Pants's own Go backend does not test."""
    if options.skip:
        return Partitions()
    others = await applied_by_pants(PantssTool.GO_TEST, targets, union_membership)
    left = [str(f.address) for f in request.field_sets if f.directory in others]
    if left:
        logger.info(
            f"Leaving these Go tests to `[{PantssTool.GO_TEST.value}]` of Pants's own Go backend, "
            f"which tests their `go_package` targets: {', '.join(left)}"
        )
    return Partitions(
        partition
        for field_set in request.field_sets
        if field_set.directory not in others
        for partition in Partitions.single_partition([field_set])
    )


async def _prepare(
    field_set: GoTestFieldSet,
    binary: TestBinary,
    test_subsystem: TestSubsystem,
    options: GoStaticTestSubsystem,
    extra_env: TestExtraEnv,
) -> Process:
    own_env = await environment_vars_subset(
        EnvironmentVarsRequest(field_set.extra_env_vars.value or ()), **implicitly()
    )
    dependencies = await resolve_targets(
        **implicitly(field_set.test_dependencies.to_unparsed_address_inputs())
    )
    test = GoTest(
        address=field_set.address,
        directory=field_set.directory,
        flags=read_flags(options.args),
        environment=FrozenDict({**extra_env.env, **own_env}),
        timeout=(
            field_set.timeout.calculate_from_global_options(test_subsystem)
            if test_subsystem.timeouts
            else 0
        ),
        coverage=test_subsystem.use_coverage,
        interactive=test_subsystem.debug,
        force=test_subsystem.force,
    )
    return await prepare_run(test, binary, dependencies)


async def _binary_request(
    field_set: GoTestFieldSet, test_subsystem: TestSubsystem, options: GoStaticTestSubsystem
) -> TestBinaryRequest:
    module = field_set.address.spec_path
    codegen = await find_module_codegen(ModuleCodegenRequest(module), **implicitly())
    coverage = test_subsystem.use_coverage and not test_subsystem.debug
    return TestBinaryRequest(
        module,
        field_set.directory,
        codegen.addresses,
        coverage=coverage,
        coverage_packages=tuple(options.coverage_packages) if coverage else (),
        debug=test_subsystem.debug,
    )


async def _failed(
    field_set: GoTestFieldSet,
    test_subsystem: TestSubsystem,
    message: str,
    binary: TestBinary | None = None,
) -> TestResult:
    """The result of tests that cannot be built."""
    name = binary.test.import_path if binary else field_set.address.spec
    report = await create_digest(
        CreateDigest(
            [FileContent(report_name(field_set), junit_of_failure(name, message).encode())]
        )
    )
    return test_that_cannot_run(
        f"{message}\n\nFAIL\t{name} [build failed]\n",
        field_set.address,
        test_subsystem.output,
        result_metadata=binary.process.metadata if binary and binary.process else None,
        xml_results=await digest_to_snapshot(report),
    )


def report_name(field_set: GoTestFieldSet) -> str:
    return f"{field_set.address.path_safe_spec}.xml"


async def _report(field_set: GoTestFieldSet, output: Digest) -> Snapshot:
    """The JUnit report among the output of a test, under the name of its target."""
    content = await get_digest_contents(
        await digest_subset_to_digest(DigestSubset(output, PathGlobs([REPORT])))
    )
    files = [FileContent(report_name(field_set), file.content) for file in content]
    return await digest_to_snapshot(await create_digest(CreateDigest(files)))


async def _coverage(request: TestBinaryRequest, output: Digest) -> GoCoverageData | None:
    """The profile that a test wrote. A test that ends early writes none."""
    profile = await digest_subset_to_digest(DigestSubset(output, PathGlobs([PROFILE])))
    if profile == EMPTY_DIGEST:
        return None
    return GoCoverageData(request.module_directory, request.codegen, profile)


@rule(desc="Run Go tests", level=LogLevel.DEBUG)
async def run_go_test(
    batch: GoStaticTestRequest.Batch[GoTestFieldSet, Any],
    test_subsystem: TestSubsystem,
    options: GoStaticTestSubsystem,
    extra_env: TestExtraEnv,
) -> TestResult:
    field_set = batch.single_element
    # A flag that is refused is a mistake in the call, not a test that fails.
    read_flags(options.args)
    try:
        request = await _binary_request(field_set, test_subsystem, options)
        binary = await compile_test(request, **implicitly())
        if binary.failure:
            return await _failed(field_set, test_subsystem, binary.failure, binary)
        if not binary.test.exists:
            return TestResult.no_tests_found(field_set.address, test_subsystem.output)
        process = await _prepare(field_set, binary, test_subsystem, options, extra_env)
    except _FAILURES as e:
        return await _failed(field_set, test_subsystem, str(e))
    results = await execute_attempts(process, getattr(test_subsystem, "attempts_default", 1))
    output = results[-1].output_digest
    return test_result(
        *results,
        address=field_set.address,
        output_setting=test_subsystem.output,
        coverage_data=await _coverage(request, output) if test_subsystem.use_coverage else None,
        xml_results=await _report(field_set, output),
    )


@rule(desc="Run Go tests, interactively", level=LogLevel.DEBUG)
async def debug_go_test(
    batch: GoStaticTestRequest.Batch[GoTestFieldSet, Any],
    test_subsystem: TestSubsystem,
    options: GoStaticTestSubsystem,
    extra_env: TestExtraEnv,
    keep_sandboxes: KeepSandboxes,
) -> TestDebugRequest:
    field_set = batch.single_element
    request = await _binary_request(field_set, test_subsystem, options)
    binary = await compile_test(request, **implicitly())
    if binary.failure or not binary.test.exists:
        raise GoListError(binary.failure or f"{field_set.address} has no tests for this platform.")
    process = await _prepare(field_set, binary, test_subsystem, options, extra_env)
    return TestDebugRequest(
        InteractiveProcess(
            process.argv,
            env=process.env,
            input_digest=process.input_digest,
            immutable_input_digests=process.immutable_input_digests,
            forward_signals_to_process=False,
            restartable=True,
            # A debugger can start the binary in the sandbox that was kept.
            keep_sandboxes=keep_sandboxes,
        )
    )


def rules() -> Iterable[object]:
    return [*collect_rules(), *GoStaticTestRequest.rules()]
