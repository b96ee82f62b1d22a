"""The options of `elf-static check` that limit the growth of programs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from elf_static.cli.exit_codes import UsageError
from elf_static.elf.bounded_file import Source, UnreadableError
from elf_static.elf.facts import Facts
from elf_static.elf.reader import open_path
from elf_static.judge.observation import Observation
from elf_static.report.model import shown

if TYPE_CHECKING:
    from elf_static.sizes.program import ProgramSizes


def add_growth(parser: argparse.ArgumentParser) -> None:
    growth = parser.add_argument_group("growth")
    growth.add_argument(
        "--size-baseline",
        metavar="FILE",
        help="compare the sizes with this JSON file, which `inspect --format=size-baseline` writes",
    )
    growth.add_argument(
        "--size-growth-max",
        metavar="LIMIT",
        help='fail if a file is larger than in the baseline by more than this: "200KB" or a part '
        'of its old size, "2%%" (default: 5%%)',
    )
    growth.add_argument(
        "--size-update",
        metavar="COMMAND",
        help="the command that updates the baseline, for the report",
    )


def observe_growth_of(
    path: str, source: Source, facts: Facts, options: argparse.Namespace
) -> tuple[Observation, ...]:
    """What the baseline says of a file, if there is one.

    :raises UsageError: the limit or the baseline is invalid, or the baseline has no such file.
    """
    if options.size_baseline is None:
        if options.size_growth_max is not None:
            raise UsageError("--size-growth-max needs --size-baseline.")
        return ()
    if not facts.header or facts.damage:
        return ()
    from elf_static.sizes.growth import DEFAULT_LIMIT, GrowthLimit, GrowthLimitError, observe_growth
    from elf_static.sizes.program import sizes_in

    baseline = shown(options.size_baseline)
    update = options.size_update or f"elf-static inspect --format=size-baseline FILE >{baseline}"
    text = options.size_growth_max or DEFAULT_LIMIT
    try:
        limit = GrowthLimit.parse(text)
    except GrowthLimitError as e:
        raise UsageError(f"--size-growth-max={text} {e}") from None
    old = _baseline(options.size_baseline).get(shown(path))
    if old is None:
        raise UsageError(f"{baseline} does not have the sizes of {shown(path)}. Run `{update}`.")
    return tuple(observe_growth(old, sizes_in(source, facts, shown(path)), limit, update))


@lru_cache(maxsize=1)
def _baseline(path: str) -> Mapping[str, ProgramSizes]:
    from elf_static.sizes.baseline import BaselineError, read_baseline

    try:
        with open_path(path) as source:
            return {program.name: program for program in read_baseline(source, shown(path))}
    except BaselineError as e:
        raise UsageError(str(e)) from None
    except UnreadableError as e:
        raise UsageError(f"The size baseline {shown(path)} {e}.") from None
