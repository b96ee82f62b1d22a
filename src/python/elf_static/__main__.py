"""`python -m elf_static`, and the command `elf-static` where it is installed."""

from __future__ import annotations

import sys

from elf_static.cli.main import main


def run() -> int:
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
