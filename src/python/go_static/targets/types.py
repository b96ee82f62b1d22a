"""The targets of this backend, without those of modules."""

from __future__ import annotations

from pants.core.goals.run import RestartableField
from pants.engine.target import COMMON_TARGET_FIELDS, Dependencies, Target, TargetGenerator
from pants.util.strutil import softwrap

from go_static.engine.compat import EnvironmentField
from go_static.targets.binary_fields import (
    GoAsmflagsField,
    GoBinaryOutputPathField,
    GoBuildTagsField,
    GoCodegenField,
    GoDefinitionsField,
    GoGcflagsField,
    GoLdflagsField,
    GoMainField,
    GoReproducibleField,
    GoSbomField,
    GoSdkField,
    GoStaticExecutableDependenciesField,
    GoStripField,
    GoWorkField,
    ReproducibleBinaryField,
)
from go_static.targets.elf_test_fields import (
    ElfBinaryField,
    ElfPolicyField,
    ElfStaticTestDependenciesField,
    ElfTestTimeoutField,
    RunInScratchField,
    RunInScratchOptionalField,
    SizeBaselineField,
    SizeGrowthMaxField,
    SkipElfStaticTestField,
)
from go_static.targets.feature_fields import (
    GoCoverField,
    GoCoverpkgField,
    GoDebugField,
    GoExperimentField,
    GoFips140Field,
    GoPgoField,
)
from go_static.targets.generate_fields import (
    GeneratedCodeField,
    GeneratedTestTimeoutField,
    GoGenerateCommittedField,
    GoGenerateDependenciesField,
    GoGenerateEnvField,
    GoGeneratePackagesField,
    GoGenerateSourcesField,
    GoGenerateToolsField,
)
from go_static.targets.platform_fields import GoArchField, GoArchLevelField, GoOsField

_GENERATE_FIELDS = (
    GoGenerateDependenciesField,
    GoGeneratePackagesField,
    GoGenerateToolsField,
    GoGenerateEnvField,
    GoGenerateCommittedField,
    EnvironmentField,
)


class GoGeneratedCodeTarget(Target):
    alias = "go_generated_code"
    core_fields = (*COMMON_TARGET_FIELDS, *_GENERATE_FIELDS, GoGenerateSourcesField)
    help = "The generated code of a `go_codegen`, which generates this target as `#code`."


class GoGeneratedIsCurrentTarget(Target):
    alias = "go_generated_is_current"
    core_fields = (
        *COMMON_TARGET_FIELDS,
        Dependencies,
        GeneratedCodeField,
        GeneratedTestTimeoutField,
        EnvironmentField,
    )
    help = softwrap(
        """
        Tests that the checked-in code matches the output of the directives. A `go_codegen` with
        `committed=True` generates this target as `#generated_is_current`.
        """
    )


class GoCodegenTarget(TargetGenerator):
    alias = "go_codegen"
    generated_target_cls = GoGeneratedCodeTarget
    core_fields = COMMON_TARGET_FIELDS
    copied_fields = COMMON_TARGET_FIELDS
    moved_fields = _GENERATE_FIELDS
    help = softwrap(
        """
        Code from `go generate`. It runs the `//go:generate` directives of some packages with the
        module's own Go, without network access, in a sandbox with the files that they need.
        Binaries use the code through their field `codegen`. If it fails, they are not built. The Go
        tests of the module and `go vet` always see it, unless `committed` is set.

            go_codegen(name="generate", packages=["."], tools=["clang"])

        Outputs need not be listed: every file that the directives create or change is part of the
        code. The directives must write at least one file, must not delete files, and must not write
        outside their module.
        """
    )


_EXECUTABLE_FIELDS = (
    GoMainField,
    GoCodegenField,
    GoBuildTagsField,
    GoOsField,
    GoArchField,
    GoArchLevelField,
    GoLdflagsField,
    GoGcflagsField,
    GoAsmflagsField,
    GoDefinitionsField,
    GoStripField,
    GoFips140Field,
    GoExperimentField,
    GoDebugField,
    GoPgoField,
    GoCoverField,
    GoCoverpkgField,
    GoReproducibleField,
    GoSbomField,
    GoSdkField,
    GoWorkField,
    GoBinaryOutputPathField,
    RestartableField,
    EnvironmentField,
)


class GoStaticExecutableTarget(Target):
    alias = "go_static_executable"
    core_fields = (*COMMON_TARGET_FIELDS, GoStaticExecutableDependenciesField, *_EXECUTABLE_FIELDS)
    help = softwrap(
        """
        The binary that `package` builds and `run` starts. A `go_static_binary` generates it as
        `#binary`.
        """
    )


_TEST_FIELDS = (
    ElfPolicyField,
    RunInScratchField,
    RunInScratchOptionalField,
    SizeBaselineField,
    SizeGrowthMaxField,
    SkipElfStaticTestField,
)


class ElfStaticTestTarget(Target):
    alias = "elf_static_test"
    core_fields = (
        *COMMON_TARGET_FIELDS,
        ElfStaticTestDependenciesField,
        ElfBinaryField,
        *_TEST_FIELDS,
        ElfTestTimeoutField,
        EnvironmentField,
    )
    help = softwrap(
        """
        A test that reads a program's ELF file. It reports whether the program is statically linked,
        for which machine, and how it was built. If the file violates the policy, the test says why,
        and what to do.

        Every `go_static_binary` generates one (`#elf_static_test`). Write one yourself to test a
        program that another backend packages, or an existing file:

            file(name="prebuilt", source="busybox")
            elf_static_test(name="test", binary=":prebuilt", policy="any-language")
        """
    )


class GoReproducibleTestTarget(Target):
    alias = "go_reproducible_test"
    core_fields = (
        *COMMON_TARGET_FIELDS,
        Dependencies,
        ReproducibleBinaryField,
        ElfTestTimeoutField,
        EnvironmentField,
    )
    help = softwrap(
        """
        Tests that a second build produces the same bytes. A `go_static_binary` with
        `reproducible=True` generates this target as `#reproducible_test`.
        """
    )


class GoStaticBinaryTarget(TargetGenerator):
    alias = "go_static_binary"
    generated_target_cls = GoStaticExecutableTarget
    core_fields = COMMON_TARGET_FIELDS
    copied_fields = COMMON_TARGET_FIELDS
    moved_fields = (GoStaticExecutableDependenciesField, *_EXECUTABLE_FIELDS, *_TEST_FIELDS)
    help = softwrap(
        """
        A statically linked program, built from a Go `package main` by the real `go build`, with
        cgo off, `-tags netgo,osusergo`, `-trimpath` and `-buildvcs=false`. Nothing in the caller's
        environment can change that. Flags that would undo it are refused.

        The nearest go.mod at or above `main` is its module. A `go_module` target must own the
        module's files. Every field can be parametrized; parameters are part of the output path:

            go_static_binary(
                name="agent",
                goarch=parametrize("amd64", "arm64"),
                definitions={"main.version": env("VERSION", "dev")},
            )

        In `parametrize`, values other than strings need a name, which is then the parameter:

            definitions=parametrize(free={"main.plan": "free"}, paid={"main.plan": "paid"})

        `package` writes `dist/path.to.dir/agent`, named after the target. `test` reads that file
        and fails if it is not static or was built differently. With `reproducible=True` it also
        builds the file again and compares.

        Files that `import "C"` are excluded, as in every build without cgo. A package with no files
        left causes an error that shows the imports that lead to it. A package that is a stub
        without cgo (`github.com/mattn/go-sqlite3`), or that loads shared libraries itself
        (`github.com/ebitengine/purego`), causes a warning when the program is built.
        """
    )
