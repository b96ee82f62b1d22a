"""The options of `[go-static-gofmt]` and `[go-static-vet]`."""

from __future__ import annotations

from pants.option.option_types import BoolOption, SkipOption
from pants.option.subsystem import Subsystem
from pants.util.strutil import softwrap


class GofmtSubsystem(Subsystem):
    options_scope = "go-static-gofmt"
    name = "gofmt"
    help = softwrap(
        """
        How `fmt`, `fix` and `lint` format the Go files of `go_module` targets: with the gofmt of
        the Go SDK that builds the module.

        Generated files (https://go.dev/s/generatedcode) and everything that `go fmt ./...` ignores
        are left alone: `vendor`, `testdata`, and names that start with `_` or `.`. So are the
        directories of a `go_package` that Pants's own `[gofmt]` formats.
        """
    )

    skip = SkipOption("fmt", "fix", "lint")
    simplify = BoolOption(
        default=False,
        help="If true, simplify code too (`gofmt -s`): for example, `x[a:len(x)]` to `x[a:]`.",
    )


class GoVetSubsystem(Subsystem):
    options_scope = "go-static-vet"
    name = "`go vet`"
    help = softwrap(
        """
        How `check` runs `go vet` on the packages of `go_module` targets and on their tests: with
        the SDK, platform, tags and modules of the module's `go_static_binary` targets. If they
        differ in these, it checks each combination. In a module without binaries, it checks for
        linux/amd64. The packages see all generated code of the module.

        The directories of a `go_package` that Pants's own `[go-vet]` checks are left alone.
        """
    )

    skip = SkipOption("check")
