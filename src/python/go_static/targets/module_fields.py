"""The fields of `go_module` and of the targets that it generates."""

from __future__ import annotations

from pants.engine.fs import GlobMatchErrorBehavior
from pants.engine.target import Dependencies, MultipleSourcesField
from pants.util.strutil import softwrap


class GoModuleSourcesField(MultipleSourcesField):
    default = ("**/*",)
    # After a switch to a branch without the module, pantsd resolves the sources of its old target
    # once more.
    default_glob_match_error_behavior = GlobMatchErrorBehavior.ignore
    expected_file_extensions = None
    uses_source_roots = False
    help = softwrap(
        """
        The files of the module: by default everything below the go.mod, so that the build sees the
        same files as plain `go build`. As in Go, directories with their own go.mod are excluded:
        they are separate modules.

        Example: `sources=["**/*", "!docs/**"]`
        """
    )


class GoModulePackageSourcesField(MultipleSourcesField):
    uses_source_roots = False
    help = "The files of one Go package, and of directories below it without a package."


class GoModuleCodeSourcesField(MultipleSourcesField):
    uses_source_roots = False
    help = "The files of one Go package, without its tests and their data."


class GoModulePackageDependenciesField(Dependencies):
    help = softwrap(
        """
        Addresses that this package depends on. Imports of packages in the same repository are
        inferred.
        """
    )


class GoModuleFilesSourcesField(MultipleSourcesField):
    uses_source_roots = False
    help = "The files that all packages of a module share: go.mod, go.sum and vendored packages."
