"""The fields of `go_module` for its tests; the names are those of Pants's own Go backend."""

from __future__ import annotations

from pants.core.goals.test import TestExtraEnvVarsField, TestTimeoutField
from pants.engine.target import BoolField, OverridesField, SpecialCasedDependencies
from pants.util.strutil import softwrap


class SkipGoTestsField(BoolField):
    alias = "skip_tests"
    default = False
    help = "If true, `test` skips the Go tests."


class GoTestTimeoutField(TestTimeoutField):
    alias = "test_timeout"
    help = softwrap(
        """
        Timeout in seconds for the tests of each package, after which Go prints the stacks of all
        goroutines and the test fails. The default is `[test].timeout_default`, else Go's ten
        minutes. `[test].timeout_maximum` is the upper limit; `--no-test-timeouts` turns all of
        these off.
        """
    )


class GoTestExtraEnvVarsField(TestExtraEnvVarsField):
    alias = "test_extra_env_vars"
    help = softwrap(
        """
        Environment variables that the tests see: names, to pass on the caller's value, or
        `NAME=value`. They are added to `[test].extra_env_vars`, and override them. Tests see
        nothing else of the caller's environment.

        Example: `test_extra_env_vars=["TZ=Europe/Berlin", "HTTP_PROXY"]`
        """
    )


class GoTestDependenciesField(SpecialCasedDependencies):
    alias = "test_dependencies"
    help = softwrap(
        """
        Addresses of targets whose files the tests read when they run, at their paths in the
        repository: `files`, a `go_module_package`, generated code. A test always sees `testdata`
        in its package's directory and the files that the package embeds.

        Example: `test_dependencies=["//schemas:openapi"]`
        """
    )


class GoModuleOverridesField(OverridesField):
    help = softwrap(
        """
        Other values for some packages: directories relative to the BUILD file (`.` for its own), or
        tuples of them, with the fields `skip_tests`, `test_timeout`, `test_extra_env_vars`,
        `test_dependencies`, `environment`, `tags` or `description`.

        Example: `overrides={"internal/store": {"test_timeout": 120}}`
        """
    )
