"""The size baseline of a binary: the committed file that its ELF test compares it with."""

from __future__ import annotations

from dataclasses import dataclass

from pants.engine.addresses import Address
from pants.engine.fs import EMPTY_DIGEST, Digest, PathGlobs
from pants.engine.process import Process
from pants.engine.target import InvalidFieldException
from pants.util.logging import LogLevel

from elf_static.sizes.baseline import parse_baseline
from elf_static.sizes.growth import DEFAULT_LIMIT, GrowthLimit, GrowthLimitError
from elf_static.sizes.program import ProgramSizes
from go_static.engine import repo_paths
from go_static.engine.compat import implicitly, path_globs_to_digest
from go_static.engine.processes import execute_cached
from go_static.engine.python_program import ship_program
from go_static.targets.addresses import generator_address
from go_static.verify.checker import ELF_CHECKER, checker_command
from go_static.verify.elf_files import find_elf_files

GOAL = "go-static-size-baseline"
"""The goal that writes baselines."""


class NoSizesError(Exception):
    """A file is not a program. The text names the target and the file."""


@dataclass(frozen=True)
class SizeLimit:
    """`path` is that of the baseline in the repository, `growth` the limit as the user wrote it,
    and `update` the command that writes the baseline."""

    path: str
    growth: str
    update: str

    @property
    def arguments(self) -> tuple[str, ...]:
        """For `elf-static check`."""
        return (
            f"--size-baseline={self.path}",
            f"--size-growth-max={self.growth}",
            f"--size-update={self.update}",
        )


def size_limit(address: Address, baseline: str | None, growth: str | None) -> SizeLimit | None:
    """The limit that the fields of the test at `address` set.

    :raises InvalidFieldException: the path or the limit is invalid.
    """
    name = generator_address(address)
    if baseline is None:
        if growth is not None:
            raise InvalidFieldException(
                f"{name}: size_growth_max=`{growth}` has no effect without a baseline to compare "
                'with. Add one, such as `size_baseline="sizes.json"`.'
            )
        return None
    growth = DEFAULT_LIMIT if growth is None else growth
    try:
        GrowthLimit.parse(growth)
    except GrowthLimitError as e:
        raise InvalidFieldException(f"{name}: size_growth_max=`{growth}` {e}") from None
    return SizeLimit(baseline_path(address, baseline), growth, f"pants {GOAL} {name}")


def baseline_path(address: Address, baseline: str | None) -> str:
    """The path in the repository of the field `size_baseline` of the test at `address`; empty if it
    is not set.

    :raises InvalidFieldException: the path is outside the repository, or names a directory.
    """
    if baseline is None:
        return ""
    path = repo_paths.in_repository(baseline, address.spec_path)
    if not path or baseline.endswith("/") or repo_paths.is_outside(path):
        raise InvalidFieldException(
            f"{generator_address(address)}: size_baseline=`{baseline}` is not a file in the "
            'repository. Give a path relative to the BUILD file, such as "sizes.json", or '
            "`//path` from the repository's root."
        )
    return path


async def baseline_file(address: Address, limit: SizeLimit | None) -> tuple[Digest, ...]:
    """The baseline of the test at `address`, if it has one.

    :raises InvalidFieldException: it does not exist.
    """
    if limit is None:
        return ()
    file = await path_globs_to_digest(PathGlobs([repo_paths.glob_literal(limit.path)]))
    if file == EMPTY_DIGEST:
        raise InvalidFieldException(
            f"{generator_address(address)}: the size baseline {limit.path} does not exist. To "
            f"write it, run `{limit.update}`, and commit it. Pants does not see files that "
            ".gitignore or `[GLOBAL].pants_ignore` excludes."
        )
    return (file,)


async def measure_sizes(address: Address, binary: str) -> tuple[ProgramSizes, ...]:
    """The sizes of the files of `binary`, the field of the test at `address`.

    :raises NoSizesError: one is not a program.
    """
    files = await find_elf_files(address, binary)
    checker = await ship_program(ELF_CHECKER, **implicitly())
    result = await execute_cached(
        Process(
            checker_command(checker, ("inspect", "--format=size-baseline", "--", *files.names)),
            env=checker.environment,
            input_digest=files.digest,
            immutable_input_digests={ELF_CHECKER.directory: checker.digest},
            description=f"Measure {generator_address(address)}",
            level=LogLevel.DEBUG,
        )
    )
    if result.exit_code:
        raise NoSizesError(f"{generator_address(address)}: {result.stderr.decode().strip()}")
    return parse_baseline(result.stdout, "the report")
