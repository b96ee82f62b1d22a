"""`pants test` of a binary with `reproducible=True`: a second build produces the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pants.core.goals.test import TestFieldSet, TestRequest, TestResult, TestSubsystem
from pants.engine.addresses import Address
from pants.engine.fs import AddPrefix, CreateDigest, DigestEntries, FileContent, MergeDigests
from pants.engine.process import Process, ProcessCacheScope
from pants.engine.target import InvalidFieldException, Target
from pants.option.option_types import SkipOption
from pants.option.subsystem import Subsystem
from pants.util.logging import LogLevel
from pants.util.strutil import softwrap

from go_static.build.build_binary import build_binary
from go_static.codegen.generate_code import generate_code
from go_static.engine.compat import (
    EnvironmentField,
    add_prefix,
    collect_rules,
    create_digest,
    get_digest_entries,
    implicitly,
    merge_digests,
    rule,
    test_result,
)
from go_static.engine.processes import execute_cached
from go_static.engine.python_program import ship_program
from go_static.go.second_run import Run
from go_static.listing.binary_files import BuildRequest
from go_static.targets.binary_fields import ReproducibleBinaryField
from go_static.targets.binary_settings import (
    BinarySettings,
    GoStaticExecutableFieldSet,
    read_settings,
)
from go_static.targets.elf_test_fields import ElfTestTimeoutField
from go_static.targets.named import named_targets
from go_static.verify.checker import ELF_CHECKER


class GoReproducibleSubsystem(Subsystem):
    options_scope = "go-reproducible"
    name = "the reproducibility test"
    help = softwrap(
        """
        The test that a second build of a `go_static_binary` with `reproducible=True` produces the
        same bytes. It takes as long as a build on a new machine. With `skip`, you can leave it to a
        separate CI job.
        """
    )

    skip = SkipOption("test")


# The directories of the two builds in the sandbox.
_FIRST = "first"
_SECOND = "second"
_GENERATED = "generated"

# Prints the comparison and, if the files differ, the file `generated`. argv: the two files.
_COMPARE = f"""\
from elf_static.cli.main import main
code = main(["compare", *sys.argv[1:]])
with open("{_GENERATED}", encoding="utf-8") as file:
    if code:
        sys.stdout.write(file.read())
sys.exit(code)
"""


@dataclass(frozen=True)
class ReproducibleTestFieldSet(TestFieldSet):
    """The fields of a `go_reproducible_test` that `test` uses."""

    required_fields = (ReproducibleBinaryField,)

    binary: ReproducibleBinaryField
    timeout: ElfTestTimeoutField
    environment: EnvironmentField


class ReproducibleTestRequest(TestRequest):
    tool_subsystem = GoReproducibleSubsystem
    field_set_type = ReproducibleTestFieldSet


async def _changed_code(settings: BinarySettings, again: Run) -> str:
    """Generate the code of a binary twice and report the files that differ; empty if none do."""
    if not settings.codegen:
        return ""
    first = await generate_code(settings.codegen, settings.platform)
    second = await generate_code(settings.codegen, settings.platform, again)
    return changed_code(
        await get_digest_entries(first.digest),
        await get_digest_entries(second.digest),
        {**first.origins, **second.origins},
    )


@rule(desc="Test that a second build produces the same bytes", level=LogLevel.DEBUG)
async def run_reproducible_test(
    batch: ReproducibleTestRequest.Batch[ReproducibleTestFieldSet, Any],
    test_subsystem: TestSubsystem,
) -> TestResult:
    field_set = batch.single_element
    targets = await named_targets("binary", field_set.address, [field_set.binary.value])
    settings = read_settings(
        GoStaticExecutableFieldSet.create(
            the_binary(targets, field_set.address, field_set.binary.value)
        )
    )
    again = Run.AGAIN_NOW if test_subsystem.force else Run.AGAIN
    # One after the other, so that the clock shows a different time.
    first = await build_binary(BuildRequest(settings), **implicitly())
    second = await build_binary(BuildRequest(settings, again), **implicitly())
    changed = await _changed_code(settings, again)
    files = await merge_digests(
        MergeDigests(
            [
                await add_prefix(AddPrefix(first.digest, _FIRST)),
                await add_prefix(AddPrefix(second.digest, _SECOND)),
                await create_digest(CreateDigest([FileContent(_GENERATED, changed.encode())])),
            ]
        )
    )
    checker = await ship_program(ELF_CHECKER, **implicitly())
    result = await execute_cached(
        Process(
            checker.script(_COMPARE, (f"{_FIRST}/{first.path}", f"{_SECOND}/{second.path}")),
            env=checker.environment,
            input_digest=files,
            immutable_input_digests={ELF_CHECKER.directory: checker.digest},
            timeout_seconds=field_set.timeout.calculate_from_global_options(test_subsystem),
            cache_scope=ProcessCacheScope.PER_SESSION
            if test_subsystem.force
            else ProcessCacheScope.SUCCESSFUL,
            description=f"Compare two builds of {settings.name}",
            level=LogLevel.DEBUG,
        )
    )
    return test_result(result, address=field_set.address, output_setting=test_subsystem.output)


def the_binary(targets: Iterable[Target], address: Address, value: str) -> Target:
    """The binary that `value`, the field `binary` of the test at `address`, matches.

    :raises InvalidFieldException: it matches none or several.
    """
    found = [target for target in targets if GoStaticExecutableFieldSet.is_applicable(target)]
    if len(found) != 1:
        names = ", ".join(target.address.spec for target in found) or "none"
        raise InvalidFieldException(
            f"{address}: binary=`{value}` must match exactly one binary of a `go_static_binary`; "
            f"matched: {names}.\n\nInstead of writing this target, set `reproducible=True` on the "
            "`go_static_binary`, which generates the test."
        )
    return found[0]


def changed_code(first: DigestEntries, second: DigestEntries, origins: Mapping[str, str]) -> str:
    """The generated files that differ, for the report; empty if none do."""
    old, new = (
        {entry.path: getattr(entry, "file_digest", None) for entry in entries}
        for entries in (first, second)
    )
    changed = sorted(path for path in origins if old.get(path) != new.get(path))
    if not changed:
        return ""
    files = "".join(f"  {path}, from {origins[path]}\n" for path in changed)
    return (
        f"\nGenerated code that differs between the two builds:\n{files}"
        "Make the generator omit values that change with each run, and sort unordered data.\n"
    )


def rules() -> Iterable[object]:
    return [*collect_rules(), *ReproducibleTestRequest.rules()]
