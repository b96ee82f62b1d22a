"""The options of `[elf-static]`: the ELF test."""

from __future__ import annotations

from pants.option.option_types import SkipOption, StrOption
from pants.option.subsystem import Subsystem
from pants.util.strutil import softwrap

from elf_static.judge.policies import BUILT_IN


class ElfStaticSubsystem(Subsystem):
    options_scope = "elf-static"
    name = "the ELF checker"
    help = softwrap(
        """
        The test that reads a program's ELF file and says whether it is static (`elf_static_test`
        targets, which every `go_static_binary` brings). The checker is `elf-static`, which works
        without Pants too.
        """
    )

    skip = SkipOption("test")
    policy = StrOption(
        default="default",
        help=softwrap(
            f"""
            The policy of targets that name none: one of the built-in ones
            ({", ".join(BUILT_IN)}), or the path of a TOML file from the repository's root.
            """
        ),
    )
