"""The output of `go list -json`, as records.

The fields are described in `go help list`. The records hold only what this backend uses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from go_static.engine import repo_paths

# The fields with files that `go build` reads with cgo off, or rejects with an error that the user
# should see (C files in a package without cgo).
_FILE_FIELDS = (
    "GoFiles",
    "CgoFiles",
    "CFiles",
    "CXXFiles",
    "MFiles",
    "FFiles",
    "SFiles",
    "HFiles",
    "SwigFiles",
    "SwigCXXFiles",
    "SysoFiles",
    "EmbedFiles",
)

DEPS_FIELDS = (
    "ImportPath",
    "Name",
    "Dir",
    "Match",
    "Module",
    "Standard",
    "Imports",
    "ImportMap",
    "IgnoredGoFiles",
    *_FILE_FIELDS,
    "Error",
    "DepsErrors",
)

CGO_FIELDS = ("ImportPath", "CgoFiles")

PACKAGE_FIELDS = ("ImportPath", "Name", "Dir", "Imports", "GoFiles", "CgoFiles", "Error")

# Without `-test`, these are the imports of the `_test.go` files.
GRAPH_FIELDS = (*PACKAGE_FIELDS, "TestImports", "XTestImports", "EmbedPatterns")


@dataclass(frozen=True)
class PackageError:
    """An error of `go list -e`.

    `import_stack` leads from the listed package to the one with the error; `position` is
    `file:line:column` or empty.
    """

    import_stack: tuple[str, ...]
    position: str
    message: str


@dataclass(frozen=True)
class ListedModule:
    """A module. `version` is empty for one in the repository; `source` and `source_version` are
    those of the module that replaces it, or its own."""

    path: str = ""
    version: str = ""
    source: str = ""
    source_version: str = ""


@dataclass(frozen=True)
class GoPackage:
    """One package; its files are relative to its directory, and `files` are all of them.

    `directory` is the path in the repository, or None for packages of the standard library and of
    downloaded modules. `module` is its module, if listed. It has a field for each one of `go list`
    that is used.
    """

    import_path: str
    name: str
    directory: str | None
    patterns: tuple[str, ...]
    standard: bool
    imports: tuple[str, ...]
    go_files: tuple[str, ...]
    cgo_files: tuple[str, ...]
    ignored_go_files: tuple[str, ...]
    files: tuple[str, ...]
    errors: tuple[PackageError, ...]
    module: ListedModule = ListedModule()
    embedded_files: tuple[str, ...] = ()
    test_imports: tuple[str, ...] = ()
    embed_patterns: tuple[str, ...] = ()

    def in_repository(self, files: Iterable[str]) -> tuple[str, ...]:
        """The paths of some of its files in the repository; none if it is not there."""
        if self.directory is None:
            return ()
        return tuple(repo_paths.join(self.directory, file) for file in files)


def parse_go_list(output: bytes, tree: str) -> tuple[GoPackage, ...]:
    """The packages in the output of the builder's command `list`."""
    return parse_result(output, tree)[1]


def parse_result(output: bytes, tree: str) -> tuple[dict[str, Any], tuple[GoPackage, ...]]:
    """Read the output of a command of the builder that lists packages: JSON objects, one after the
    other, of which the first has the path of the sandbox and what else the command has found.
    `tree` is where the repository's files are in the sandbox.

    :raises ValueError: when the output is not that.
    """
    objects = _objects(output.decode("utf-8", "replace"))
    try:
        result = next(objects, {"sandbox": ""})
        tree = f"{result['sandbox']}/{tree}"
        return result, tuple(_package(item, tree) for item in objects)
    except (AttributeError, KeyError, RecursionError, TypeError) as e:
        raise ValueError(f"this is not the output of `go list -json`: {e!r}") from None


def _objects(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    position = 0
    while True:
        while position < len(text) and text[position].isspace():
            position += 1
        if position == len(text):
            return
        item, position = decoder.raw_decode(text, position)
        yield item


def _package(item: dict[str, Any], tree: str) -> GoPackage:
    # `Imports` is as written in the sources; `ImportMap` resolves it (vendoring).
    import_map = item.get("ImportMap") or {}
    errors = ([item["Error"]] if item.get("Error") else []) + (item.get("DepsErrors") or [])
    return GoPackage(
        import_path=item["ImportPath"],
        name=item.get("Name", ""),
        directory=_directory(item.get("Dir", ""), tree),
        patterns=tuple(item.get("Match") or ()),
        standard=bool(item.get("Standard")),
        imports=tuple(import_map.get(i, i) for i in item.get("Imports") or ()),
        go_files=tuple(item.get("GoFiles") or ()),
        cgo_files=tuple(item.get("CgoFiles") or ()),
        ignored_go_files=tuple(item.get("IgnoredGoFiles") or ()),
        files=tuple(file for field in _FILE_FIELDS for file in item.get(field) or ()),
        errors=tuple(
            PackageError(
                import_stack=tuple(error.get("ImportStack") or ()),
                position=error.get("Pos", ""),
                message=error.get("Err", ""),
            )
            for error in errors
        ),
        module=_module(item.get("Module") or {}),
        embedded_files=tuple(item.get("EmbedFiles") or ()),
        test_imports=(*(item.get("TestImports") or ()), *(item.get("XTestImports") or ())),
        embed_patterns=tuple(item.get("EmbedPatterns") or ()),
    )


def _module(item: dict[str, Any]) -> ListedModule:
    source = item.get("Replace") or item
    return ListedModule(
        path=item.get("Path", ""),
        version=item.get("Version", ""),
        source=source.get("Path", ""),
        source_version=source.get("Version", ""),
    )


def _directory(directory: str, tree: str) -> str | None:
    if directory == tree:
        return ""
    return directory[len(tree) + 1 :] if directory.startswith(f"{tree}/") else None


def module_directories(packages: Iterable[GoPackage]) -> dict[str, str]:
    """The directories of the modules in the repository: main modules, replacements, and vendored
    modules."""
    found = {}
    for package in packages:
        module = package.module.path
        if package.directory is not None and module:
            inside = package.import_path[len(module) :]
            up = "/".join([".."] * inside.count("/"))
            found[module] = repo_paths.join(package.directory, up)
    return found
