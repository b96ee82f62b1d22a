"""The command `elf-static compare`.

Exit codes: 0 same bytes, 1 different bytes, 2 a file cannot be read or wrong usage. With
`--sizes`, 0 if both files can be read.
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
        "fields and lines of the build information differ. With --sizes, show what made the "
        "program larger or smaller.",
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
    from elf_static.sizes.changes import read_sizes, size_changes

    sizes = []
    for path in (options.left, options.right):
        with _opened(path) as source:
            try:
                sizes.append(read_sizes(source, shown(path)))
            except UnreadableError as e:
                raise UsageError(f"{shown(path)} {e}.") from None
    render = {
        "text": reports.render_text,
        "json": reports.render_json,
        "markdown": reports.render_markdown,
        "html": reports.render_page,
    }[options.format]
    sys.stdout.write(render(size_changes(*sizes)))
    return PASSED


@contextmanager
def _opened(path: str) -> Iterator[Source]:
    with ExitStack() as stack:
        try:
            source = stack.enter_context(open_path(path))
        except UnreadableError as e:
            raise UsageError(f"{shown(path)} {e}.") from None
        yield source
