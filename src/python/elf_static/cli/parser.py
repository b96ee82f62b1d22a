"""The command-line parser, and the arguments that commands share."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from elf_static.elf.printable import printable

DEFAULT_POLICY = "any-language"
"""Judges linkage and hardening, for programs in any language."""


class Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Formatter, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        # The message quotes arguments, which may be file names from a glob.
        super().error(printable(message))


class _Formatter(argparse.HelpFormatter):
    """With a fixed width: otherwise, argparse imports shutil, which takes 3 ms."""

    def __init__(self, prog: str, **options: Any) -> None:
        super().__init__(prog, **{"width": 90, **options})


def add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="ELF files; - is standard input")
