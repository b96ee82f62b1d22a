"""`pants go-static-size-baseline`: write the committed sizes that ELF tests compare with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.addresses import Address
from pants.engine.console import Console
from pants.engine.fs import CreateDigest, FileContent, Workspace
from pants.engine.goal import Goal, GoalSubsystem
from pants.engine.rules import goal_rule
from pants.engine.target import AllTargets, FilteredTargets, Target
from pants.util.strutil import softwrap

from elf_static.report.text import size_words
from elf_static.sizes.baseline import BaselineError, parse_baseline, render_baseline
from elf_static.sizes.program import ProgramSizes
from go_static.engine import repo_paths
from go_static.engine.compat import concurrently, create_digest
from go_static.engine.files import read_files
from go_static.targets.elf_test_fields import ElfBinaryField, SizeBaselineField
from go_static.verify.size_baseline import GOAL, baseline_path, measure_sizes


class SizeBaselineSubsystem(GoalSubsystem):
    name = GOAL
    help = softwrap(
        """
        Build binaries and write their sizes, in total and by module, to the files that the field
        `size_baseline` of their targets names. Only entries that changed are rewritten. Commit the
        files: the ELF test fails if a binary grows by more than `size_growth_max`, and a review
        shows which module grew.

        Give targets, such as `go-static-size-baseline ::`.
        """
    )


class SizeBaselineGoal(Goal):
    subsystem_cls = SizeBaselineSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


class DamagedBaselineError(Exception):
    """A baseline that cannot be read also belongs to targets that were not given."""


@dataclass(frozen=True)
class Baseline:
    """The baseline at `path`, and the sizes of `programs`, which were measured. `complete` if no
    other target uses the file."""

    path: str
    programs: tuple[ProgramSizes, ...]
    complete: bool


@goal_rule
async def write_size_baselines(
    targets: FilteredTargets, all_targets: AllTargets, console: Console, workspace: Workspace
) -> SizeBaselineGoal:
    chosen = tests_by_baseline(targets)
    every = tests_by_baseline(all_targets)
    tests = [test for group in chosen.values() for test in group.values()]
    sizes = await concurrently(
        measure_sizes(test.address, test[ElfBinaryField].value) for test in tests
    )
    measured = dict(zip((test.address for test in tests), sizes))
    contents = await read_files(repo_paths.glob_literals(chosen))
    old = {file.path: file.content for file in contents}
    changed = []
    for path, group in sorted(chosen.items()):
        programs = tuple(program for address in group for program in measured[address])
        baseline = Baseline(path, programs, every[path].keys() <= group.keys())
        text = rewritten(baseline, old.get(path))
        if text.encode() == old.get(path):
            console.print_stdout(f"{path} is up to date.")
            continue
        changed.append(FileContent(path, text.encode()))
        console.print_stdout(f"Wrote {path}:")
        for program in programs:
            console.print_stdout(f"  {program.name}: {size_words(program.size)}")
    workspace.write_digest(await create_digest(CreateDigest(changed)))
    if not chosen:
        console.print_stdout("Nothing to write: no target here sets `size_baseline`.")
    return SizeBaselineGoal(exit_code=0)


def tests_by_baseline(targets: Iterable[Target]) -> dict[str, dict[Address, Target]]:
    """The ELF tests with a baseline, by its path and their addresses."""
    tests: dict[str, dict[Address, Target]] = {}
    for target in targets:
        if target.has_field(ElfBinaryField) and target.has_field(SizeBaselineField):
            path = baseline_path(target.address, target[SizeBaselineField].value)
            if path:
                tests.setdefault(path, {})[target.address] = target
    return tests


def rewritten(baseline: Baseline, old: bytes | None) -> str:
    """The file, without entries that no target has.

    :raises DamagedBaselineError: `old` is damaged, and has entries of targets that were not given.
    """
    kept: Mapping[str, ProgramSizes] = {}
    if old is not None and not baseline.complete:
        try:
            kept = {program.name: program for program in parse_baseline(old, baseline.path)}
        except BaselineError as e:
            raise DamagedBaselineError(
                f"{e} Other targets use it too, so restore it, or rewrite it with "
                f"`pants {GOAL} ::`."
            ) from None
    new = {program.name: program for program in baseline.programs}
    return render_baseline({**kept, **new}.values())
