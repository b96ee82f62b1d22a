"""`pants test`: the ELF test of a binary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pants.core.goals.test import (
    TestDebugRequest,
    TestFieldSet,
    TestRequest,
    TestResult,
    TestSubsystem,
)
from pants.engine.platform import Platform
from pants.engine.process import InteractiveProcess
from pants.engine.target import Target
from pants.util.logging import LogLevel

from go_static.engine.compat import (
    EnvironmentField,
    collect_rules,
    digest_to_snapshot,
    rule,
    test_result,
)
from go_static.engine.processes import execute_cached
from go_static.targets.elf_test_fields import (
    ElfBinaryField,
    ElfPolicyField,
    ElfTestTimeoutField,
    RunInScratchField,
    RunInScratchOptionalField,
    SizeBaselineField,
    SizeGrowthMaxField,
    SkipElfStaticTestField,
)
from go_static.verify.size_baseline import size_limit
from go_static.verify.subsystem import ElfStaticSubsystem
from go_static.verify.verification import ElfTest, prepare_verification, test_policy


@dataclass(frozen=True)
class ElfStaticTestFieldSet(TestFieldSet):
    """The fields of an `elf_static_test` that `test` uses."""

    required_fields = (ElfBinaryField,)

    binary: ElfBinaryField
    policy: ElfPolicyField
    run_in_scratch: RunInScratchField
    run_in_scratch_optional: RunInScratchOptionalField
    size_baseline: SizeBaselineField
    size_growth_max: SizeGrowthMaxField
    timeout: ElfTestTimeoutField
    environment: EnvironmentField

    @classmethod
    def opt_out(cls, tgt: Target) -> bool:
        return bool(tgt.get(SkipElfStaticTestField).value)


class ElfStaticTestRequest(TestRequest):
    tool_subsystem = ElfStaticSubsystem
    field_set_type = ElfStaticTestFieldSet
    supports_debug = True


@rule(desc="Test that a binary is static", level=LogLevel.DEBUG)
async def run_elf_static_test(
    batch: ElfStaticTestRequest.Batch[ElfStaticTestFieldSet, Any],
    test_subsystem: TestSubsystem,
    options: ElfStaticSubsystem,
    platform: Platform,
) -> TestResult:
    field_set = batch.single_element
    verification = await prepare_verification(
        elf_test(field_set, options, test_subsystem), platform
    )
    result = await execute_cached(verification.process)
    return test_result(
        result,
        address=field_set.address,
        output_setting=test_subsystem.output,
        xml_results=await digest_to_snapshot(result.output_digest),
    )


@rule(desc="Test that a binary is static, interactively", level=LogLevel.DEBUG)
async def debug_elf_static_test(
    batch: ElfStaticTestRequest.Batch[ElfStaticTestFieldSet, Any],
    test_subsystem: TestSubsystem,
    options: ElfStaticSubsystem,
    platform: Platform,
) -> TestDebugRequest:
    verification = await prepare_verification(
        elf_test(batch.single_element, options, test_subsystem), platform
    )
    return TestDebugRequest(
        InteractiveProcess.from_process(
            verification.process, forward_signals_to_process=False, restartable=True
        )
    )


def elf_test(
    field_set: ElfStaticTestFieldSet, options: ElfStaticSubsystem, test_subsystem: TestSubsystem
) -> ElfTest:
    """Check the fields of a test.

    :raises InvalidFieldException: names the target, the field and the fault of its value.
    """
    return ElfTest(
        address=field_set.address,
        binary=field_set.binary.value,
        policy=test_policy(field_set.policy.value, field_set.address, options.policy),
        run_in_scratch=field_set.run_in_scratch.value,
        run_in_scratch_optional=field_set.run_in_scratch_optional.value,
        size_limit=size_limit(
            field_set.address, field_set.size_baseline.value, field_set.size_growth_max.value
        ),
        timeout=field_set.timeout.calculate_from_global_options(test_subsystem),
        force=test_subsystem.force,
    )


def rules() -> Iterable[object]:
    return [*collect_rules(), *ElfStaticTestRequest.rules()]
