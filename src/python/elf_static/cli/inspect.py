"""The command `elf-static inspect`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from elf_static.cli.exit_codes import NOT_JUDGED, PASSED, UsageError
from elf_static.cli.parser import DEFAULT_POLICY, add_files
from elf_static.elf.bounded_file import UnreadableError
from elf_static.elf.reader import open_path, read_facts, read_source
from elf_static.judge.policy import load_policy
from elf_static.report.model import shown


def add_inspect(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "inspect",
        help="show all facts of files",
        description="Show all facts of files. The HTML page also shows how much code each module "
        "has, and the findings under a policy, which do not affect the exit code. A size baseline "
        "is a JSON file to commit, for `check --size-baseline` and `compare --sizes`.",
    )
    parser.set_defaults(run=_inspect)
    add_files(parser)
    parser.add_argument(
        "--format",
        choices=("text", "json", "html", "size-baseline"),
        default="text",
        help="(default: text)",
    )
    parser.add_argument(
        "--policy", metavar="POLICY", help=f"of the page: as for check (default: {DEFAULT_POLICY})"
    )


def _inspect(options: argparse.Namespace) -> int:
    if options.format == "html":
        return _inspect_as_page(options)
    if options.policy:
        raise UsageError("--policy is for --format html, which shows findings.")
    if options.format == "size-baseline":
        return _write_size_baseline(options.files)
    every = [(shown(path), read_facts(path)) for path in options.files]
    if options.format == "json":
        from elf_static.inspect.as_json import render_inspections

        sys.stdout.write(render_inspections(every))
    else:
        from elf_static.inspect.text import render_inspection

        for path, facts in every:
            sys.stdout.write(render_inspection(path, facts))
    return NOT_JUDGED if any(facts.damage for _, facts in every) else PASSED


def _inspect_as_page(options: argparse.Namespace) -> int:
    from elf_static.inspect.html_page import inspect_file, render_page

    policy = load_policy(options.policy or DEFAULT_POLICY)
    every = [inspect_file(path, shown(path), policy) for path in options.files]
    sys.stdout.write(render_page(every))
    return NOT_JUDGED if any(each.facts.damage for each in every) else PASSED


def _write_size_baseline(paths: Sequence[str]) -> int:
    from elf_static.sizes.baseline import render_baseline
    from elf_static.sizes.program import sizes_in

    programs = []
    for path in paths:
        try:
            with open_path(path) as source:
                facts = read_source(source)
                if facts.damage:
                    raise UsageError(f"{shown(path)} {facts.damage[0]}.")
                programs.append(sizes_in(source, facts, shown(path)))
        except UnreadableError as e:
            raise UsageError(f"{shown(path)} {e}.") from None
    sys.stdout.write(render_baseline(programs))
    return PASSED
