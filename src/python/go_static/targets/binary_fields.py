"""The fields of `go_static_binary`, as shown by `pants help go_static_binary`."""

from __future__ import annotations

import string
from enum import Enum
from os import path

from pants.core.goals.package import OutputPathField
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

from go_static.targets.addresses import generator_address
from go_static.targets.one_value import OneValueField


class GoMainField(OneValueField):
    alias = "main"
    default = "."
    help = softwrap(
        """
        The `package main` to build: a directory relative to the BUILD file (default: the BUILD
        file's own), or the import path of a package in a module that the go.mod requires, to build
        a third-party command.

        If the first path element contains a dot, the value is an import path. Write `./` before a
        directory with such a name, and `/` after one whose name ends in `.go`.

        Examples: `main="cmd/agent"`, `main="golang.org/x/tools/cmd/stringer"`
        """
    )
    value: str

    @property
    def is_import_path(self) -> bool:
        first = self.value.partition("/")[0]
        return "." in first and not self.value.startswith(".") and not self.is_go_file

    @property
    def is_go_file(self) -> bool:
        """The last element of an import path may end in `.go` (`github.com/nats-io/nats.go`)."""
        first, slash, _ = self.value.partition("/")
        return self.value.endswith(".go") and (
            not slash or "." not in first or self.value.startswith(".")
        )


class GoSdkField(OneValueField):
    alias = "go_sdk"
    help = softwrap(
        """
        The exact Go release to build with, such as `1.25.5`, for a repository that needs several.
        It overrides `[go-sdk].version`, and is likewise searched for on the search path, then among
        the known downloads. On a `go_static_binary` it takes precedence over the `go_module`.
        """
    )


class GoWorkValue(Enum):
    AUTO = "auto"
    OFF = "off"


class GoWorkField(OneValueField):
    alias = "gowork"
    valid_choices = GoWorkValue
    default = GoWorkValue.AUTO.value
    value: str
    help = softwrap(
        """
        Whether to use a go.work. `auto`: use the nearest go.work at or above the module if it uses
        the module, like plain `go build`. `off`: build the module from its own go.mod alone, as
        with `GOWORK=off`.
        """
    )


class GoBuildTagsField(StringSequenceField):
    alias = "build_tags"
    help = softwrap(
        """
        Build tags, in addition to `netgo` and `osusergo`, which are always set. Tags that select
        code that needs a C compiler (`cgo`, `netcgo`, `race`, …) are refused.

        Example: `build_tags=["nethttpomithttp2", "sqlite_omit_load_extension"]`
        """
    )


_FLAG_RULES = softwrap(
    """
    One flag per list element. Flags that could make the binary dynamic or hand linking to another
    linker (`-linkmode`, `-extldflags`, `-buildmode`, `-race`, `-I`, …) are refused.
    """
)


class GoLdflagsField(StringSequenceField):
    alias = "ldflags"
    help = softwrap(
        f"""
        Flags for Go's linker (`go tool link`). {_FLAG_RULES}

        Instead of `-X`, use the field `definitions`; instead of `-s -w`, use `strip`.

        Example: `ldflags=["-buildid="]`
        """
    )


class GoGcflagsField(StringSequenceField):
    alias = "gcflags"
    help = softwrap(
        f"""
        Flags for Go's compiler (`go tool compile`). They apply to the main package only. To apply
        them to all packages, write `all=` before the first flag, as in `go build`. {_FLAG_RULES}

        Example: `gcflags=["all=-N", "-l"]`
        """
    )


class GoAsmflagsField(StringSequenceField):
    alias = "asmflags"
    help = softwrap(
        f"""
        Flags for Go's assembler (`go tool asm`), written like `gcflags`. {_FLAG_RULES}

        Example: `asmflags=["-D=PROBES"]`
        """
    )


class GoDefinitionsField(DictStringToStringField):
    alias = "definitions"
    help = softwrap(
        """
        Values of string variables, set by the linker (`-X`). Each key is the variable's import path
        and name. The import path of the main package is `main`. A variable that the package does
        not declare is an error.

        Example: `definitions={"main.version": env("VERSION", "dev")}`
        """
    )


class GoStripField(BoolField):
    alias = "strip"
    default = False
    help = softwrap(
        """
        If true, omit the symbol table and debugging information (`-ldflags="-s -w"`). The file is
        about a third smaller. Stack traces of a panic do not change.
        """
    )


class GoReproducibleField(BoolField):
    alias = "reproducible"
    default = False
    help = softwrap(
        """
        If true, `test` builds the binary a second time (`#reproducible_test`). If the bytes differ,
        it fails and shows the sections and lines of build information that differ. The second build
        uses empty caches and other directories for the repository, the SDK and the modules. It also
        runs directives of `go_codegen` again. It takes as long as a build on a new machine.

        Code from other targets in `codegen` is not generated again.
        """
    )


class ReproducibleBinaryField(StringField, AsyncFieldMixin):
    alias = "binary"
    required = True
    help = "The address of the binary to build twice."
    value: str


class GoBinaryOutputPathField(OutputPathField):
    """Like Pants's field, but names the file after the `go_static_binary`, not after the target
    that it generates (`binary`)."""

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
                f"{name}: output_path=`{self.value}` is outside the directory for packages "
                "(`--distdir`). Give a path relative to that directory."
            )
        if result == ".":
            raise InvalidFieldException(
                f"{name}: output_path=`{self.value}` does not name a file. Give the path of a file "
                "relative to the directory for packages (`--distdir`)."
            )
        return result


class GoCodegenField(StringSequenceField, AsyncFieldMixin):
    alias = "codegen"
    help = softwrap(
        """
        Addresses of targets that generate code for the binary: `go_codegen`, any other target whose
        files Pants can generate (`shell_command`, `adhoc_tool`, protobuf targets), and targets that
        hold files (`file`, `files`, `resources`, `archive`). They run before the binary's files are
        listed. If one fails, nothing is built.

        Generated files replace files at the same paths in the repository, so a stale copy is never
        used. `//go:embed` sees them. They may import packages of the module and its requirements
        that nothing else imports.

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


class GoSbomFormat(Enum):
    CYCLONEDX = "cyclonedx"
    SPDX = "spdx"


class GoSbomField(OneValueField):
    alias = "sbom"
    valid_choices = GoSbomFormat
    help = softwrap(
        """
        Write a software bill of materials (SBOM) next to the binary when it is packaged. It lists
        the modules with versions, checksums and licences, the Go release, and the build settings.
        The same binary always gets the same SBOM.

        `cyclonedx` writes `agent.cdx.json` (CycloneDX 1.6); `spdx` writes `agent.spdx.json` (SPDX
        2.3). For both, use `sbom=parametrize("cyclonedx", "spdx")`.

        Needs extra Python packages: `plugins = ["pants-go-static[sbom]"]`.
        """
    )
