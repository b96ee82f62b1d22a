"""The fields of `go_static_binary` that choose features of Go, such as a FIPS 140-3 module."""

from __future__ import annotations

from pants.engine.target import (
    AsyncFieldMixin,
    BoolField,
    DictStringToStringField,
    StringSequenceField,
)
from pants.util.strutil import softwrap

from go_static.targets.one_value import OneValueField


class GoFips140Field(OneValueField):
    alias = "fips140"
    default = "off"
    value: str
    help = softwrap(
        """
        The FIPS 140-3 module to build with, as in GOFIPS140: a version that the Go release ships
        (`v1.0.0`), `latest` for the one in its standard library, or `off`. Any but `off` also turns
        on FIPS mode when the program starts. Needs Go 1.24.

        The binary records it, so a policy can require it:

            [settings.required]
            GOFIPS140 = "v1.0.0*"
        """
    )


class GoExperimentField(StringSequenceField):
    alias = "goexperiment"
    help = softwrap(
        """
        Experiments of the Go release to turn on, as in GOEXPERIMENT; `no` before a name turns one
        off. A name that the release does not know is an error. `boringcrypto` needs cgo and is
        refused.

        Example: `goexperiment=["jsonv2"]`
        """
    )


class GoPgoField(OneValueField, AsyncFieldMixin):
    alias = "pgo"
    default = "auto"
    value: str
    help = softwrap(
        """
        The profile for profile-guided optimization. `auto`: the file `default.pgo` beside the main
        package, if there is one. `off`: none. Otherwise a file, relative to the BUILD file, or the
        address of a target that contains or generates one file.

        Example: `pgo="profiles/agent.pgo"`, `pgo=":merged-profile"`
        """
    )

    @property
    def is_address(self) -> bool:
        return ":" in self.value

    @property
    def is_file(self) -> bool:
        return not self.is_address and self.value not in ("auto", "off")


class GoCoverField(BoolField):
    alias = "cover"
    default = False
    help = softwrap(
        """
        If true, instrument the program for coverage (`go build -cover`): where GOCOVERDIR is set,
        it writes what was covered there. The ELF test's policies refuse such a binary, because it
        is not for shipping. For a target of its own, allow it with a policy:

            [rules]
            coverage = "allow"
        """
    )


class GoCoverpkgField(StringSequenceField):
    alias = "coverpkg"
    help = softwrap(
        """
        With `cover`, the packages to instrument, as patterns for `go` (`-coverpkg`). The default is
        all packages of the main package's module.

        Example: `coverpkg=["example.com/agent/..."]`
        """
    )


class GoDebugField(DictStringToStringField):
    alias = "godebug"
    help = softwrap(
        """
        Defaults of GODEBUG settings that the program starts with, like `//go:debug` lines in its
        main package. A setting that the Go release does not know is an error. The main package must
        be in the repository.

        Example: `godebug={"http2client": "0"}`
        """
    )
