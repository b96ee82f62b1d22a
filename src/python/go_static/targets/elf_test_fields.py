"""The fields of `elf_static_test`, most of which `go_static_binary` has too."""

from __future__ import annotations

from pants.core.goals.test import TestTimeoutField
from pants.engine.target import (
    AsyncFieldMixin,
    BoolField,
    Dependencies,
    StringField,
    StringSequenceField,
)
from pants.util.strutil import softwrap

from elf_static.judge.policies import BUILT_IN


class ElfBinaryField(StringField, AsyncFieldMixin):
    alias = "binary"
    required = True
    help = softwrap(
        """
        What to test: the address of a target that `package` builds (a `go_static_binary`, or what
        any other backend packages as an ELF file); or a file that is there already, by the address
        of a `file` target or by its path, relative to the BUILD file. Where a package consists of
        several files, each is tested.

        For a `go_static_binary` the file must also be for its `goos` and `goarch`.

        Examples: `binary="src/rust/agent:agent"`, `binary=":prebuilt"`
        """
    )
    value: str


class ElfPolicyField(StringField):
    alias = "policy"
    help = softwrap(
        f"""
        What the binary has to be: one of the built-in policies ({", ".join(BUILT_IN)}), or the path
        of a TOML file, relative to the BUILD file, or from the repository's root after `//`. The
        default is the option `[elf-static].policy`.

        `default` is for what `go_static_binary` builds. `strict` has no warnings. `any-language`
        judges the linkage only, for programs that Go did not make. A file starts from one of
        them and changes what it names:

            extends = "default"
            [rules]
            glibc = "warn"
            [size]
            max = "64 MiB"

        A target that owns the file, such as a `file`, lets `--changed-since` know of it.
        """
    )


class RunInScratchField(StringSequenceField):
    alias = "run_in_scratch"
    help = softwrap(
        """
        Start the binary with these arguments in an empty root file system that holds nothing but
        the binary, and expect exit code 0: the last word on "static". It gets no environment, no
        /proc, no /dev, no network but a loopback of its own, and no privileges. An empty list
        starts it without arguments. By default it is not started.

        This needs Linux, and either unprivileged user namespaces or root with CAP_SYS_ADMIN. Where
        the machine refuses a part of the isolation, the test fails and names it (see
        `run_in_scratch_optional`). A binary for another architecture than the machine's is refused
        at once. docs/verdict.md lists what the binary can and cannot reach.

        Example: `run_in_scratch=["--version"]`
        """
    )


class RunInScratchOptionalField(BoolField):
    alias = "run_in_scratch_optional"
    default = False
    help = softwrap(
        """
        If true, a machine that cannot isolate the binary, or is of another architecture, causes a
        warning instead of a failure. Where the machine refuses namespaces but the test runs as
        root, the binary still runs, unprivileged, in a plain chroot, and the warning names what
        was refused. Elsewhere it is not started, and the test passes on what the file says. The
        result is not cached: it says nothing about the next machine.
        """
    )


class SkipElfStaticTestField(BoolField):
    alias = "skip_elf_static_test"
    default = False
    help = "If true, `test` does not run the ELF test of this target."


class ElfTestTimeoutField(TestTimeoutField):
    """In seconds, as for all tests of Pants."""


class ElfStaticTestDependenciesField(Dependencies):
    help = softwrap(
        """
        Addresses that the test depends on. What the field `binary` names, and the target that owns
        the policy's file, are inferred.
        """
    )
