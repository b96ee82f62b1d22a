"""The command `elf-static compare`.

Exit codes: 0 for the same bytes, 1 where they differ, 2 where one cannot be read, or wrong usage.
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
    """Add the command to those of a parser."""
    parser = commands.add_parser(
        "compare",
        help="say what differs between two builds of a program",
        description="Say whether two files have the same bytes and, if not, which sections, header "
        "fields and lines of the build information differ.",
        epilog="Exit codes: 0 the same bytes; 1 they differ; 2 one cannot be read, or wrong usage.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=_compare)
    parser.add_argument("left", metavar="A", help="a file; - is standard input")
    parser.add_argument("right", metavar="B", help="the file to compare it with")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="(default: text)"
    )


def _compare(options: argparse.Namespace) -> int:
    # Here, because `check` does without them and starts often.
    from elf_static.compare.compare import compare
    from elf_static.compare.report import render_json, render_text

    if options.left == options.right == STANDARD_INPUT:
        raise UsageError("compare reads standard input for one of the two files only.")
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
