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
        The test that reads a program's ELF file and reports whether it is static
        (`elf_static_test`, which every `go_static_binary` generates). The checker, `elf-static`,
        also works without Pants.
        """
    )

    skip = SkipOption("test")
    policy = StrOption(
        default="default",
        help=softwrap(
            f"""
            The policy of targets that do not set one: a built-in policy
            ({", ".join(BUILT_IN)}), or the path of a TOML file relative to the repository's root.
            """
        ),
    )
