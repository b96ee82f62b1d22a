"""The command `elf-static compare`.

Exit codes: 0 same bytes, 1 different bytes, 2 a file cannot be read or wrong usage. With
`--sizes`, 0 if both files can be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from elf_static.cli.exit_codes import FAILED, PASSED, UsageError
from elf_static.elf.bounded_file import Source, UnreadableError
from elf_static.elf.reader import STANDARD_INPUT, open_path
from elf_static.report.model import shown

if TYPE_CHECKING:
    from elf_static.sizes.program import ProgramSizes


def add_compare(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "compare",
        help="show the differences between two builds of a program",
        description="Compare two files byte for byte. If they differ, show which sections, header "
        "fields and lines of the build information differ. With --sizes, show what made the "
        "program larger or smaller; A or B may then be a size baseline.",
        epilog="Exit codes: 0 same bytes, or --sizes; 1 different bytes; 2 a file cannot be read "
        "or wrong usage.",
    )
    parser.set_defaults(run=_compare)
    parser.add_argument("left", metavar="A", help="a file; - is standard input")
    parser.add_argument("right", metavar="B", help="the file to compare it with")
    parser.add_argument(
        "--sizes",
        action="store_true",
        help="show how the size changed from A to B, by kind of content, module and package",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "markdown", "html"),
        default="text",
        help="markdown and html only with --sizes (default: text)",
    )


def _compare(options: argparse.Namespace) -> int:
    if options.left == options.right == STANDARD_INPUT:
        raise UsageError("Only one of the two files can be standard input.")
    if options.sizes:
        return _compare_sizes(options)
    if options.format in ("markdown", "html"):
        raise UsageError(f"--format={options.format} needs --sizes.")
    # Imported here to keep the start of `check` fast.
    from elf_static.compare.compare import compare
    from elf_static.compare.report import render_json, render_text

    with _opened(options.left) as left, _opened(options.right) as right:
        try:
            comparison = compare(left, right)
        except UnreadableError as e:
            raise UsageError(f"{shown(options.left)} or {shown(options.right)} {e}.") from None
    render = render_json if options.format == "json" else render_text
    sys.stdout.write(render(shown(options.left), shown(options.right), comparison))
    return PASSED if comparison.same else FAILED


def _compare_sizes(options: argparse.Namespace) -> int:
    from elf_static.sizes import reports
    from elf_static.sizes.changes import size_changes

    old = _sizes(options.left, options.right)
    new = _sizes(options.right, options.left)
    render = {
        "text": reports.render_text,
        "json": reports.render_json,
        "markdown": reports.render_markdown,
        "html": reports.render_page,
    }[options.format]
    sys.stdout.write(render(size_changes(old, new)))
    return PASSED


def _sizes(path: str, other: str) -> ProgramSizes:
    """The sizes in a program or, of the program `other`, in a baseline."""
    from elf_static.sizes.baseline import BaselineError, read_baseline
    from elf_static.sizes.program import read_sizes

    with _opened(path) as source:
        try:
            if source.read_up_to(0, 1) != b"{":
                return read_sizes(source, shown(path))
            programs = read_baseline(source, shown(path))
        except BaselineError as e:
            raise UsageError(str(e)) from None
        except UnreadableError as e:
            raise UsageError(f"{shown(path)} {e}.") from None
    named = [program for program in programs if program.name == shown(other)]
    found = named if len(programs) > 1 else programs
    if not found:
        names = ", ".join(program.name for program in programs) or "none"
        raise UsageError(
            f"{shown(path)} is a size baseline without {shown(other)}. Compare it with a program "
            f"in it: {names}."
        )
    return replace(found[0], name=shown(path))


@contextmanager
def _opened(path: str) -> Iterator[Source]:
    with ExitStack() as stack:
        try:
            source = stack.enter_context(open_path(path))
        except UnreadableError as e:
            raise UsageError(f"{shown(path)} {e}.") from None
        yield source
