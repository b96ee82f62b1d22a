"""The command `elf-static`: arguments, and the exit code.

0: every file passes. 1: a file is not static or violates the policy. 2: a file cannot be judged, or
wrong usage. With several files, the worst result decides. For `compare`, see cli/compare.py.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from elf_static import __version__
from elf_static.cli.check import add_check
from elf_static.cli.compare import add_compare
from elf_static.cli.exit_codes import NOT_JUDGED, UsageError
from elf_static.cli.inspect import add_inspect
from elf_static.cli.parser import Parser
from elf_static.elf.printable import printable
from elf_static.judge.policy import PolicyError


def main(arguments: Sequence[str]) -> int:
    """Run the command, and return its exit code."""
    # Print the verdict whatever the file's name and the terminal's encoding.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    options = _parser(arguments[:1]).parse_args(arguments)
    try:
        code = options.run(options)
        sys.stdout.flush()
        return int(code)
    except (PolicyError, UsageError) as e:
        sys.stderr.write(f"elf-static: error: {printable(str(e))}\n")
        return NOT_JUDGED
    except BrokenPipeError:
        # The reader closed the pipe; without this, Python complains when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_JUDGED


def _parser(command: Sequence[str]) -> Parser:
    """The parser for a command, or for all if there is none. Each takes a millisecond."""
    parser = Parser(
        prog="elf-static",
        description="Check whether programs are statically linked and, if not, show why.",
        epilog="Exit codes: 0 every file passes; 1 a file is not static or violates the policy; "
        "2 a file cannot be judged (not ELF, damaged, missing), or wrong usage.",
    )
    parser.add_argument("--version", action="version", version=f"elf-static {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    every = {"check": add_check, "inspect": add_inspect, "compare": add_compare}
    chosen = [every[name] for name in command if name in every]
    for add in chosen or every.values():
        add(commands)
    return parser
