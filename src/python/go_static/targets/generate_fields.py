"""The fields of `go_codegen`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.core.goals.test import TestTimeoutField
from pants.engine.target import (
    AsyncFieldMixin,
    BoolField,
    Dependencies,
    DictStringToStringField,
    MultipleSourcesField,
    StringField,
    StringSequenceField,
    Target,
)
from pants.util.strutil import softwrap

from go_static.engine import repo_paths


class GoGeneratePackagesField(StringSequenceField):
    alias = "packages"
    default = (".",)
    help = softwrap(
        """
        The directories whose `//go:generate` directives to run, relative to the BUILD file. `...`
        matches all directories below, as in `go generate ./...`.

        Example: `packages=[".", "internal/api/..."]`
        """
    )
    value: tuple[str, ...]


def generated_packages(targets: Iterable[Target]) -> tuple[str, ...]:
    """The `packages` of all `go_codegen` targets, as paths in the repository."""
    return tuple(
        repo_paths.join(target.address.spec_path, package)
        for target in targets
        if target.has_field(GoGeneratePackagesField)
        for package in target[GoGeneratePackagesField].value
    )


class GoGenerateToolsField(StringSequenceField):
    alias = "tools"
    help = softwrap(
        """
        Programs that the directives start, in addition to `go`. The directives see no others. Give
        the names of programs on the PATH (`clang`), whose versions and contents are part of the
        cache key, and the addresses of `go_static_binary` targets, which are built for this machine
        first and started by the name of the target.

        Tools from the module itself need not be listed: `go tool`, and `go run` with a package of a
        required module.

        Example: `tools=["clang", "llvm-strip", "src/go/tools/enumer:enumer"]`
        """
    )


class GoGenerateEnvField(DictStringToStringField):
    alias = "env"
    help = softwrap(
        """
        Environment variables for the directives. They see nothing of the caller's environment. In a
        value, `{root}` is replaced with the repository's root in the sandbox, and `{goos}` and
        `{goarch}` with the platform of the binary that needs the code. Without `{goos}` and
        `{goarch}`, the code is generated once for all platforms.

        Example: `env={"BPF_CFLAGS": "-O2 -I{root}/src/bpf/include", "TARGET": "{goarch}"}`
        """
    )


class GoGenerateDependenciesField(Dependencies):
    help = softwrap(
        """
        Addresses of other inputs of the directives: `files` with C headers, schemas or templates,
        or targets that generate them. The Go packages in `packages`, their imports, and all files
        next to these are included automatically.
        """
    )


class GoGenerateCommittedField(BoolField):
    alias = "committed"
    default = False
    help = softwrap(
        """
        Set this if the generated files are checked in. `test` then generates them again and fails
        with a diff if the checked-in files differ (`#generated_is_current`). `export-codegen`
        writes the new files below `dist/codegen`. Binaries are always built from newly generated
        files.
        """
    )


class GoGenerateSourcesField(MultipleSourcesField):
    """Tells Pants's own goals that files can be generated from this target."""

    alias = "_sources"
    uses_source_roots = False
    help = "Not used: the generated code has no source files of its own."


class GeneratedCodeField(StringField, AsyncFieldMixin):
    alias = "code"
    required = True
    help = "The address of the code that the repository must match."
    value: str


class GeneratedTestTimeoutField(TestTimeoutField):
    """In seconds, as for all tests of Pants."""
