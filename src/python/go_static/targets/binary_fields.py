"""The fields of `go_static_binary`, which `pants help go_static_binary` shows."""

from __future__ import annotations

import string
from enum import Enum
from os import path

from pants.core.goals.package import OutputPathField
from pants.engine.addresses import Address
from pants.engine.target import (
    AsyncFieldMixin,
    BoolField,
    Dependencies,
    DictStringToStringField,
    InvalidFieldException,
    StringField,
    StringSequenceField,
)
from pants.util.strutil import softwrap

from go_static.go.platforms import supported_goarch, supported_goos


class GoMainField(StringField):
    alias = "main"
    default = "."
    help = softwrap(
        """
        The package to build, which must be a `package main`: a directory, relative to the BUILD
        file (the default is the BUILD file's own), or the import path of a package in a module
        that the go.mod requires, to build a command that others wrote.

        The first path element of an import path has a dot in it. Write `./` before a directory
        whose name has one too.

        Examples: `main="cmd/agent"`, `main="golang.org/x/tools/cmd/stringer"`
        """
    )
    value: str

    @property
    def is_import_path(self) -> bool:
        first = self.value.partition("/")[0]
        return "." in first and not self.value.startswith(".")


class GoSdkField(StringField):
    alias = "go_sdk"
    help = softwrap(
        """
        The exact release of Go to build with, such as `1.25.5`, for a repository that needs more
        than one. It is looked for as `[go-sdk].version` is, which it takes the place of: on the
        search path, then among the known downloads. The field of a `go_static_binary` counts more
        than that of its `go_module`.
        """
    )


class GoWorkValue(Enum):
    AUTO = "auto"
    OFF = "off"


class GoWorkField(StringField):
    alias = "gowork"
    valid_choices = GoWorkValue
    default = GoWorkValue.AUTO.value
    value: str
    help = softwrap(
        """
        Whether a go.work counts. `auto`: the nearest one at or above the module does, if it uses
        the module, as for `go build` by hand. `off`: the module is built from its own go.mod
        alone, as with `GOWORK=off`.
        """
    )


class GoBuildTagsField(StringSequenceField):
    alias = "build_tags"
    help = softwrap(
        """
        Build tags, in addition to `netgo` and `osusergo`, which are always set. Tags that select
        code which needs a C compiler (`cgo`, `netcgo`, `race`, …) are refused.

        Example: `build_tags=["nethttpomithttp2", "sqlite_omit_load_extension"]`
        """
    )


class GoOsField(StringField):
    alias = "goos"
    default = "linux"
    help = softwrap(
        f"""
        The operating system to build for: {", ".join(supported_goos())}. Those whose Go programs
        are not ELF files, or always need the system's C library, are refused with the reason.
        """
    )
    value: str


class GoArchField(StringField):
    alias = "goarch"
    default = "amd64"
    help = softwrap(
        f"""
        The architecture to build for. On linux: {", ".join(supported_goarch("linux"))}. On
        freebsd and netbsd: {", ".join(supported_goarch("freebsd"))}. On dragonfly: amd64.

        The default does not depend on the machine that builds: the same target gives the same
        file everywhere. To build for several, use
        `goarch=parametrize("amd64", "arm64")`.
        """
    )
    value: str


class GoArchLevelField(StringField):
    alias = "goarch_level"
    help = softwrap(
        """
        The instruction set level, for architectures that have levels: the value of GOAMD64
        (default `v1`), GOARM64 (`v8.0`), GOARM (`7`), GO386 (`sse2`), GOPPC64 (`power8`),
        GORISCV64 (`rva20u64`) or GOMIPS (`hardfloat`). It counts for build constraints too.

        Example: `goarch="amd64", goarch_level="v3"`
        """
    )


_FLAG_RULES = softwrap(
    """
    One flag per list element. Flags that could make the binary dynamic, or take the link out of
    Go's hands (`-linkmode`, `-extldflags`, `-buildmode`, `-race`, `-I`, …), are refused.
    """
)


class GoLdflagsField(StringSequenceField):
    alias = "ldflags"
    help = softwrap(
        f"""
        Flags for Go's linker (`go tool link`). {_FLAG_RULES}

        For `-X` use the field `definitions`, for `-s -w` the field `strip`.

        Example: `ldflags=["-buildid="]`
        """
    )


class GoGcflagsField(StringSequenceField):
    alias = "gcflags"
    help = softwrap(
        f"""
        Flags for Go's compiler (`go tool compile`), for the main package only, or for others as
        in `go build`: `all=` before the first flag. {_FLAG_RULES}

        Example: `gcflags=["all=-N", "-l"]`
        """
    )


class GoAsmflagsField(StringSequenceField):
    alias = "asmflags"
    help = softwrap(
        f"""
        Flags for Go's assembler (`go tool asm`), as for `gcflags`. {_FLAG_RULES}

        Example: `asmflags=["-D=PROBES"]`
        """
    )


class GoDefinitionsField(DictStringToStringField):
    alias = "definitions"
    help = softwrap(
        """
        Values for string variables, set by the linker (`-X`): from the variable's import path and
        name to its value. The main package is called `main`.

        Example: `definitions={"main.version": env("VERSION", "dev")}`
        """
    )


class GoStripField(BoolField):
    alias = "strip"
    default = False
    help = softwrap(
        """
        If true, leave out the symbol table and the debugging information (`-ldflags="-s -w"`). The
        file gets smaller by about a third; stack traces of a panic are the same.
        """
    )


class GoReproducibleField(BoolField):
    alias = "reproducible"
    default = False
    help = softwrap(
        """
        If true, `test` builds the binary a second time (`#reproducible_test`) and fails when that
        gives other bytes, with the sections and the lines of the build information that differ. The
        second build has the repository, the SDK and the modules in other directories, and starts
        with empty caches; directives of `go_codegen` run again too. So it takes as long as a build
        on a new machine.

        Code of other targets that `codegen` names is not made again.
        """
    )


class ReproducibleBinaryField(StringField, AsyncFieldMixin):
    alias = "binary"
    required = True
    help = "The address of the binary that is built twice."
    value: str


class GoBinaryOutputPathField(OutputPathField):
    """Pants's field, except that the file is named after the `go_static_binary`, and not after
    the target that it generates (`binary`)."""

    def value_or_default(self, *, file_ending: str | None) -> str:
        address = self.address
        parameters = getattr(address, "parameters_repr", "").replace(".", "_")
        suffix = f".{file_ending}" if file_ending else ""
        values = {
            "spec_path_normalized": address.spec_path.replace("/", ".") or ".",
            "target_name_normalized": f"{address.target_name}{parameters}",
            "file_suffix": suffix,
        }
        template = self.value or ("${spec_path_normalized}/${target_name_normalized}${file_suffix}")
        result = path.normpath(string.Template(template).safe_substitute(values))
        name = generator_address(address)
        if path.isabs(result) or result == ".." or result.startswith("../"):
            raise InvalidFieldException(
                f"{name}: its output_path leads out of the directory for packages "
                f"(`--distdir`): {self.value}"
            )
        if result == ".":
            raise InvalidFieldException(f"{name}: its output_path names no file: {self.value}")
        return result


class GoCodegenField(StringSequenceField, AsyncFieldMixin):
    alias = "codegen"
    help = softwrap(
        """
        Addresses of targets that generate code for the binary: `go_codegen`, and any other whose
        files Pants can generate (`shell_command`, `adhoc_tool`, protobuf targets) or holds
        (`file`, `files`, `resources`, `archive`). They run before the files of the binary are
        listed and before it is built; when one fails, nothing is built.

        The generated files take the place of those at the same paths in the repository: a stale
        copy never wins. They count for `//go:embed`, and may import packages of the module and its
        requirements that nothing else imports.

        Example: `codegen=["src/go/agent/bpf:generate"]`
        """
    )


class GoStaticExecutableDependenciesField(Dependencies):
    help = softwrap(
        """
        Addresses that the binary depends on. The main package and the module's go.mod are
        inferred.
        """
    )


def generator_address(address: Address) -> str:
    """How a user names a generated target: `dir:agent@goarch=arm64`, not `dir:agent#binary@…`."""
    parameters = getattr(address, "parameters_repr", "")
    return f"{address.maybe_convert_to_target_generator().spec.partition('@')[0]}{parameters}"


class GoSbomFormat(Enum):
    CYCLONEDX = "cyclonedx"
    SPDX = "spdx"


class GoSbomField(StringField):
    alias = "sbom"
    valid_choices = GoSbomFormat
    help = softwrap(
        """
        Write a supply-chain record (SBOM) beside the binary when it is packaged: its modules with
        versions, checksums and licences, the Go it was built by, and its build settings. The same
        binary has the same record.

        `cyclonedx` writes `agent.cdx.json` (CycloneDX 1.6), `spdx` writes `agent.spdx.json` (SPDX
        2.3). For both, `sbom=parametrize("cyclonedx", "spdx")`.

        Needs Python packages beside Pants: `plugins = ["pants-go-static[sbom]"]`.
        """
    )
