"""Each error about a main package says what, where, through which imports, and what to do.

The messages of Go are from real runs; test_listing_rules.py gets them from a real engine.
"""

from __future__ import annotations

import pytest

from go_static.go.list_output import GoPackage, PackageError
from go_static.listing.errors import (
    by_import_path,
    excluded_packages,
    explain_failed_listing,
    explain_main,
)

MODULE = "example.com/m"
MAIN = f"{MODULE}/cmd"


def package(
    import_path: str = MAIN,
    *errors: PackageError,
    name: str = "main",
    directory: str | None = "m/cmd",
    go_files: tuple[str, ...] = ("main.go",),
    ignored: tuple[str, ...] = (),
) -> GoPackage:
    return GoPackage(
        import_path=import_path,
        name=name,
        directory=directory,
        patterns=("./cmd",),
        standard=False,
        imports=(),
        go_files=go_files,
        cgo_files=(),
        ignored_go_files=ignored,
        files=go_files,
        errors=errors,
    )


def explain(
    main: GoPackage | None,
    *others: GoPackage,
    needs_cgo: dict[str, tuple[str, ...]] | None = None,
    directory: str = "m",
) -> str:
    packages = by_import_path([*([main] if main else []), *others])
    return explain_main("./cmd", main, packages, directory, MODULE, needs_cgo or {})


def error(message: str, *stack: str, position: str = "cmd/main.go:3:8") -> PackageError:
    return PackageError(stack or (MAIN,), position, message)


def test_a_package_that_can_be_built_has_no_error() -> None:
    assert explain(package()) == ""


def test_a_pattern_without_a_package() -> None:
    assert explain(None) == "`go list` found no package for `./cmd`.\n\nCheck the `main` field."


def test_a_library_is_not_a_program() -> None:
    assert explain(package(name="lib")) == (
        "m/cmd contains `package lib`, not `package main`, so it is not a program.\n\n"
        "Check the `main` field."
    )


def test_tests_alone_are_not_a_program() -> None:
    assert explain(package(go_files=())) == (
        "m/cmd contains only tests, not a program.\n\nCheck the `main` field."
    )


def test_a_third_party_command_is_named_by_its_import_path() -> None:
    assert explain(package("golang.org/x/tools/y", name="y", directory=None)).startswith(
        "golang.org/x/tools/y contains `package y`"
    )


def test_a_main_directory_that_does_not_exist() -> None:
    gone = error("stat /tmp/pants-sandbox-A/tree/m/cmd: directory not found", position="")
    said = explain(package(MAIN, gone, name="", directory=None, go_files=()))
    assert said == (
        "The directory of the main package does not exist: stat m/cmd: directory not found.\n\n"
        "Check the `main` field: it is relative to the BUILD file."
    )


@pytest.mark.parametrize(
    ("message", "ignored", "expected"),
    [
        pytest.param(
            "no Go files in /tmp/pants-sandbox-A/tree/m/cmd",
            (),
            "m/cmd has no Go files for this build.\n\n",
            id="an empty directory",
        ),
        pytest.param(
            "build constraints exclude all Go files in /tmp/pants-sandbox-A/tree/m/cmd",
            ("a_windows.go", "b.go"),
            "m/cmd has no Go files for this build: build constraints exclude "
            "a_windows.go, b.go.\n\n",
            id="files for other platforms",
        ),
    ],
)
def test_a_main_package_without_files(
    message: str, ignored: tuple[str, ...], expected: str
) -> None:
    main = package(MAIN, error(message, position=""), name="", go_files=(), ignored=ignored)
    assert explain(main) == (
        f"{expected}Check the `main` field, and the `goos`, `goarch` and `build_tags` that the "
        "files' constraints require."
    )


def test_a_package_that_needs_cgo_is_named_with_its_files_and_the_imports_that_bring_it() -> None:
    chain = (MAIN, f"{MODULE}/store", "example.com/sqlite")
    main = package(
        MAIN,
        error("build constraints exclude all Go files in /home/x/sqlite", *chain),
    )
    sqlite = package("example.com/sqlite", directory=None, go_files=(), ignored=("sqlite.go",))
    assert excluded_packages(main, by_import_path([main, sqlite])) == ("example.com/sqlite",)

    said = explain(main, sqlite, needs_cgo={"example.com/sqlite": ("sqlite.go", "c.go")})

    assert said == (
        "example.com/sqlite needs cgo, but static binaries are built without it: all its Go files "
        'import "C" or need cgo (sqlite.go, c.go).\n'
        f"  imported through: {MAIN} → {MODULE}/store → example.com/sqlite\n\n"
        "Use a pure Go package instead, or exclude the import from this "
        "program with a build constraint (`//go:build cgo`)."
    )


def test_an_imported_package_without_files_shows_the_excluded_files() -> None:
    chain = (MAIN, f"{MODULE}/win")
    main = package(MAIN, error("build constraints exclude all Go files in m/win", *chain))
    win = package(f"{MODULE}/win", directory="m/win", go_files=(), ignored=("a_windows.go",))
    assert explain(main, win) == (
        "m/cmd/main.go:3:8: build constraints exclude all Go files in m/win\n"
        f"  imported through: {MAIN} → {MODULE}/win\n"
        "  files left out: a_windows.go\n\n"
        "Exclude the import from this program with a build constraint, or change the `goos`, "
        "`goarch` or `build_tags` of the target."
    )


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        pytest.param(
            "missing go.sum entry for module providing package example.com/x; to add:\n\tgo get",
            "go.sum is incomplete. Run `go mod tidy` in m, and commit go.mod and go.sum.",
            id="a missing line in go.sum",
        ),
        pytest.param(
            "verifying example.com/x@v1.0.0: checksum mismatch\n\tgo.sum:     h1:x=",
            "go.sum does not match go.mod. Run `go mod tidy` in m, and commit go.mod and go.sum.",
            id="a wrong line in go.sum",
        ),
        pytest.param(
            "updates to go.mod needed",
            "go.mod is incomplete. Run `go mod tidy` in m, and commit go.mod and go.sum.",
            id="an untidy go.mod",
        ),
        pytest.param(
            "no required module provides package example.com/x; to add it:\n\tgo get example.com/x",
            "go.mod requires no module that provides this package. Run `go mod tidy` in m",
            id="a missing requirement",
        ),
        pytest.param(
            "inconsistent vendoring in /tmp/pants-sandbox-A/tree/m:",
            "vendor/ is out of sync with go.mod. Run `go mod vendor` in m, and commit",
            id="an old vendor directory",
        ),
        pytest.param(
            "cannot find module providing package example.com/x: module lookup disabled",
            "go.mod requires no module that provides this package. Run `go mod tidy` in m, and",
            id="a package that no module provides",
        ),
        pytest.param(
            "cannot find module providing package example.com/x: import lookup disabled by "
            "-mod=vendor",
            "vendor/ lacks the package. Run `go mod tidy` and `go mod vendor` in m, and commit the",
            id="a package that is not vendored",
        ),
        pytest.param(
            "found packages main (main.go) and x (x.go) in /tmp/pants-sandbox-A/tree/m",
            "All Go files in a directory belong to one package. Correct the `package` clause",
            id="two packages in a directory",
        ),
        pytest.param(
            "import cycle not allowed",
            "Move what the packages share to a package that imports neither.",
            id="packages that import each other",
        ),
        pytest.param(
            "pattern data/*: no matching files found",
            "A `//go:embed` pattern matches nothing. Check that the files exist, and that nothing",
            id="an embedded file that is missing",
        ),
        pytest.param(
            "use of internal package example.com/x/internal/y not allowed",
            "Only code in the tree of its parent directory can import packages below",
            id="an internal package of others",
        ),
        pytest.param(
            "package foo/bar is not in std (/tmp/pants-sandbox-A/sdk/src/foo/bar)",
            "Check the import path: Go looks in the standard library if its first element",
            id="a package that the standard library has not",
        ),
    ],
)
def test_an_error_of_go_has_its_position_and_the_next_step(message: str, advice: str) -> None:
    said = explain(package(MAIN, error(message)))
    assert said.startswith("m/cmd/main.go:3:8: ")
    assert f"\n\n{advice}" in said


def test_a_missing_package_of_the_same_module_does_not_suggest_go_mod_tidy() -> None:
    message = f"no required module provides package {MODULE}/gen; to add it:\n\tgo get {MODULE}/gen"
    said = explain(package(MAIN, error(message)))
    assert "The package belongs to this module, example.com/m, but its directory has" in said
    assert "go mod tidy" not in said


def test_the_advice_names_the_root_of_the_repository() -> None:
    said = explain(package(MAIN, error("updates to go.mod needed")), directory="")
    assert "Run `go mod tidy` in the repository's root" in said
    assert said.startswith("cmd/main.go:3:8: ")


def test_equal_errors_are_shown_once() -> None:
    said = explain(package(MAIN, error("one"), error("one"), error("two")))
    assert said == "m/cmd/main.go:3:8: one\n\nm/cmd/main.go:3:8: two"


@pytest.mark.parametrize(("directory", "go_mod"), [("m", "m/go.mod"), ("", "./go.mod")])
def test_a_listing_that_fails_as_a_whole_names_the_go_mod(directory: str, go_mod: str) -> None:
    said = explain_failed_listing(b"go: updates to go.mod needed\n", directory)
    assert said.startswith(
        f"`go list` cannot read the module of {go_mod}:\n\ngo: updates to go.mod needed\n\n"
        "go.mod is incomplete. Run `go mod tidy` in "
    )
