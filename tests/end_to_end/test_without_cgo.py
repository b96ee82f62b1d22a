"""Packages that use cgo or shared libraries: the log names whatever is left out without cgo."""

from __future__ import annotations

from end_to_end.repository import Repository
from end_to_end.shapes import built, plain_go


def third_party(project: Repository, module: str, main: str) -> None:
    """Write a program that uses a published module, with the go.mod and go.sum that `go` writes."""
    project.write({"m/go.mod": "module example.com/m\n\ngo 1.22\n", "m/main.go": main})
    plain_go(project, "m", "get", module, GOFLAGS="")
    plain_go(project, "m", "mod", "tidy", GOFLAGS="")
    project.pants("tailor", "::").succeeded()


def test_a_cgo_stub_is_a_warning_at_build_time_and_a_policy_can_deny_it(
    project: Repository,
) -> None:
    third_party(
        project,
        "github.com/mattn/go-sqlite3@v1.14.32",
        'package main\n\nimport (\n\t"database/sql"\n\t"fmt"\n\n'
        '\t_ "github.com/mattn/go-sqlite3"\n)\n\nfunc main() {\n'
        '\tdb, err := sql.Open("sqlite3", ":memory:")\n'
        "\tif err == nil {\n\t\terr = db.Ping()\n\t}\n\tfmt.Println(err)\n}\n",
    )

    result = project.pants("package", "::").succeeded()

    said = " ".join(result.log.split())
    assert "[WARN] m:m: github.com/mattn/go-sqlite3 is a stub without cgo" in said
    assert "imported through: example.com/m → github.com/mattn/go-sqlite3" in said
    assert "Use modernc.org/sqlite" in said
    assert "requires cgo to work. This is a stub" in project.run(project.dist["m/m"])
    project.pants("test", "m:").succeeded()
    (project.root / "m" / "BUILD").write_text(
        'go_module(name="mod")\ngo_static_binary(policy="strict")\n'
    )
    project.pants("test", "m:").failed_with("ES025 stubs: contains github.com/mattn/go-sqlite3")


def test_a_package_that_imports_c_symbols_is_named_before_the_elf_test_fails(
    project: Repository,
) -> None:
    third_party(
        project,
        "github.com/ebitengine/purego@v0.8.4",
        'package main\n\nimport "github.com/ebitengine/purego"\n\n'
        'func main() { purego.Dlopen("libm.so.6", purego.RTLD_NOW) }\n',
    )

    result = project.pants("package", "::").succeeded()

    said = " ".join(result.log.split())
    assert "[WARN] m:m: github.com/ebitengine/purego links shared libraries without cgo" in said
    assert "imported through: example.com/m → github.com/ebitengine/purego" in said
    project.pants("test", "m:").failed_with("ES004 interpreter", "purego")


def test_packages_with_unused_cgo_files_are_reported(project: Repository) -> None:
    with_cgo = '// int x;\nimport "C"\n\nfunc Text() (string, error) { return "cgo", nil }\n'
    project.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/main.go": (
                'package main\n\nimport (\n\t"example.com/m/stub"\n\t"example.com/m/two"\n)\n\n'
                "func main() {\n\ttext, _ := two.Text()\n\t_, err := stub.Text()\n"
                "\tprintln(text, err.Error())\n}\n"
            ),
            "m/two/with.go": f"package two\n\n{with_cgo}",
            "m/two/without.go": (
                "//go:build !cgo\n\npackage two\n\n"
                'func Text() (string, error) { return "pure", nil }\n'
            ),
            "m/stub/with.go": f"package stub\n\n{with_cgo}",
            "m/stub/without.go": (
                '//go:build !cgo\n\npackage stub\n\nimport "errors"\n\n'
                'func Text() (string, error) { return "", errors.New("it requires cgo") }\n'
            ),
        }
    )

    result, said = built(project)

    assert said == {"m/m": "pure it requires cgo"}
    assert "m:m is built without the cgo files of example.com/m/two (with.go)" in result.log
    assert (
        "[WARN] m:m: example.com/m/stub seems to be a stub without cgo: "
        "without.go says that cgo is missing." in result.log
    )
