"""`pants tailor` proposes a target for every go.mod and `package main`, and for nothing else."""

from __future__ import annotations

import pytest

from go_static.goals.target_names import Place, Program, place_programs
from go_static_testing.engine import Repository

MAIN = "package main\n\nfunc main() {}\n"
TREE = {
    "m/go.mod": "module example.com/tools/v2\n\ngo 1.21\n",
    "m/main.go": MAIN,
    "m/lib/lib.go": "package lib\n",
    "m/cmd/one/main.go": MAIN,
    "m/cmd/windows/main_windows.go": MAIN,
    "m/cmd/generator/gen.go": f"//go:build ignore\n\n{MAIN}",
    "m/cmd/tests/main_test.go": "package main\n",
    "m/testdata/main.go": MAIN,
    "m/_old/main.go": MAIN,
    "m/vendor/modules.txt": "",
    "m/vendor/example.com/v/go.mod": "module example.com/v\n",
    "m/vendor/example.com/v/main.go": MAIN,
    "m/nested/go.mod": "module example.com/nested\n\ngo 1.21\n",
    "m/nested/cmd/two/main.go": MAIN,
    "m/testdata/mod/go.mod": "module example.com/testdata\n",
}
ALL = (
    "",
    "m",
    "m/lib",
    "m/cmd",
    "m/cmd/one",
    "m/cmd/windows",
    "m/cmd/generator",
    "m/cmd/tests",
    "m/testdata",
    "m/_old",
    "m/nested",
    "m/nested/cmd/two",
    "m/testdata/mod",
    "m/vendor/example.com/v",
)


def test_a_program_of_a_module_in_a_module_is_proposed_once(repository: Repository) -> None:
    repository.write(
        {
            "go.mod": "module example.com/rooted\n\ngo 1.21\n",
            "main.go": MAIN,
            "a/b/go.mod": "module example.com/deep\n\ngo 1.21\n",
            "a/b/cmd/deep/main.go": MAIN,
        }
    )
    proposed = repository.tailor("", "a", "a/b", "a/b/cmd", "a/b/cmd/deep")
    assert {key: target.name for key, target in proposed.items()} == {
        ("", "go_module"): "mod",
        ("", "go_static_binary"): "rooted",
        ("a/b", "go_module"): "mod",
        ("a/b/cmd/deep", "go_static_binary"): "deep",
    }


def test_modules_and_programs_are_proposed_unless_go_ignores_them(
    repository: Repository,
) -> None:
    repository.write(TREE)
    proposed = {key: target.name for key, target in repository.tailor(*ALL).items()}
    assert proposed == {
        ("m", "go_module"): "mod",
        ("m/nested", "go_module"): "mod",
        # `go build` names the file the same way: a major version is not a name.
        ("m", "go_static_binary"): "tools",
        ("m/cmd/one", "go_static_binary"): "one",
        ("m/nested/cmd/two", "go_static_binary"): "two",
    }


def test_a_go_work_gets_an_owner_once(repository: Repository) -> None:
    work = "go 1.21\n\nuse ./m\n"
    repository.write(
        {
            "go.work": work,
            "owned/go.work": work,
            "owned/BUILD": 'files(name="other", sources=["go.work"])\n',
            "testdata/go.work": work,
            "vendor/x/go.work": work,
        }
    )
    proposed = repository.tailor("", "owned", "testdata", "vendor/x")
    assert [(key, target.name, dict(target.kwargs)) for key, target in proposed.items()] == [
        (("", "files"), "workspace", {"sources": ("go.work*",), "name": "workspace"})
    ]


def test_only_the_requested_directories_get_targets(repository: Repository) -> None:
    repository.write(TREE)
    assert set(repository.tailor("m/cmd/one")) == {("m/cmd/one", "go_static_binary")}
    assert set(repository.tailor("m/lib")) == set()


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(
            {"m/cmd/one/BUILD": 'go_static_binary(name="other")\n'}, id="next to its main package"
        ),
        pytest.param(
            {"m/BUILD": 'go_static_binary(name="x", main="cmd/one")\n'}, id="in a directory above"
        ),
        pytest.param(
            {
                "m/BUILD": (
                    'go_static_binary(name="x", main="cmd/one",'
                    ' goarch=parametrize("amd64", "arm64"))\n'
                )
            },
            id="with parameters",
        ),
    ],
)
def test_a_program_that_has_a_binary_is_not_proposed_again(
    repository: Repository, build: dict[str, str]
) -> None:
    repository.write({**TREE, **build})
    assert ("m/cmd/one", "go_static_binary") not in repository.tailor(*ALL)


def test_a_module_that_has_a_target_is_not_proposed_again(repository: Repository) -> None:
    repository.write({**TREE, "m/BUILD": 'go_module(name="any")\n'})
    assert ("m", "go_module") not in repository.tailor(*ALL)
    assert ("m/nested", "go_module") in repository.tailor(*ALL)


def test_tailor_can_be_switched_off(repository: Repository) -> None:
    repository.configure("--no-go-static-tailor")
    repository.write(TREE)
    assert repository.tailor(*ALL) == {}


def test_a_broken_module_does_not_affect_proposals_for_others(
    repository: Repository, broken_go_mod: str
) -> None:
    repository.configure("--go-sdk-known-versions=[]")
    repository.write(
        {
            "x/go.mod": broken_go_mod,
            "x/main.go": MAIN,
            "y/go.mod": "module example.com/y\n",
            "y/main.go": MAIN,
        }
    )
    proposed = repository.tailor("x", "y")
    assert ("y", "go_static_binary") in proposed
    assert ("x", "go_module") in proposed


def test_a_module_at_the_root_gets_its_targets_there(repository: Repository) -> None:
    repository.write({"go.mod": "module example.com/root\n", "main.go": MAIN})
    assert set(repository.tailor("")) == {("", "go_module"), ("", "go_static_binary")}


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        pytest.param("", ("m/cmd/one", "one", {}), id="nothing is there"),
        pytest.param(
            "files(name='one', sources=['*.txt'])\n",
            ("m", "one", {"main": "cmd/one"}),
            id="its name is taken",
        ),
    ],
)
def test_a_name_that_is_taken_next_to_a_program_is_given_in_its_module(
    repository: Repository, build: str, expected: tuple[str, str, dict[str, str]]
) -> None:
    files = {"m/go.mod": TREE["m/go.mod"], "m/cmd/one/main.go": MAIN, "m/cmd/one/BUILD": build}
    repository.write(files)
    targets = repository.tailor(*ALL).values()
    assert expected in [(target.path, target.name, dict(target.kwargs)) for target in targets]


ONE = Program("m/cmd/one", "one", "m")


@pytest.mark.parametrize(
    ("programs", "taken", "editable", "expected"),
    [
        pytest.param([ONE], {}, ["m"], [Place("m/cmd/one", "one")], id="free"),
        pytest.param(
            [ONE], {"m/cmd/one": {"one"}}, ["m"], [Place("m", "one", "cmd/one")], id="taken"
        ),
        pytest.param(
            [ONE],
            {"m/cmd/one": {"one"}, "m": {"one"}},
            ["m"],
            [Place("m/cmd/one", "one-static")],
            id="taken in the module too",
        ),
        pytest.param(
            [ONE],
            {"m/cmd/one": {"one"}},
            ["m/cmd/one"],
            [Place("m/cmd/one", "one-static")],
            id="the module's BUILD file is not to be changed",
        ),
        pytest.param(
            [ONE, Program("m/tools/one", "one", "m")],
            {"m/cmd/one": {"one"}, "m/tools/one": {"one"}},
            ["m"],
            [Place("m", "one", "cmd/one"), Place("m/tools/one", "one-static")],
            id="two of one name",
        ),
        pytest.param(
            [Program("v1.2/hello.go", "hello", "")],
            {"v1.2/hello.go": {"hello"}},
            [""],
            [Place("", "hello", "./v1.2/hello.go/")],
            id="a directory that looks like an import path",
        ),
        pytest.param([Program("", "one", "")], {"": {"one"}}, [""], [Place("", "one-static")]),
    ],
)
def test_programs_get_names_that_a_person_would_choose(
    programs: list[Program],
    taken: dict[str, set[str]],
    editable: list[str],
    expected: list[Place],
) -> None:
    in_use = {directory: frozenset(names) for directory, names in taken.items()}
    assert list(place_programs(programs, in_use, frozenset(editable))) == expected
