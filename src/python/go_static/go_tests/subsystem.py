"""The options of `[go-static-test]`: how Go tests run."""

from __future__ import annotations

from pants.option.option_types import ArgsListOption, SkipOption, StrListOption
from pants.option.subsystem import Subsystem
from pants.util.strutil import softwrap


class GoStaticTestSubsystem(Subsystem):
    options_scope = "go-static-test"
    name = "Go tests"
    help = "How `test` runs the `_test.go` files of a `go_module`."

    skip = SkipOption("test")
    args = ArgsListOption(
        example="-run TestName -v",
        extra_help=softwrap(
            """
            Flags for tests, as `go test` spells them (`go help testflag`): `-run`, `-skip`,
            `-short`, `-count`, `-bench` and so on. With `-v`, the output of passing tests is
            part of the result too; `--test-output=all` shows it. Flags that Go does not know
            are passed to the tests, as is everything after `-args`.
            """
        ),
        passthrough=True,
    )
    coverage_packages = StrListOption(
        default=[],
        help=softwrap(
            """
            With `--test-use-coverage`, the packages to measure in each test, as patterns of `go
            test -coverpkg`: `./...` for all of the test's module. By default, each test measures
            only its own package.
            """
        ),
    )
