"""The fields of `elf_static_test`. `go_static_binary` shares most of them."""

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
from elf_static.sizes.growth import DEFAULT_LIMIT
from go_static.targets.one_value import OneValueField


class ElfBinaryField(StringField, AsyncFieldMixin):
    alias = "binary"
    required = True
    help = softwrap(
        """
        The binary to test: the address of a target that `package` builds (a `go_static_binary`, or
        any target that another backend packages as an ELF file), the address of a `file` target, or
        the path of an existing file relative to the BUILD file. If a package has several files,
        each is tested.

        The file of a `go_static_binary` must also match its `goos` and `goarch`.

        Examples: `binary="src/rust/agent:agent"`, `binary=":prebuilt"`
        """
    )
    value: str


class ElfPolicyField(OneValueField):
    alias = "policy"
    help = softwrap(
        f"""
        The policy that the binary must satisfy: a built-in one ({", ".join(BUILT_IN)}), or the path
        of a TOML file, relative to the BUILD file or, after `//`, to the repository's root. The
        default is the option `[elf-static].policy`.

        `default` suits binaries of `go_static_binary`. `strict` turns warnings into errors.
        `any-language` judges linkage and hardening, for programs not written in Go. A file extends
        one of them and overrides the settings that it names:

            extends = "default"
            [rules]
            glibc = "warn"
            [size]
            max = "64 MiB"

        Give the file an owner, such as a `file` target, so that `--changed-since` sees its changes.
        """
    )


class RunInScratchField(StringSequenceField):
    alias = "run_in_scratch"
    help = softwrap(
        """
        Also start the binary with these arguments in a root file system that holds only the binary,
        and require exit code 0. This is the final proof that it is static. The binary gets no
        environment, /proc, /dev or privileges, and no network except its own loopback. An empty
        list starts it without arguments. By default it is not started.

        This needs Linux, and either unprivileged user namespaces or root with CAP_SYS_ADMIN. If the
        machine refuses part of the isolation, the test fails and names that part (see
        `run_in_scratch_optional`). A binary for a different architecture than the machine's is
        refused at once, unless `parametrize` builds the same binary for the machine too: then only
        that one is started. docs/verdict.md lists what the binary can and cannot reach.

        Example: `run_in_scratch=["--version"]`
        """
    )


class RunInScratchOptionalField(BoolField):
    alias = "run_in_scratch_optional"
    default = False
    help = softwrap(
        """
        If true, the test warns instead of failing if the machine cannot isolate the binary or has a
        different architecture. If the machine refuses namespaces but the test runs as root, the
        binary still runs, unprivileged, in a plain chroot, and the warning names what was refused.
        Otherwise the binary is not started, and the contents of the file decide. The result is not
        cached, because it may differ on another machine.
        """
    )


class SizeBaselineField(OneValueField):
    alias = "size_baseline"
    help = softwrap(
        """
        A committed JSON file with the size of the binary and of its modules, relative to the BUILD
        file or, after `//`, to the repository's root. The test fails if the binary is larger by
        more than `size_growth_max`, and names the modules that grew. A smaller binary passes.

        `go-static-size-baseline` writes the file. Several targets can share one; parametrized
        binaries have an entry each.

        Example: `size_baseline="sizes.json"`
        """
    )


class SizeGrowthMaxField(OneValueField):
    alias = "size_growth_max"
    help = softwrap(
        f"""
        By how much the binary may be larger than in `size_baseline`: a size (`"200KB"`,
        `"1.5 MiB"`), or a part of the size there (`"2%"`). `"0"` allows no growth. The default is
        `"{DEFAULT_LIMIT}"`.
        """
    )


class SkipElfStaticTestField(BoolField):
    alias = "skip_elf_static_test"
    default = False
    help = "If true, `test` skips the ELF test of this target."


class ElfTestTimeoutField(TestTimeoutField):
    """In seconds, as for all tests of Pants."""


class ElfStaticTestDependenciesField(Dependencies):
    help = softwrap(
        """
        Addresses that the test depends on. The target in the field `binary` and the owners of the
        policy file and of the size baseline are inferred.
        """
    )
