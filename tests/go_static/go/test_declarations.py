"""What Go files declare, compared with Go's own parser, and what that means for `-X`."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_static.go.declarations import MAX_SIZE, Declared, declarations
from go_static.go.definitions import (
    Definition,
    definitions,
    explain_definition,
    explain_main_package,
    explain_unknown_package,
)
from go_static.go.flags import BuildFlags
from go_static_testing.go_tool import GoTool

_KEYWORDS = {
    Declared.VARIABLE: "var",
    Declared.COMPUTED: "var",
    Declared.NOT_A_STRING: "var",
    Declared.CONSTANT: "const",
    Declared.FUNCTION: "func",
    Declared.TYPE: "type",
}


@pytest.mark.slow
def test_the_standard_library_and_its_tests_are_read_as_go_reads_them(
    go: GoTool, pytestconfig: pytest.Config
) -> None:
    """`--all-releases` reads all files. By default, it is every fifth."""
    reader = Path(__file__).with_name("declared.go")
    listed = go.output(
        "run", "-trimpath", str(reader), str(go.root / "src"), env={"CGO_ENABLED": "0"}
    )
    # Files in `testdata` declare a name twice.
    files = [line for line in listed.splitlines() if "/testdata/" not in line]
    assert len(files) > 1000
    for line in files[:: 1 if pytestconfig.getoption("all_releases") else 5]:
        path, *expected = line.split(" ")
        found = declarations(Path(path).read_text(errors="replace"))
        assert found is not None, path
        names = {f"{_KEYWORDS[kind]}:{name}" for name, kind in found.items() if name != "_"}
        assert names == {name for name in expected if not name.endswith(":_")}, path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('var a = "x"', Declared.VARIABLE),
        ("var a string", Declared.VARIABLE),
        ("var (\n\tb = f()\n\ta string // set by -X\n)", Declared.VARIABLE),
        ("var (b, c = 1, 2; a = `x`)", Declared.VARIABLE),
        ("var b, a = f()", Declared.VARIABLE),
        ("var a = b", Declared.VARIABLE),
        ('var a = "x" +\n\tf()', Declared.VARIABLE),
        ('var a = string("x")', Declared.VARIABLE),
        ('var a = ("x")', Declared.VARIABLE),
        ("var a Text", Declared.VARIABLE),
        ("var a = f()", Declared.COMPUTED),
        ("var a string = strings.Repeat(`x`, 3)", Declared.COMPUTED),
        ("var a = func() string {\n\tvar c = 1\n\treturn `}`\n}()", Declared.COMPUTED),
        ("var a int", Declared.NOT_A_STRING),
        ("var a = 1\nvar b []string", Declared.VARIABLE),
        ("var a []string", Declared.NOT_A_STRING),
        ("var a func() string = f", Declared.NOT_A_STRING),
        ("const a = 1", Declared.CONSTANT),
        ("const (\n\tb = iota\n\ta\n)", Declared.CONSTANT),
        ("func a() { var x = '}'; _ = x }", Declared.FUNCTION),
        ("func a[T any](t T) {}", Declared.FUNCTION),
        ("type a struct { b string }", Declared.TYPE),
        ("func (r R) a() {}", None),
        ("func f() {\n\tvar a string\n}", None),
        ("/* var a string */ // var a string\nvar b = `\nvar a string\n`", None),
        ("type t struct {\n\ta string\n}", None),
    ],
)
def test_each_declared_name_has_its_kind(text: str, expected: Declared | None) -> None:
    found = declarations(f"package main\n\n{text}\n")
    assert found is not None
    assert found.get("a") is expected


@pytest.mark.parametrize(
    "text", ["var a = `", 'var a = "x', "/* var a", "var a = (", "}", "var a = 'x", "\n" * MAX_SIZE]
)
def test_a_file_that_cannot_be_understood_has_no_declarations(text: str) -> None:
    assert declarations(f"package main\n{text}\n") is None


def test_both_fields_define_variables() -> None:
    flags = BuildFlags.create(
        ldflags=[
            "all=-s -X=main.a=1",
            "-X 'example.com/m/v2.b=two words'",
            *("--X", "main.c=-X", "-w"),
        ],
        definitions=[("gopkg.in/yaml.v3.d", "x=y")],
    )
    assert [(d.field, d.package, d.variable) for d in definitions(flags)] == [
        ("ldflags", "main", "a"),
        ("ldflags", "example.com/m/v2", "b"),
        ("ldflags", "main", "c"),
        ("definitions", "gopkg.in/yaml.v3", "d"),
    ]


DECLARED = {
    "version": Declared.VARIABLE,
    "Commit": Declared.VARIABLE,
    "date": Declared.COMPUTED,
    "name": Declared.CONSTANT,
    "onWindows": Declared.ELSEWHERE,
}


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("version", ""),
        ("onWindows", ""),
        (
            "versoin",
            "definitions: m/cmd declares no variable `versoin`, so the linker would ignore "
            "main.versoin. Did you mean main.version?\n\nCorrect the name, or declare `var versoin "
            "string`.",
        ),
        (
            "commit",
            "definitions: m/cmd declares no variable `commit`, so the linker would ignore "
            "main.commit. Did you mean main.Commit?\n\nCorrect the name, or declare `var commit "
            "string`.",
        ),
        (
            "x",
            "definitions: m/cmd declares no variable `x`, so the linker would ignore main.x. "
            "Its variables: Commit, version.\n\nCorrect the name, or declare `var x string`.",
        ),
        (
            "date",
            "definitions: main.date is a variable that is initialized by a function call in m/cmd, "
            "which overwrites the value when the program starts.\n\nInitialize it with a constant "
            "or not at all, and call the function in `init` if it is empty.",
        ),
        (
            "name",
            "definitions: main.name is a constant in m/cmd; the linker only sets string variables."
            "\n\nDeclare it as `var name string`, or remove it from definitions.",
        ),
    ],
)
def test_a_definition_that_the_linker_would_ignore_is_explained(variable: str, said: str) -> None:
    definition = Definition("definitions", "main", variable)
    assert explain_definition(definition, "m/cmd", DECLARED) == said


def test_packages_under_other_names_are_explained() -> None:
    definition = Definition("ldflags", "example.com/m/verison", "Version")
    assert explain_unknown_package(definition, ["example.com/m", "example.com/m/version"]) == (
        "ldflags: the program does not contain the package example.com/m/verison, so the linker "
        "ignores example.com/m/verison.Version. Did you mean example.com/m/version.Version?"
    )
    assert explain_main_package(definition) == (
        "ldflags: example.com/m/verison is the main package, which the linker calls `main`, so it "
        "would ignore example.com/m/verison.Version.\n\nWrite main.Version."
    )
