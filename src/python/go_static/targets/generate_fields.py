"""The fields of `go_codegen`."""

from __future__ import annotations

from pants.core.goals.test import TestTimeoutField
from pants.engine.target import (
    AsyncFieldMixin,
    BoolField,
    Dependencies,
    DictStringToStringField,
    MultipleSourcesField,
    StringField,
    StringSequenceField,
)
from pants.util.strutil import softwrap


class GoGeneratePackagesField(StringSequenceField):
    alias = "packages"
    default = (".",)
    help = softwrap(
        """
        The directories whose `//go:generate` directives to run, relative to the BUILD file. `...`
        stands for everything below, as in `go generate ./...`.

        Example: `packages=[".", "internal/api/..."]`
        """
    )
    value: tuple[str, ...]


class GoGenerateToolsField(StringSequenceField):
    alias = "tools"
    help = softwrap(
        """
        Programs that the directives start, beside `go`: names of programs of the machine, found on
        the PATH and part of the cache key by version and content (`clang`), and addresses of
        `go_static_binary` targets, which are built for this machine first and start by the name of
        the target. The directives see no other programs.

        Tools that the module itself brings need not be named: `go run` with a package of a
        required module, and `go tool`.

        Example: `tools=["clang", "llvm-strip", "src/go/tools/enumer:enumer"]`
        """
    )


class GoGenerateEnvField(DictStringToStringField):
    alias = "env"
    help = softwrap(
        """
        Environment variables for the directives. Nothing else of the caller's environment reaches
        them. In a value, `{root}` stands for the repository's root in the sandbox, `{goos}` and
        `{goarch}` for the platform of the binary that the code is generated for. Without the
        latter two, the code is generated once for all platforms.

        Example: `env={"BPF_CFLAGS": "-O2 -I{root}/src/bpf/include", "TARGET": "{goarch}"}`
        """
    )


class GoGenerateDependenciesField(Dependencies):
    help = softwrap(
        """
        Addresses of other inputs of the directives: `files` with C headers, schemas or templates,
        or what generates them. The Go packages named by `packages`, what these import, and all
        files beside them are there without being named.
        """
    )


class GoGenerateCommittedField(BoolField):
    alias = "committed"
    default = False
    help = softwrap(
        """
        Set it where the generated files are checked in. `test` then generates them again and fails,
        with a diff, when the repository has others (`#generated_is_current`); `export-codegen`
        writes the fresh ones below `dist/codegen`. Binaries are built from fresh ones in any case.
        """
    )


class GoGenerateSourcesField(MultipleSourcesField):
    """What tells Pants's own goals that files can be generated from this target."""

    alias = "_sources"
    uses_source_roots = False
    help = "Generated code has no sources of its own."


class GeneratedCodeField(StringField, AsyncFieldMixin):
    alias = "code"
    required = True
    help = "The address of the code that has to be the same in the repository."
    value: str


class GeneratedTestTimeoutField(TestTimeoutField):
    """In seconds, as for all tests of Pants."""
