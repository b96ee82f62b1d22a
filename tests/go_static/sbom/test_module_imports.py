"""The imports between modules, and the directories of modules in the repository."""

from __future__ import annotations

from go_static.go.list_output import GoPackage, ListedModule, module_directories, parse_go_list
from go_static.sbom.module_imports import imports_between_modules


def package(import_path: str, module: str, directory: str | None) -> GoPackage:
    empty: tuple[str, ...] = ()
    return GoPackage(
        import_path,
        "p",
        directory,
        empty,
        False,
        empty,
        empty,
        empty,
        empty,
        empty,
        (),
        ListedModule(module),
    )


def test_only_imports_of_the_program_are_included() -> None:
    graph = {
        "a/cmd/x": ("fmt", "a/in", "b/one", "b/sub"),
        "a/cmd/y": ("c",),
        "a/in": ("b/one", "os"),
        "b/one": ("b/two",),
        "b/two": ("d", "unsafe"),
        # A module below another's path.
        "b/sub": ("a/in",),
        "c": ("fmt",),
        "d": (),
    }
    modules = {
        **{"a/cmd/x": "a", "a/cmd/y": "a", "a/in": "a"},
        **{"b/one": "b", "b/two": "b", "b/sub": "b/sub", "c": "c", "d": "d"},
    }
    assert imports_between_modules("a/cmd/x", graph, modules) == {
        "a": ("b", "b/sub", "std"),
        "b": ("d", "std"),
        "b/sub": ("a",),
        "d": (),
    }
    assert imports_between_modules("a/cmd/y", graph, modules) == {
        "a": ("c", "std"),
        "c": ("std",),
    }


def test_module_directories_follow_from_package_directories() -> None:
    packages = [
        package("example.com/a", "example.com/a", "src/a"),
        package("example.com/a/cmd/x", "example.com/a", "src/a/cmd/x"),
        package("example.com/v/p/q", "example.com/v", "src/a/vendor/example.com/v/p/q"),
        package("example.com/r/deep", "example.com/r", "deep"),
        package("example.com/zip", "example.com/zip", None),
        package("fmt", "", None),
    ]
    assert module_directories(packages) == {
        "example.com/a": "src/a",
        "example.com/v": "src/a/vendor/example.com/v",
        "example.com/r": "",
    }


def test_a_listing_names_the_module_of_each_package() -> None:
    output = (
        b'{"sandbox": "/s"}\n'
        b'{"ImportPath": "m/p", "Module": {"Path": "m"}}\n{"ImportPath": "fmt"}\n'
        b'{"ImportPath": "a", "Module": {"Path": "a", "Version": "v1", '
        b'"Replace": {"Path": "b", "Version": "v2"}}}\n'
    )
    assert [found.module for found in parse_go_list(output, "tree")] == [
        ListedModule("m", "", "m", ""),
        ListedModule(),
        ListedModule("a", "v1", "b", "v2"),
    ]
