"""The command `elf-static compare`.

Exit codes: 0 same bytes, 1 different bytes, 2 a file cannot be read or wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from elf_static.cli.exit_codes import FAILED, PASSED, UsageError
from elf_static.elf.bounded_file import Source, UnreadableError
from elf_static.elf.reader import STANDARD_INPUT, open_path
from elf_static.report.model import shown


def add_compare(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "compare",
        help="show the differences between two builds of a program",
        description="Compare two files byte for byte. If they differ, show which sections, header "
        "fields and lines of the build information differ.",
        epilog="Exit codes: 0 same bytes; 1 different bytes; 2 a file cannot be read or wrong "
        "usage.",
    )
    parser.set_defaults(run=_compare)
    parser.add_argument("left", metavar="A", help="a file; - is standard input")
    parser.add_argument("right", metavar="B", help="the file to compare it with")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="(default: text)"
    )


def _compare(options: argparse.Namespace) -> int:
    # Imported here to keep the start of `check` fast.
    from elf_static.compare.compare import compare
    from elf_static.compare.report import render_json, render_text

    if options.left == options.right == STANDARD_INPUT:
        raise UsageError("Only one of the two files can be standard input.")
    with _opened(options.left) as left, _opened(options.right) as right:
        try:
            comparison = compare(left, right)
        except UnreadableError as e:
            raise UsageError(f"{shown(options.left)} or {shown(options.right)} {e}.") from None
    render = render_json if options.format == "json" else render_text
    sys.stdout.write(render(shown(options.left), shown(options.right), comparison))
    return PASSED if comparison.same else FAILED


@contextmanager
def _opened(path: str) -> Iterator[Source]:
    with ExitStack() as stack:
        try:
            source = stack.enter_context(open_path(path))
        except UnreadableError as e:
            raise UsageError(f"{shown(path)} {e}.") from None
        yield source
