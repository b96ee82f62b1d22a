"""`python -m elf_static`: the command `elf-static`."""

import sys

from elf_static.command_line import main

sys.exit(main(sys.argv[1:]))
