"""Bad input: each error says what is wrong, where, and what to do, and affects nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from end_to_end.errors_page import PAGE, documented, rows
from end_to_end.programs import tiny_program
from end_to_end.repository import Repository

MODULE = 'go_module(name="mod")\n'
BINARY = 'go_static_binary(name="it"%s)\n'
GO_MOD = "module example.com/bad\n\ngo 1.21\n"
MAIN = "package main\n\nfunc main() {}\n"


def bad(build: str = MODULE + BINARY % "", **files: str) -> dict[str, str]:
    """A module in `bad/`; a keyword names a file, with `__` for `/` and `_` for `.`."""
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    return {
        **{f"bad/{name}": text for name, text in {"go.mod": GO_MOD, **named}.items()},
        "bad/BUILD": build,
    }


CASES = {
    "no go.mod": {"bad/main.go": MAIN, "bad/BUILD": BINARY % ""},
    "no go_module target": bad(BINARY % "", main_go=MAIN),
    "two go_module targets": bad(MODULE + 'go_module(name="other")\n' + BINARY % "", main_go=MAIN),
    "go.mod that cannot be read": {**bad(main_go=MAIN), "bad/go.mod": "module (\n"},
    "go.mod that Go does not understand": {
        **bad(main_go=MAIN),
        "bad/go.mod": GO_MOD + "\nfrobnicate now\n",
    },
    "main is a directory that does not exist": bad(
        MODULE + BINARY % ', main="cmd/nothing"', main_go=MAIN
    ),
    "main is outside the repository": bad(MODULE + BINARY % ', main="../../.."', main_go=MAIN),
    "main is a Go file": bad(MODULE + BINARY % ', main="cmd/main.go"', cmd__main_go=MAIN),
    "main holds no Go file": bad(MODULE + BINARY % ', main="docs"', main_go=MAIN, docs__x_md="x"),
    "main holds no package main": bad(lib_go="package lib\n"),
    "main holds tests only": {**bad(), "bad/x_test.go": "package main\n"},
    "all files are left out by constraints": {
        **bad(main_go="//go:build never\n\npackage main\n"),
        "bad/main_windows.go": MAIN,
    },
    "an import of a package that does not exist": bad(
        main_go='package main\n\nimport _ "example.com/bad/nothing"\n\nfunc main() {}\n'
    ),
    "a module that go.mod does not require": bad(
        main_go='package main\n\nimport _ "example.com/other"\n\nfunc main() {}\n'
    ),
    "a compile error": bad(main_go="package main\n\nfunc main() { undefined() }\n"),
    "an embed pattern without files": bad(
        main_go='package main\n\nimport _ "embed"\n\n//go:embed none/*\nvar x string\n\n'
        "func main() {}\n"
    ),
    "a package that needs cgo": bad(
        main_go='package main\n\nimport _ "example.com/bad/deep"\n\nfunc main() {}\n',
        deep__deep_go='package deep\n\nimport _ "example.com/bad/deep/c"\n',
        deep__c__c_go='package c\n\n// int x;\nimport "C"\n',
    ),
    "an SDK older than go.mod requires": {
        **bad(main_go=MAIN),
        "bad/go.mod": "module example.com/bad\n\ngo 1.99.1\n",
    },
    "a flag that undoes the guarantee": bad(
        MODULE + BINARY % ', ldflags=["-s -linkmode=external"]', main_go=MAIN
    ),
    "a build tag that undoes the guarantee": bad(
        MODULE + BINARY % ', build_tags=["netcgo"]', main_go=MAIN
    ),
    "an architecture that Go has no ELF port for": bad(
        MODULE + BINARY % ', goarch="sparc64"', main_go=MAIN
    ),
    "a version that is not a release": bad(
        'go_module(name="mod", go_sdk="1.26")\n' + BINARY % "", main_go=MAIN
    ),
    "an operating system without static ELF binaries": bad(
        MODULE + BINARY % ', goos="openbsd"', main_go=MAIN
    ),
    "a definition of a variable that does not exist": bad(
        MODULE + BINARY % ', definitions={"main.versoin": "1"}',
        main_go='package main\n\nvar version = "dev"\n\nfunc main() { println(version) }\n',
    ),
    "a definition that is overwritten": bad(
        MODULE + BINARY % ', ldflags=["-X=main.version=1"]',
        main_go="package main\n\nvar version = text()\n\nfunc text() string { return `dev` }\n\n"
        "func main() { println(version) }\n",
    ),
    "a replacement outside of the repository": {
        **bad(main_go=MAIN),
        "bad/go.mod": GO_MOD
        + "\nrequire example.com/x v1.0.0\n\nreplace example.com/x => ../../outside\n",
    },
}


def test_every_row_of_the_page_on_errors_is_checked_by_a_test() -> None:
    directories = (Path(__file__).parent, Path(__file__).parents[1] / "go_static")
    files = [path for directory in directories for path in directory.rglob("test_*.py")]
    tests = "".join(path.read_text() for path in files)
    seen = {*CASES, *re.findall(r"\bdocumented\(\s*\"(.*?)\"\s*\)", tests)}
    assert sorted(rows()) == sorted(seen)


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_a_clear_error_and_leaves_dist_and_other_targets_unchanged(
    case: str, project: Repository
) -> None:
    project.write({**CASES[case], **tiny_program("good")})

    result = project.pants("package", "bad:it").failed_with(*documented(case))

    assert project.dist == {}
    assert "Traceback (most recent call last)" not in result.all_text
    assert "pants-sandbox" not in result.all_text

    project.pants("package", "good::").succeeded()
    assert list(project.dist) == ["good/good"]


def test_a_list_of_architectures_is_refused_with_the_way_to_write_it(project: Repository) -> None:
    project.write(bad(MODULE + BINARY % ', goarch=["amd64", "arm64"]', main_go=MAIN))
    project.pants("package", "bad:it").failed_with(
        *documented("a list where one value is expected")
    )

    project.write({"bad/BUILD": MODULE + BINARY % ', goarch=parametrize("amd64", "arm64")'})
    project.pants("package", "bad:it").succeeded()
    assert list(project.dist) == ["bad/it@goarch=amd64", "bad/it@goarch=arm64"]


def test_the_error_on_the_page_on_cgo_is_real(project: Repository) -> None:
    (shown,) = re.findall(r"```text\n(.*?)```", (PAGE.parent / "cgo.md").read_text(), re.DOTALL)
    project.write(CASES["a package that needs cgo"])
    project.pants("package", "bad:it").failed_with(shown)


def test_a_broken_program_does_not_stop_others_in_its_module_from_building(
    project: Repository,
) -> None:
    project.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/BUILD": (
                MODULE
                + 'go_static_binary(name="good", main="good")\n'
                + 'go_static_binary(name="bad", main="bad")\n'
                + 'go_static_binary(name="missing", main="missing")\n'
                + 'go_static_binary(name="refused", main="good", goos="windows")\n'
            ),
            "m/good/main.go": MAIN,
            "m/bad/main.go": "package main\n\nfunc main( {}\n",
        }
    )

    project.pants("package", "m:good").succeeded()

    assert list(project.dist) == ["m/good"]
    project.pants("package", "m:bad").failed_with("m/bad/main.go:3:12: syntax error")
