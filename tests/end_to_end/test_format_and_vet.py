"""docs/format-and-vet.md: `fmt`, `lint` and `check`, also alongside Pants's own Go backend."""

from __future__ import annotations

import toml

from end_to_end.pages import blocks_of, follow
from end_to_end.repository import Repository
from end_to_end.test_go_tests import summary

PAGE = "docs/format-and-vet.md"
UNTIDY = "package {0}\n\nfunc  Wrong(a int) {{ a = a }}\n"
TEST = 'package {0}\n\nimport "testing"\n\nfunc TestIt(*testing.T) {{}}\n'
GO_MOD = "module example.com/{0}\n\ngo 1.21\n"


def test_the_session_of_the_page(project: Repository) -> None:
    project.write(
        {
            "greet/BUILD": 'go_module(name="mod")\n',
            "greet/go.mod": GO_MOD.format("greet"),
            "greet/simple/simple.go": "package simple\n\nvar x = [][]int{[]int{1}}\n",
        }
    )
    source, session, simplify, *_ = blocks_of(PAGE)
    follow(project, [source, session])

    assert "func Hello" in (project.root / "greet/greet.go").read_text()
    project.pants("lint", "::").succeeded()
    project.pants("lint", "check", "greet/simple::").succeeded()
    unchanged = project.pants("--stats-log", "lint", "check", "greet/simple::").succeeded()
    # The search for Go, as in every run.
    assert "local_execution_requests: 1\n" in unchanged.log
    project.pants("check", "--only=go-static-vet", "greet:mod#.").failed_with("greet/greet.go:7:")

    (scope,), (settings,) = zip(*toml.loads(simplify.text).items())
    options = [f"--{scope}-{name}={value}" for name, value in settings.items()]
    project.pants(*options, "lint", "::").failed_with("greet/simple/simple.go")
    project.pants(*options, "fix", "::").succeeded()
    assert "{{1}}" in (project.root / "greet/simple/simple.go").read_text()


def test_beside_pantss_backend_nothing_runs_twice(both: Repository) -> None:
    both.write(
        {
            "BUILD": 'go_module(name="mod")\ngo_mod(name="gomod")\n',
            "go.mod": GO_MOD.format("both"),
            "theirs/BUILD": "go_package()\n",
            "theirs/theirs.go": UNTIDY.format("theirs"),
            "ours/ours.go": UNTIDY.format("ours"),
            **{f"{name}/{name}_test.go": TEST.format(name) for name in ("theirs", "ours")},
        }
    )
    tested = both.pants("test", "::").succeeded()
    assert summary(tested.log).keys() == {"✓ theirs:theirs", "✓ //:mod#ours"}
    assert "Leaving these Go tests to `[go-test]` of Pants's own Go backend" in tested.log
    tested = both.pants("--go-test-skip", "test", "::").succeeded()
    assert summary(tested.log).keys() == {"✓ //:mod#theirs", "✓ //:mod#ours"}

    formatted = both.pants("lint", "--only=['gofmt', 'go-static-gofmt']", "::")
    formatted.failed_with(
        "gofmt made changes. theirs/theirs.go", "go-static-gofmt made changes. ours/ours.go"
    )
    assert formatted.log.count("theirs/theirs.go") == formatted.log.count("ours/ours.go") == 1
    theirs = both.pants("lint", "--only=go-vet", "::")
    theirs.failed_with("theirs/theirs.go:3:22: self-assignment")
    ours = both.pants("check", "--only=go-static-vet", "::")
    ours.failed_with("ours/ours.go:3:22: self-assignment")
    assert "ours.go" not in theirs.log and "theirs.go" not in ours.log

    (_, skips) = (block for block in blocks_of(PAGE) if block.language == "toml")
    options = [
        f"--{scope}-{name}"
        for scope, settings in toml.loads(skips.text).items()
        for name, value in settings.items()
        if value
    ]
    both.pants(*options, "check", "--only=go-static-vet", "::").failed_with(
        "ours/ours.go:3:22: self-assignment", "theirs/theirs.go:3:22: self-assignment"
    )
    assert "\n+ go-static-gofmt made changes." in both.pants(*options, "fmt", "::").succeeded().log
    for name in ("theirs", "ours"):
        assert "func Wrong" in (both.root / f"{name}/{name}.go").read_text()
    both.pants("lint", "--only=gofmt", "--only=go-static-gofmt", "::").succeeded()
