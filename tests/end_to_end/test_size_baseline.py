"""docs/inspect.md: a binary that grows by more than its committed baseline allows."""

from __future__ import annotations

import json

from end_to_end.errors_page import documented
from end_to_end.pages import blocks_of, follow
from end_to_end.programs import GO_MOD
from end_to_end.repository import Repository

SMALL = "package main\n\nfunc main() { println() }\n"
LARGE = """\
package main

import "example.com/greeting"

func main() { println(greeting.Text()) }
"""
# Inlined into the program, so all that grows is the standard library.
GREETING = """\
package greeting

import "fmt"

func Text() string { return fmt.Sprint("hello", 1.5) }
"""


def test_an_import_that_makes_a_binary_too_large_is_named(project: Repository) -> None:
    build, goal, finding, *_ = blocks_of("docs/inspect.md", "How do I limit growth?")
    project.write(
        {
            "agent/go.mod": GO_MOD.format(name="agent")
            + "\nrequire example.com/greeting v1.0.0\n"
            + "\nreplace example.com/greeting => ../greeting\n",
            "agent/main.go": SMALL,
            build.file: build.text,
            "greeting/go.mod": GO_MOD.format(name="greeting"),
            "greeting/greeting.go": GREETING,
            "greeting/BUILD": 'go_module(name="mod")\n',
        }
    )
    # Without the other platform's, which may be the first to fail.
    of_amd64 = "agent:agent#elf_static_test@goarch=amd64"
    project.pants("test", of_amd64).failed_with(*documented("a size baseline that does not exist"))

    follow(project, [goal])
    baseline = project.root / "agent/sizes.json"
    first = baseline.read_text()
    assert list(json.loads(first)["programs"]) == [
        "dist/agent/agent@goarch=amd64",
        "dist/agent/agent@goarch=arm64",
    ]
    project.pants("test", "agent::").succeeded()

    project.write({"agent/main.go": LARGE})
    project.pants("test", "agent::").failed_with(
        finding.text.rpartition("(+")[0],
        "and the limit is 2% (",
        "To accept the new size, run `pants go-static-size-baseline agent:agent@goarch=arm64` and",
        "✕ agent#elf_static_test@goarch=amd64 failed",
    )

    # The entry of the other platform stays.
    project.pants("go-static-size-baseline", "agent:agent@goarch=arm64").succeeded()
    old, new = (json.loads(text)["programs"] for text in (first, baseline.read_text()))
    assert new["dist/agent/agent@goarch=amd64"] == old["dist/agent/agent@goarch=amd64"]
    assert "example.com/greeting@v1.0.0" in new["dist/agent/agent@goarch=arm64"]["modules"]
    project.pants("test", "agent:agent@goarch=arm64").succeeded()

    # A smaller binary passes.
    project.pants("go-static-size-baseline", "::").succeeded()
    project.write({"agent/main.go": SMALL})
    project.pants("test", "agent::").succeeded()
