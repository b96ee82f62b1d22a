"""Which packages a build gets as directories, and which as files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from pants.engine.fs import FileEntry, SymlinkEntry
from pants.engine.internals.native_engine import EMPTY_DIGEST, EMPTY_FILE_DIGEST

from go_static.go.list_output import GoPackage
from go_static.listing.list_module import files_of_binary
from go_static.listing.outline import FileOrLink
from go_static.listing.package_links import (
    NOT_INDEXED,
    directories_of_one_package,
    whole_directories,
)
from go_static_testing.go_tool import GoTool


def package(directory: str | None, *files: str, name: str = "p", embeds: bool = False) -> GoPackage:
    return GoPackage(
        import_path=f"example.com/{directory}",
        name=name,
        directory=directory,
        patterns=(),
        standard=False,
        imports=(),
        go_files=(),
        cgo_files=(),
        ignored_go_files=(),
        files=files,
        errors=(),
        embedded_files=files if embeds else (),
    )


def entries(*files: str, **links: str) -> dict[str, FileOrLink]:
    return {
        **{path: FileEntry(path, EMPTY_FILE_DIGEST) for path in files},
        **{path: SymlinkEntry(path, target) for path, target in links.items()},
    }


LIB = package("m/lib", "b.go", "a.go")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(package("m/lib/below", "x.go"), id="a package below it"),
        pytest.param(package("m/lib/a/b/c", "x.go"), id="a package far below it"),
        pytest.param(package("m", "m.go", "lib/x.txt", embeds=True), id="embedded in another"),
        pytest.param(package("m", "m.go", "lib/a.go", embeds=True), id="its code embedded"),
        pytest.param(package("m", "m.go", "lib/t/x", embeds=True), id="embedded from below it"),
    ],
)
def test_a_directory_that_other_packages_read_is_not_linked(other: GoPackage) -> None:
    assert "m/lib" in directories_of_one_package([LIB])
    assert "m/lib" not in directories_of_one_package([LIB, other])


@pytest.mark.parametrize(
    "alone",
    [
        pytest.param(package("m/cmd", "main.go", name="main"), id="a command"),
        pytest.param(package("m/lib", "a.go", "x.txt", embeds=True), id="embeds"),
        pytest.param(package("m/lib", "a.go", "t/x.txt", embeds=True), id="embeds from below"),
        pytest.param(package("", "a.go"), id="the root"),
        pytest.param(package(None, "a.go"), id="of a downloaded module"),
        pytest.param(package("m/lib"), id="without files"),
    ],
)
def test_packages_that_are_laid_out_as_files(alone: GoPackage) -> None:
    assert directories_of_one_package([alone]) == {}


def test_a_linked_directory_has_its_files_and_a_symlink_that_prevents_an_index() -> None:
    candidates = directories_of_one_package([LIB, package("m/other", "o.go")])
    whole = whole_directories(
        candidates, ["m/go.mod"], entries("m/lib/a.go", "m/lib/b.go", "m/lib/c.go", "m/other/o.go")
    )

    assert whole["m/lib"] == (
        FileEntry("a.go", EMPTY_FILE_DIGEST),
        FileEntry("b.go", EMPTY_FILE_DIGEST),
        SymlinkEntry(NOT_INDEXED, "a.go"),
    )
    assert whole.keys() == {"m/lib", "m/other"}


@pytest.mark.parametrize(
    ("module_files", "tree"),
    [
        pytest.param(["m/lib/go.mod"], entries("m/lib/a.go", "m/lib/b.go"), id="a module"),
        pytest.param(["m/lib/x/go.mod"], entries("m/lib/a.go", "m/lib/b.go"), id="one below"),
        pytest.param([], entries("m/lib/a.go"), id="a file that is not there"),
        pytest.param([], entries("m/lib/a.go", **{"m/lib/b.go": "a.go"}), id="a link in it"),
        pytest.param([], entries("x/a.go", "x/b.go", **{"m/lib": "../x"}), id="itself a link"),
    ],
)
def test_a_directory_with_more_than_files_is_not_linked(
    module_files: list[str], tree: Mapping[str, FileOrLink]
) -> None:
    assert whole_directories({"m/lib": ("a.go", "b.go")}, module_files, tree) == {}


def test_a_symlink_to_a_file_of_a_package_includes_its_directory() -> None:
    tree = entries("m/go.mod", "m/lib/a.go", **{"m/x/x.go": "../lib/a.go"})

    files = files_of_binary(
        ["m/x/x.go", "m/gone.pgo"], {"m/lib": EMPTY_DIGEST}, entries("m/go.mod"), tree
    )

    assert [entry.path for entry in files.loose] == ["m/go.mod", "m/x/x.go"]
    assert dict(files.directories) == {"m/lib": EMPTY_DIGEST}


@pytest.mark.parametrize(("linked", "indexes"), [(False, 1), (True, 0)])
def test_go_keeps_no_index_of_a_directory_with_that_link(
    tmp_path: Path, go: GoTool, linked: bool, indexes: int
) -> None:
    """An index is what a listing leaves in an empty build cache."""
    cache = tmp_path / "cache"
    module = tmp_path / "module"
    library = module / "lib"
    library.mkdir(parents=True)
    (module / "go.mod").write_text("module example.com/m\n\ngo 1.21\n")
    (library / "lib.go").write_text("package lib\n")
    os.utime(library / "lib.go", (1, 1))
    if linked:
        (library / NOT_INDEXED).symlink_to("lib.go")

    said = go.run("list", "./lib", cwd=module, env={"GOCACHE": str(cache)})

    assert said.stdout == "example.com/m/lib\n"
    assert len(list(cache.glob("*/*-a"))) == indexes
