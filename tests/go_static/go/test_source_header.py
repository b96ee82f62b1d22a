"""The outline of a Go file contains everything that `go list` reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from go_static.go.source_header import go_outline, is_read_for_constraints, read_go_source
from go_static_testing.go_tool import GoTool

# Of the sources of Go: constraints and assembly, cgo, embedded files, and broken code in test data.
DIRECTORIES = ("crypto", "embed", "internal", "net", "os", "runtime", "go/build", "go/parser")

# What is read, and what is not.
ENDS = {
    "no import": ("package p", "\n\nfunc f() {}\n"),
    "nothing else": ("package p", ""),
    "one import": ('package p\nimport "fmt"', "\n\nfunc f() {}\n"),
    "names": ('package p\nimport (\n\ta "b"\n\t. "c"\n\t_ `d`\n)', "\nvar x = `import`\n"),
    "several declarations": (
        'package p; import "a"; import ("b"; "c")\nimport "d"',
        "\n// import\ntype t int\n",
    ),
    "an empty one": ("package p\nimport ()", "\nfunc f() {}\n"),
    "comments with what looks like code": (
        '//package x\n/* import "y" */ package /* p2 */ p // import "q"\nimport /* ( */ "a"',
        " // )\n/* import */\nconst c = 1\n",
    ),
    "a constraint and a directive": (
        "//go:build linux && !cgo\n\n//go:debug x=1\n\npackage p",
        "\n\nfunc f() {}\n",
    ),
    "a byte order mark": ("\ufeffpackage p", "\nfunc f() {}\n"),
    "lines that end as on Windows": ('package p\r\n\r\nimport "a"', "\r\nfunc f() {}\r\n"),
    "a preamble for cgo": (
        'package p\n\n/*\n#include <x.h>\n*/\nimport "C"',
        "\nfunc f() {}\n",
    ),
}


@pytest.mark.parametrize(("read", "rest"), ENDS.values(), ids=ENDS.keys())
def test_a_file_is_read_to_the_end_of_its_imports(read: str, rest: str) -> None:
    assert go_outline((read + rest).encode()) == f"{read}\n".encode()


@pytest.mark.parametrize(
    ("comment", "read"),
    [
        ("// Package p does it.\n// And more.\n", "//\n//\n"),
        ("// Größe\r\n\n//\n", "//\n\n//\n"),
        ("/* A licence.\n// inside */ // Text.\n", "/* A licence.\n// inside */ //\n"),
        ("// Text.\n//go:build linux\n\n", "//\n//go:build linux\n\n"),
        ("// +build linux\n\n// Text.\n", "// +build linux\n\n//\n"),
        ("//line x.go:7\n//export f\n", "//line x.go:7\n//export f\n"),
        ("// not \ufeff at the beginning\n", "// not \ufeff at the beginning\n"),
    ],
)
def test_the_text_of_a_package_comment_is_left_out(comment: str, read: str) -> None:
    code = 'package p // import "q"\n\n// A comment.\nimport "a"'
    assert go_outline(f"{comment}{code}\nfunc f() {{}}\n".encode()) == f"{read}{code}\n".encode()


def test_a_comment_that_is_not_utf_8_is_kept() -> None:
    assert go_outline(b"// \xff\npackage p\n") == b"// \xff\npackage p\n"


@pytest.mark.parametrize(
    "content",
    [
        'package p\nimport _ "embed"\n//go:embed x\nvar x string\n',
        "package p\nimportant := 1\n",
        'package p\nimport "a\n',
        "package\n",
        "",
        "func f() {}\n",
        "/* package p\n",
        'package p\nimport ("a"\nfunc f() {}\n',
        "package p\x00\n",
    ],
)
def test_a_file_that_go_reads_beyond_its_imports_is_kept_whole(content: str) -> None:
    assert go_outline(content.encode()) == content.encode()


def test_signs_of_cgo_are_searched_in_the_code() -> None:
    dynamic = 'package p\n\n//go:cgo_import_dynamic puts puts "libc.so.6"\n'
    stub = 'package p\n\nvar err = errors.New("p: built with CGO_ENABLED=0")\n'

    assert read_go_source(dynamic.encode()).imports_symbols
    assert not read_go_source(dynamic.replace("//go:", "// go:").encode()).imports_symbols
    assert read_go_source(stub.encode()).refuses
    assert not read_go_source(b"package p\n\n// This needs cgo.\n").refuses


@pytest.mark.parametrize(
    ("path", "read"),
    [("a.s", True), ("a.S", True), ("a.h", True), ("a.f90", True), ("a.txt", False), ("s", False)],
)
def test_constraints_are_read_in_files_that_go_compiles(path: str, read: bool) -> None:
    assert is_read_for_constraints(path) is read


def test_go_list_reads_the_same_from_the_outlines_of_the_sources_of_go(
    go: GoTool, tmp_path: Path
) -> None:
    """Packages of Go itself, on several systems and with cgo."""
    fields = (
        "ImportPath,Name,Imports,TestImports,XTestImports,GoFiles,CgoFiles,SFiles,HFiles,CFiles,"
        "IgnoredGoFiles,IgnoredOtherFiles,TestGoFiles,EmbedPatterns,EmbedFiles,SysoFiles,Error"
    )
    answers = []
    for name, read in (("whole", bytes), ("outline", go_outline)):
        sources = go.root / "src"
        for file in (f for top in DIRECTORIES for f in sorted((sources / top).rglob("*"))):
            if not file.is_file():
                continue
            copy = tmp_path / name / file.relative_to(sources)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if file.suffix == ".go":
                copy.write_bytes(read(file.read_bytes()))
            elif is_read_for_constraints(file.name):
                copy.write_bytes(file.read_bytes())
            elif file.name != "go.mod":
                copy.write_bytes(file.read_bytes() if name == "whole" else b"")
        (tmp_path / name / "go.mod").write_text("module example.com/std\n\ngo 1.21\n")
        said = []
        for cgo, goos in (("0", "linux"), ("1", "linux"), ("0", "windows")):
            text = go.output(
                "list",
                "-e",
                "-find",
                f"-json={fields}",
                "./...",
                cwd=tmp_path / name,
                env={"CGO_ENABLED": cgo, "GOOS": goos, "GOARCH": "amd64"},
            )
            said.append(text.replace(str(tmp_path / name), ""))
        answers.append(said)

    assert len(json.dumps(answers[0])) > 100_000
    assert answers[0] == answers[1]
