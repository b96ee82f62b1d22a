"""`pants test` of checked-in code: compare it with the output of its generator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pants.core.goals.test import TestFieldSet, TestRequest, TestResult, TestSubsystem
from pants.engine.fs import AddPrefix, FileEntry, MergeDigests, PathGlobs
from pants.engine.process import Process, ProcessCacheScope, ProcessExecutionEnvironment
from pants.util.logging import LogLevel

from go_static.codegen.generate_code import TargetCodeRequest, generate_target_code
from go_static.codegen.subsystem import GoGeneratedSubsystem
from go_static.engine import repo_paths
from go_static.engine.compat import (
    EnvironmentField,
    add_prefix,
    collect_rules,
    get_digest_entries,
    implicitly,
    merge_digests,
    path_globs_to_digest,
    rule,
    test_result,
)
from go_static.engine.processes import execute_cached
from go_static.engine.python_interpreter import find_interpreter
from go_static.targets.generate_fields import GeneratedCodeField, GeneratedTestTimeoutField
from go_static.targets.named import named_targets

_GENERATED = "generated"
_REPOSITORY = "repository"

# Compares the two trees. argv: the address of the generator.
_COMPARE = f"""
import difflib, os, sys

def read(*path):
    try:
        with open(os.path.join(*path), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None

names = sorted(
    os.path.relpath(os.path.join(parent, name), "{_GENERATED}")
    for parent, _, names in os.walk("{_GENERATED}")
    for name in names
)
wrong = 0
for name in names:
    old, new = read("{_REPOSITORY}", name), read("{_GENERATED}", name)
    if old == new:
        continue
    wrong += 1
    if old is None:
        print(f"{{name}} is generated but not checked in, or ignored by git\\n")
        continue
    try:
        old, new = (data.decode().splitlines(keepends=True) for data in (old, new))
    except UnicodeDecodeError:
        print(f"{{name}} differs\\n")
        continue
    sys.stdout.writelines(
        difflib.unified_diff(old, new, f"{{name}} (repository)", f"{{name}} (generated)")
    )
    print()
if wrong:
    print(f"{{wrong}} of {{len(names)}} files differ from the output of {{sys.argv[1]}}.")
    print(f"Run `pants export-codegen {{sys.argv[1]}}`.")
    print("Then copy the contents of dist/codegen into the repository.")
    sys.exit(1)
print(f"{{len(names)}} files match the output of {{sys.argv[1]}}")
"""


@dataclass(frozen=True)
class GeneratedIsCurrentFieldSet(TestFieldSet):
    """The fields of a `go_generated_is_current` that `test` uses."""

    required_fields = (GeneratedCodeField,)

    code: GeneratedCodeField
    timeout: GeneratedTestTimeoutField
    environment: EnvironmentField


class GeneratedIsCurrentRequest(TestRequest):
    tool_subsystem = GoGeneratedSubsystem
    field_set_type = GeneratedIsCurrentFieldSet


@rule(desc="Test that generated code is current", level=LogLevel.DEBUG)
async def test_generated_code(
    batch: GeneratedIsCurrentRequest.Batch[GeneratedIsCurrentFieldSet, Any],
    test_subsystem: TestSubsystem,
    execution: ProcessExecutionEnvironment,
) -> TestResult:
    field_set = batch.single_element
    (target,) = await named_targets("code", field_set.address, [field_set.code.value])
    code = await generate_target_code(TargetCodeRequest(target), **implicitly())
    entries = await get_digest_entries(code.digest)
    files = [entry.path for entry in entries if isinstance(entry, FileEntry)]
    repository = await path_globs_to_digest(PathGlobs(repo_paths.glob_literals(files)))
    generated = await add_prefix(AddPrefix(code.digest, _GENERATED))
    committed = await add_prefix(AddPrefix(repository, _REPOSITORY))
    interpreter = await find_interpreter(execution)
    generator = target.address.maybe_convert_to_target_generator().spec
    result = await execute_cached(
        Process(
            (interpreter.path, "-I", "-S", "-c", _COMPARE, generator),
            env={"INTERPRETER": interpreter.identity},
            input_digest=await merge_digests(MergeDigests([generated, committed])),
            timeout_seconds=field_set.timeout.calculate_from_global_options(test_subsystem),
            cache_scope=ProcessCacheScope.PER_SESSION
            if test_subsystem.force
            else ProcessCacheScope.SUCCESSFUL,
            description=f"Compare the output of {generator} with the repository",
            level=LogLevel.DEBUG,
        )
    )
    return test_result(result, address=field_set.address, output_setting=test_subsystem.output)


def rules() -> Iterable[object]:
    return [*collect_rules(), *GeneratedIsCurrentRequest.rules()]
