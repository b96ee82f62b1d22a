"""Decisions about modules, their layout, listings and names, without an engine."""

from __future__ import annotations

import json

import pytest
from pants.engine.fs import EMPTY_DIGEST

from go_static.go.list_output import GoPackage, parse_go_list
from go_static.goals import tailor
from go_static.graph.module_targets import lay_out_module
from go_static.listing.go_list import files_of, main_of
from go_static.modules import module, tree, workspace
from go_static.modules.modfile import GoWork, Replacement, parse_go_mod


def a_module(directory: str, text: str) -> module.GoModule:
    return module.GoModule(directory, EMPTY_DIGEST, parse_go_mod("go.mod", text), "", False)


def test_directories_that_replace_modules_are_found_with_the_file_that_names_them() -> None:
    mains = (
        a_module("a/x", "module x\nreplace l => ../l\nreplace n => ./n\nreplace v => w v1.0.0\n"),
        a_module("a/l", "module l\n"),
    )
    work = workspace.Workspace(
        "a/go.work", EMPTY_DIGEST, GoWork("1.22", ("./x", "./l"), (Replacement("z", "./z", ""),))
    )

    assert tree.replaced_directories(mains, work) == (
        ("a/x/n", "a/x/go.mod"),
        ("a/z", "a/go.work"),
    )
    assert workspace.workspace_directories("a/x", work) == ("a/x", "a/l")


@pytest.mark.parametrize("new", ["../../outside", "/abs", ".."])
def test_a_replacement_outside_the_repository_is_an_error_only_if_it_is_required(new: str) -> None:
    none = workspace.Workspace()
    text = f"module x\nreplace l => {new}\n"

    assert tree.replaced_directories((a_module("", text),), none) == ()
    with pytest.raises(workspace.GoModuleError, match="names a directory outside"):
        tree.replaced_directories((a_module("", f"{text}require l v1.0.0\n"),), none)


def test_the_newest_go_line_applies() -> None:
    lines = [("a/go.mod", "1.21.5"), ("b/go.mod", "1.22"), ("c/go.mod", ""), ("go.work", "1.21.9")]

    assert tree.newest_go(lines) == "1.22"
    with pytest.raises(workspace.GoModuleError, match=r"a/go.mod: `go 1.x`: (.|\n)*Correct the"):
        tree.newest_go([("a/go.mod", "1.x")])


def test_a_module_is_laid_out_by_package_as_go_sees_it() -> None:
    layout = lay_out_module(
        [
            "BUILD",
            "README.md",
            "go.mod",
            "go.sum",
            "cmd/a/BUILD.pants",
            "cmd/a/main.go",
            "cmd/a/static/logo.svg",
            "cmd/a/testdata/x/x.go",
            "cmd/a/_old/old.go",
            "cmd/a/.hidden/h.go",
            "cmd/a/_draft.go",
            "docs/index.md",
            "lib/lib_test.go",
            "lib/deep/header.h",
            "nested/go.mod",
            "nested/n.go",
            "nested/testdata/t.txt",
            "vendor/modules.txt",
            "vendor/example.com/v/v.go",
        ]
    )

    assert layout.module_files == (
        "go.mod",
        "go.sum",
        "vendor/example.com/v/v.go",
        "vendor/modules.txt",
    )
    assert dict(layout.packages) == {
        ".": ("README.md", "docs/index.md"),
        "cmd/a": (
            "cmd/a/.hidden/h.go",
            "cmd/a/_draft.go",
            "cmd/a/_old/old.go",
            "cmd/a/main.go",
            "cmd/a/static/logo.svg",
            "cmd/a/testdata/x/x.go",
        ),
        "lib": ("lib/deep/header.h", "lib/lib_test.go"),
    }


def package(import_path: str, directory: str | None, *imports: str) -> GoPackage:
    return GoPackage(
        import_path,
        "main",
        directory,
        (f"./{directory}",),
        False,
        imports,
        (),
        (),
        (),
        ("f.go",),
        (),
    )


def test_the_files_of_a_binary_are_those_of_the_packages_it_imports() -> None:
    packages = {
        p.import_path: p
        for p in (
            package("m/cmd", "m/cmd", "m/a", "x.y/third", "fmt"),
            package("m/a", "m/a", "m/a/b"),
            package("m/a/b", "m/a/b", "m/a"),
            package("m/other", "m/other"),
            package("x.y/third", None, "m/other"),
        )
    }

    files = files_of(packages["m/cmd"], packages)

    assert files == ("m/a/b/f.go", "m/a/f.go", "m/cmd/default.pgo", "m/cmd/f.go", "m/other/f.go")
    assert main_of("./m/a", packages) == packages["m/a"]
    assert main_of("./nothing", packages) is None


def test_a_listing_has_directories_in_the_repository() -> None:
    objects = [
        {"ImportPath": "m", "Dir": "/s/tree", "GoFiles": ["a.go"], "EmbedFiles": ["x/y.txt"]},
        {"ImportPath": "m/b", "Dir": "/s/tree/b", "Imports": ["v"], "ImportMap": {"v": "vend/v"}},
        {"ImportPath": "fmt", "Dir": "/sdk/src/fmt", "Standard": True},
        {"ImportPath": "t", "Dir": "/s/tree-other", "Error": {"Err": "x", "ImportStack": ["m"]}},
    ]
    output = '{"sandbox": "/s"}\n' + "\n".join(map(json.dumps, objects))

    root, below, standard, other = parse_go_list(output.encode(), "tree")

    assert (root.directory, root.files) == ("", ("a.go", "x/y.txt"))
    assert (below.directory, below.imports) == ("b", ("vend/v",))
    assert (standard.directory, standard.standard) == (None, True)
    assert (other.directory, other.errors[0].message) == (None, "x")


@pytest.mark.parametrize(
    "output", ['{"Path": "x"}', "[]", '{"ImportPath": 1, "Dir": 1}', "[" * 9999]
)
def test_output_that_is_not_a_listing_is_an_error(output: str) -> None:
    with pytest.raises(ValueError, match="this is not the output of `go list -json`: "):
        parse_go_list(f'{{"sandbox": "/s"}}\n{output}'.encode(), "tree")


@pytest.mark.parametrize(
    ("import_path", "name"),
    [
        ("example.com/cmd/agent", "agent"),
        ("example.com/agent/v2", "agent"),
        ("example.com/agent/v10", "agent"),
        ("example.com/agent/v1", "v1"),
        ("example.com/agent/v0", "v0"),
        ("v2", "v2"),
        ("agent", "agent"),
    ],
)
def test_a_binary_is_named_as_go_build_names_it(import_path: str, name: str) -> None:
    assert tailor.binary_name(package(import_path, "x")) == name


def test_go_mods_that_go_ignores_are_left_out() -> None:
    files = [
        "go.mod",
        "a/go.mod",
        "a/vendor/x/go.mod",
        "a/testdata/go.mod",
        "_x/go.mod",
        ".y/go.mod",
    ]

    assert tailor.module_directories(files) == ("", "a")
