"""The listing rejects what cannot be built, with an error that says what to do."""

from __future__ import annotations

import json

import pytest

from end_to_end.errors_page import documented
from go_static.listing.list_module import GoListError
from go_static.listing.package_links import NOT_INDEXED
from go_static_testing.engine import Repository
from go_static_testing.go_tool import GoTool

GO_MOD = "module example.com/m\n\ngo 1.21\n"
BUILD = 'go_module(name="mod")\ngo_static_binary(name="it"{fields})\n'
MAIN = "package main\n\nfunc main() {}\n"


def importing(*paths: str, package: str = "main") -> str:
    imports = "".join(f'import _ "{path}"\n' for path in paths)
    return f"package {package}\n\n{imports}" + ("\nfunc main() {}\n" if package == "main" else "")


def module(files: dict[str, str], fields: str = "") -> dict[str, str]:
    files = {"BUILD": BUILD.format(fields=fields), "go.mod": GO_MOD, **files}
    return {f"m/{name}": content for name, content in files.items()}


ERRORS = {
    "a main directory that does not exist": (
        module({"main.go": MAIN}, ', main="cmd/nothing"'),
        (
            "The directory of the main package does not exist: stat m/cmd/nothing: directory not",
            "Check the `main` field: it is relative to the BUILD file.",
        ),
    ),
    "a main directory without a Go file": (
        module({"main.go": MAIN, "docs/README": ""}, ', main="docs"'),
        ("m/docs has no Go files for this build.", "Check the `main` field"),
    ),
    "a library": (
        module({"lib.go": "package lib\n"}),
        ("m contains `package lib`, not `package main`, so it is not a program.",),
    ),
    "a package of tests alone": (
        module({"x_test.go": "package main\n"}),
        ("m contains only tests, not a program.", "Check the `main` field."),
    ),
    "a program for another system": (
        module({"main_windows.go": MAIN}),
        (
            "m has no Go files for this build: build constraints exclude main_windows.go.",
            "`goos`, `goarch` and `build_tags`",
        ),
    ),
    "a package that needs cgo": (
        module(
            {
                "main.go": importing("example.com/m/store"),
                "store/store.go": importing("example.com/m/sqlite", package="store"),
                "sqlite/sqlite.go": 'package sqlite\n\nimport "C"\n',
                "sqlite/more.go": 'package sqlite\n\nimport "C"\n',
            }
        ),
        (
            "example.com/m/sqlite needs cgo, but static binaries are built without it: all its Go "
            'files import "C" or need cgo (more.go, sqlite.go).',
            "imported through: example.com/m → example.com/m/store → example.com/m/sqlite",
            "Use a pure Go package instead",
        ),
    ),
    "an imported package for another system": (
        module(
            {
                "main.go": importing("example.com/m/win"),
                "win/a_windows.go": "package win\n",
            }
        ),
        (
            "build constraints exclude all Go files in m/win",
            "imported through: example.com/m → example.com/m/win",
            "files left out: a_windows.go",
            "Exclude the import from this program with a build constraint",
        ),
    ),
    "a package that no module has": (
        module({"main.go": importing("example.org/nothing")}),
        (
            "m/main.go:3:8: no required module provides package example.org/nothing",
            "Run `go mod tidy` in m",
        ),
    ),
    "a package of this module that is missing": (
        module({"main.go": importing("example.com/m/gen/pb")}),
        (
            "m/main.go:3:8: ",
            "example.com/m/gen/pb",
            "its directory has no Go files. Check the import path, that the files are "
            "generated or committed",
        ),
    ),
    "a package that the standard library has not": (
        module({"main.go": importing("net/htpp")}),
        (
            "m/main.go:3:8: package net/htpp is not in std",
            "Go looks in the standard library if its first element has no dot.",
        ),
    ),
    "an internal package of others": (
        module(
            {
                "main.go": importing("example.com/m/a/internal/x"),
                "a/internal/x/x.go": "package x\n",
            }
        ),
        (
            "m/main.go:3:8: use of internal package example.com/m/a/internal/x not allowed",
            "can import packages below `internal`.",
        ),
    ),
    "an embedded file that is missing": (
        module(
            {"main.go": 'package main\n\nimport _ "embed"\n\n//go:embed data.txt\nvar d string\n'}
        ),
        (
            "m/main.go:5:12: pattern data.txt: no matching files found",
            "A `//go:embed` pattern matches nothing.",
        ),
    ),
    "an import cycle": (
        module(
            {
                "main.go": importing("example.com/m/a"),
                "a/a.go": importing("example.com/m/b", package="a"),
                "b/b.go": importing("example.com/m/a", package="b"),
            }
        ),
        (
            "import cycle not allowed",
            "packages share",
            "example.com/m/a → example.com/m/b → example.com/m/a",
        ),
    ),
    "a syntax error": (
        module({"main.go": "package main\n\nimport (\n"}),
        ("m/main.go:3:",),
    ),
    "two packages in a directory": (
        module({"main.go": MAIN, "other.go": "package other\n"}),
        documented("two packages in a directory"),
    ),
    "a library's file before that of the program": (
        module({"main.go": MAIN, "lib.go": "package lib\n"}),
        ("found packages lib (lib.go) and main (main.go) in m", "belong to one package."),
    ),
    "a vendored package whose files are gone": (
        module(
            {
                "go.mod": GO_MOD + "\nrequire example.com/lib v1.0.0\n",
                "main.go": importing("example.com/lib"),
                "vendor/modules.txt": (
                    "# example.com/lib v1.0.0\n## explicit; go 1.21\nexample.com/lib\n"
                ),
                "vendor/example.com/lib/LICENSE": "",
            }
        ),
        documented("a vendored package whose files are gone"),
    ),
    "a vendor directory without a modules.txt": (
        module(
            {
                "go.mod": GO_MOD + "\nrequire example.com/lib v1.0.0\n",
                "go.sum": "example.com/lib v1.0.0 h1:AAAA=\n",
                "main.go": importing("example.com/lib"),
                "vendor/example.com/lib/lib.go": "package lib\n",
            }
        ),
        ("inconsistent vendoring in m", "Run `go mod vendor` in m, and commit the result."),
    ),
    "a line missing in go.sum": (
        module(
            {
                "go.mod": GO_MOD + "\nrequire example.org/x v1.0.0\n",
                "main.go": importing("example.org/x"),
            }
        ),
        (
            "m/main.go:3:8: missing go.sum entry for module providing package example.org/x",
            "go.sum is incomplete. Run `go mod tidy` in m, and commit go.mod and go.sum.",
        ),
    ),
    "a command that no module has": (
        module({"main.go": MAIN}, ', main="example.org/cmd/tool"'),
        (
            "no required module provides package example.org/cmd/tool",
            "(or `go get` for a command that no source file imports)",
        ),
    ),
    "a vendor directory that is out of sync": (
        module(
            {
                "go.mod": GO_MOD + "\nrequire example.org/x v1.0.0\n",
                "main.go": MAIN,
                "vendor/modules.txt": "",
            }
        ),
        ("inconsistent vendoring in m", "Run `go mod vendor` in m, and commit the result."),
    ),
    "a go.mod with an unknown directive": (
        module({"go.mod": GO_MOD + "\nfrobnicate now\n", "main.go": MAIN}),
        ("`go list` cannot read the module of m/go.mod:", " m/go.mod:5: unknown directive: frob"),
    ),
}


@pytest.mark.parametrize(
    ("files", "parts"), [pytest.param(*case, id=name) for name, case in ERRORS.items()]
)
def test_a_binary_that_cannot_be_built_has_an_error_with_the_next_step(
    repository: Repository, files: dict[str, str], parts: tuple[str, ...]
) -> None:
    repository.write(files)
    # Nothing of the sandbox, and no path that has the module's directory twice.
    never = ("pants-sandbox", "/tree/", " m/m/", "\nm/m/")
    with repository.fails(GoListError, *parts, never=never):
        repository.build("m:it#binary")


def test_an_error_names_the_target_and_its_platform(repository: Repository) -> None:
    repository.write(module({"lib.go": "package lib\n"}, ', goarch=parametrize("arm64", "s390x")'))
    with repository.fails(GoListError, "m:it@goarch=s390x cannot be built for linux/s390x: "):
        repository.build("m:it#binary@goarch=s390x")


def test_a_binary_that_cannot_be_built_does_not_stop_others(repository: Repository) -> None:
    repository.write(
        {
            **module({"good/main.go": MAIN, "bad/main.go": importing("example.org/nothing")}),
            "m/BUILD": (
                'go_module(name="mod")\n'
                'go_static_binary(name="good", main="good")\n'
                'go_static_binary(name="bad", main="bad")\n'
                'go_static_binary(name="wrong", main="good", goos="windows")\n'
                'go_static_binary(name="out", main="../../..")\n'
            ),
        }
    )
    listing = repository.listing("m:good#binary", "m")
    assert set(listing.files) == {"./good"}
    assert {p for p, binary in listing.listed.binaries.items() if binary.error} == {"./bad"}


def test_the_files_of_a_binary_are_those_that_go_list_names(
    repository: Repository, go: GoTool
) -> None:
    repository.write(
        module(
            {
                "main.go": importing("example.com/m/a", "example.com/m/b", "fmt"),
                "a/a.go": '//go:build linux\n\npackage a\n\nimport _ "example.com/m/c"\n',
                "a/a_windows.go": "package a\n",
                "a/asm_amd64.s": "// nothing\n",
                "a/asm_arm64.s": "// nothing\n",
                "a/tagged.go": '//go:build netgo\n\npackage a\n\nimport _ "example.com/m/d"\n',
                "a/cgo.go": '//go:build cgo\n\npackage a\n\nimport _ "example.com/m/never"\n',
                "b/b.go": (
                    'package b\n\nimport "embed"\n\n//go:embed all:t x.txt\nvar X embed.FS\n'
                ),
                "b/t/.hidden": "",
                "b/t/_x": "",
                "b/t/deep/y": "",
                "b/x.txt": "",
                "c/c.go": "package c\n",
                "c/c.syso": "",
                "d/d.go": "package d\n",
                "never/n.go": "package never\n",
                "unused/u.go": "package unused\n",
            }
        )
    )
    (ours,) = repository.listing("m:it#binary", "m").files.values()

    said = go.output(
        "list",
        "-deps",
        "-tags=netgo,osusergo",
        "-json=Standard,Dir,GoFiles,HFiles,SFiles,SysoFiles,EmbedFiles",
        cwd=repository.root / "m",
        env={"CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": "amd64"},
    )
    theirs = set()
    decoder = json.JSONDecoder()
    while said.strip():
        item, end = decoder.raw_decode(said.lstrip())
        said = said.lstrip()[end:]
        if not item.get("Standard"):
            for field in ("GoFiles", "HFiles", "SFiles", "SysoFiles", "EmbedFiles"):
                theirs |= {f"{item['Dir']}/{file}" for file in item.get(field) or ()}
    # The module's own files are what `go list` does not name.
    named = {str(repository.root / file.path) for file in ours.loose} - {
        str(repository.root / "m/go.mod")
    }
    for directory, digest in ours.directories.items():
        files = set(repository.contents(digest)) - {NOT_INDEXED}
        named |= {str(repository.root / directory / file) for file in files}
    assert set(ours.directories) == {"m/a", "m/c", "m/d"}
    assert named == theirs
    assert len(theirs) == 12
