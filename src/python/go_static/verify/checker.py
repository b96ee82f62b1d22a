"""The ELF checker as a program for sandboxes: `elf_static` with pyelftools and toml."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.engine.python_program import PythonProgram, ShippedProgram

ELF_READER = ("elf_static", "elftools/common", "elftools/construct", "elftools/elf")
"""The packages that read ELF files. The rest of pyelftools reads DWARF."""

ELF_CHECKER = PythonProgram(
    name="the ELF checker",
    directory="__elf_static__",
    packages=(*ELF_READER, "toml"),
    needed_by="The ELF test",
    way_out=(
        "Let Pants install it: in pants.toml, under [GLOBAL], "
        '`plugins = ["pyelftools==0.32", "toml==0.10.2"]`.'
    ),
)

_START = "from elf_static.cli.main import main; sys.exit(main(sys.argv[1:]))"


def checker_command(checker: ShippedProgram, arguments: Iterable[str]) -> tuple[str, ...]:
    """The argv that runs `elf-static`."""
    return checker.script(_START, arguments)
