"""The fields of `go_module` and of the targets that it makes."""

from __future__ import annotations

from pants.engine.target import (
    Dependencies,
    MultipleSourcesField,
)
from pants.util.strutil import softwrap


class GoModuleSourcesField(MultipleSourcesField):
    default = ("**/*",)
    expected_file_extensions = None
    uses_source_roots = False
    help = softwrap(
        """
        The files of the module: by default everything below the go.mod, so that the build sees
        what `go build` by hand would see. Directories with a go.mod of their own are left out, as
        in Go: they are modules of their own.

        Example: `sources=["**/*", "!docs/**"]`
        """
    )


class GoModulePackageSourcesField(MultipleSourcesField):
    uses_source_roots = False
    help = "The files of one Go package and of the directories below it that hold no package."


class GoModulePackageDependenciesField(Dependencies):
    help = softwrap(
        """
        Addresses that this package depends on. Imports of packages in the same repository are
        inferred.
        """
    )


class GoModuleFilesSourcesField(MultipleSourcesField):
    uses_source_roots = False
    help = "go.mod, go.sum and what else concerns all packages of a module: vendored packages."
