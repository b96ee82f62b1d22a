"""Bad input: each error says what is wrong, where, and what to do; and it stays where it is."""

from __future__ import annotations

import pytest

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
    "no go.mod": (
        {"bad/main.go": MAIN, "bad/BUILD": BINARY % ""},
        (
            "bad:it: there is no go.mod in bad or in a directory above it",
            "Check the `main` field, or make a module there: `go mod init example.com/name`.",
        ),
    ),
    "no go_module target": (
        bad(BINARY % "", main_go=MAIN),
        (
            "No `go_module` target owns bad/go.mod",
            'Run `pants tailor bad::`, or add `go_module(name="mod")` to bad/BUILD.',
        ),
    ),
    "two go_module targets": (
        bad(MODULE + 'go_module(name="other")\n' + BINARY % "", main_go=MAIN),
        ("More than one `go_module` target stands for bad/go.mod", "Remove all but one."),
    ),
    "go.mod that cannot be read": (
        {**bad(main_go=MAIN), "bad/go.mod": "module (\n"},
        ("bad/go.mod", "Correct the file"),
    ),
    "go.mod that Go does not understand": (
        {**bad(main_go=MAIN), "bad/go.mod": GO_MOD + "\nfrobnicate now\n"},
        (
            "`go list` cannot read the module of bad/go.mod:",
            "bad/go.mod:5: unknown directive: frobnicate",
        ),
    ),
    "main is a directory that does not exist": (
        bad(MODULE + BINARY % ', main="cmd/nothing"', main_go=MAIN),
        (
            "bad:it cannot be built for linux/amd64: The directory of the main package does not "
            "exist: stat bad/cmd/nothing",
            "Check the `main` field: it is relative to the BUILD file.",
        ),
    ),
    "main leads out of the repository": (
        bad(MODULE + BINARY % ', main="../../.."', main_go=MAIN),
        ("bad:it: main=`../../..` leads out of the repository.",),
    ),
    "main holds no Go file": (
        bad(MODULE + BINARY % ', main="docs"', main_go=MAIN, docs__x_md="x"),
        ("bad/docs has no Go file that belongs to this build.", "Check the `main` field"),
    ),
    "main holds no package main": (
        bad(lib_go="package lib\n"),
        ("bad holds `package lib`, not `package main`, so it is no program.",),
    ),
    "main holds tests only": (
        {**bad(), "bad/x_test.go": "package main\n"},
        ("bad holds tests only, and no program.",),
    ),
    "all files are left out by constraints": (
        {**bad(main_go="//go:build never\n\npackage main\n"), "bad/main_windows.go": MAIN},
        (
            "bad has no Go file that belongs to this build: build constraints leave out main.go, "
            "main_windows.go",
        ),
    ),
    "an import that does not exist": (
        bad(main_go='package main\n\nimport _ "example.com/bad/nothing"\n\nfunc main() {}\n'),
        (
            "bad/main.go:3:8: no required module provides package example.com/bad/nothing",
            "The package would be in this module, example.com/bad, but there is no such directory",
        ),
    ),
    "a module that go.mod does not require": (
        bad(main_go='package main\n\nimport _ "example.com/other"\n\nfunc main() {}\n'),
        (
            "bad/main.go:3:8: no required module provides package example.com/other",
            "Run `go mod tidy` in bad",
        ),
    ),
    "a compile error": (
        bad(main_go="package main\n\nfunc main() { undefined() }\n"),
        ("bad:it cannot be built for linux/amd64. `go build` said:", "bad/main.go:3:15: undefined"),
    ),
    "an embed pattern without files": (
        bad(
            main_go='package main\n\nimport _ "embed"\n\n//go:embed none/*\nvar x string\n\n'
            "func main() {}\n"
        ),
        ("pattern none/*: no matching files found", "A `//go:embed` pattern matches nothing."),
    ),
    "a package that needs cgo": (
        bad(
            main_go='package main\n\nimport _ "example.com/bad/deep"\n\nfunc main() {}\n',
            deep__deep_go='package deep\n\nimport _ "example.com/bad/deep/c"\n',
            deep__c__c_go='package c\n\n// int x;\nimport "C"\n',
        ),
        (
            "example.com/bad/deep/c needs cgo, which a static binary is built without",
            "(c.go)",
            "imported through: example.com/bad → example.com/bad/deep → example.com/bad/deep/c",
            "Use a package in its place that is written in Go alone",
        ),
    ),
    "an SDK that is older than go.mod asks": (
        {**bad(main_go=MAIN), "bad/go.mod": "module example.com/bad\n\ngo 1.99.1\n"},
        (
            "No Go SDK was found: needed is at least Go 1.99.1, which bad/go.mod asks for.",
            "On the search path ([go-sdk].search_paths): Go 1.",
            "Known for download on linux_",
            "Install such a Go and put it on the PATH, or add its archive to",
        ),
    ),
    "a flag that undoes the guarantee": (
        bad(MODULE + BINARY % ', ldflags=["-s -linkmode=external"]', main_go=MAIN),
        (
            "bad:it: ldflags: `-linkmode=external` is refused, because",
            "Remove `-linkmode` from ldflags.",
        ),
    ),
    "an operating system without static ELF binaries": (
        bad(MODULE + BINARY % ', goos="openbsd"', main_go=MAIN),
        (
            "bad:it: goos=`openbsd`: no statically linked ELF binary can be built for openbsd",
            "Use one of dragonfly, freebsd, linux, netbsd.",
        ),
    ),
    "a replacement outside of the repository": (
        {
            **bad(main_go=MAIN),
            "bad/go.mod": GO_MOD
            + "\nrequire example.com/x v1.0.0\n\nreplace example.com/x => ../../outside\n",
        },
        (
            "bad/go.mod: `replace example.com/x => ../../outside` names a directory outside of the "
            "repository, which a hermetic build cannot see.",
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_gets_a_clear_error_and_leaves_dist_and_other_targets_alone(
    case: str, project: Repository
) -> None:
    files, expected = CASES[case]
    project.write({**files, **tiny_program("good")})

    result = project.pants("package", "bad:it").failed_with(*expected)

    assert project.dist == {}
    assert "Traceback (most recent call last)" not in result.all_text
    assert "pants-sandbox" not in result.all_text

    project.pants("package", "good::").succeeded()
    assert list(project.dist) == ["good/good"]


def test_a_broken_program_keeps_no_other_of_its_module_from_being_built(
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
