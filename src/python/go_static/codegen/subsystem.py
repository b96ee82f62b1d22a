"""The options of `[go-generated]`: the test of generated code."""

from __future__ import annotations

from pants.option.option_types import SkipOption
from pants.option.subsystem import Subsystem
from pants.util.strutil import softwrap


class GoGeneratedSubsystem(Subsystem):
    options_scope = "go-generated"
    name = "the test of generated code"
    help = softwrap(
        """
        The test that checked-in code matches the output of its generator, for `go_codegen`
        targets with `committed=True`.
        """
    )

    skip = SkipOption("test")
