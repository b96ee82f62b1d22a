"""A program for another architecture cannot be started here. Where `parametrize` builds the same
program for this machine too, that one is started instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.addresses import Address
from pants.engine.target import AllTargets, Target
from pants.util.logging import LogLevel

from go_static.engine.compat import concurrently, rule
from go_static.go.platforms import runs_on
from go_static.targets.addresses import generator_address
from go_static.targets.elf_test_fields import ElfBinaryField, RunInScratchField
from go_static.targets.named import named_targets
from go_static.targets.platform_fields import GoArchField, GoOsField


@dataclass(frozen=True)
class StartedInsteadRequest:
    """Which other variant of the program of the test at `address` runs on a machine with platform
    `here`, and which test starts it?"""

    address: Address
    here: str


@dataclass(frozen=True)
class StartedInstead:
    """`test` is None if there is no such test."""

    test: Address | None


@rule(desc="Look for a variant of a program that runs here", level=LogLevel.DEBUG)
async def find_started_instead(
    request: StartedInsteadRequest, all_targets: AllTargets
) -> StartedInstead:
    tests = tests_that_start(request.address, all_targets)
    binaries = await concurrently(
        named_targets("binary", test.address, [test[ElfBinaryField].value]) for test in tests
    )
    return StartedInstead(that_runs(dict(zip((t.address for t in tests), binaries)), request.here))


def tests_that_start(address: Address, targets: Iterable[Target]) -> tuple[Target, ...]:
    """The other variants of a test, made by `parametrize`, that start their program."""
    return tuple(
        target
        for target in targets
        if target.has_field(ElfBinaryField)
        and target.address != address
        and _without_parameters(target.address) == _without_parameters(address)
        and target.get(RunInScratchField).value is not None
    )


def _without_parameters(address: Address) -> tuple[str, str, str | None]:
    return address.spec_path, address.target_name, address.generated_name


def that_runs(binaries: Mapping[Address, Iterable[Target]], here: str) -> Address | None:
    """The first test whose only binary runs on a machine with platform `here`."""
    for test, targets in sorted(binaries.items()):
        platforms = [
            f"{target[GoOsField].value}/{target[GoArchField].value}"
            for target in targets
            if target.has_field(GoArchField)
        ]
        if len(platforms) == 1 and runs_on(platforms[0], here):
            return test
    return None


def not_started_message(address: Address, platform: str, here: str, instead: Address) -> str:
    """The message about a program that cannot run here, so it is not started."""
    return (
        f"{generator_address(address)} is not started (`run_in_scratch`), because it is for "
        f"{platform} and this machine is {here}; {generator_address(instead)} is."
    )
