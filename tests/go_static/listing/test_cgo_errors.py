"""A build that lacks what only cgo brings in names the package."""

from __future__ import annotations

import pytest
from pants.util.frozendict import FrozenDict

from end_to_end.errors_page import documented
from go_static.build.build_binary import GoBuildError
from go_static.listing.cgo_errors import undefined_without_cgo
from go_static.listing.cgo_warnings import CgoUse
from go_static_testing.engine import Repository

KAFKA = "github.com/confluentinc/confluent-kafka-go/v2/kafka"
GRAPH = {"m": (KAFKA, "m/queue", "other/c"), "m/queue": (KAFKA,), KAFKA: (), "other/c": ()}
USE = CgoUse(FrozenDict({KAFKA: ("a.go", "b.go", "c.go", "d.go"), "other/c": ("c.go",)}))


def named(said: str, use: CgoUse = USE) -> list[str]:
    text = undefined_without_cgo(said, "m", GRAPH, use)
    return [line.partition(" lacks ")[0] for line in text.splitlines() if " lacks " in line]


@pytest.mark.parametrize(
    ("said", "packages"),
    [
        ("# m\nm/main.go:7:2: undefined: kafka.LibraryVersion", [KAFKA]),
        ("# m\nm/main.go:7:2: undefined: q.LibraryVersion", [KAFKA, "other/c"]),
        ("# m\nm/main.go:7:2: c.Poll undefined (type *kafka.Consumer has no method Poll)", [KAFKA]),
        ("# m/queue\nm/queue/q.go:7:2: undefined: kafka.Consumer", [KAFKA]),
        (f"# {KAFKA}\n../mod/kafka/kafka.go:1:1: undefined: handle", [KAFKA]),
        ("# m\nm/main.go:7:2: undefined: kafka", []),
        ("# m\nm/main.go:7:2: declared and not used: kafka", []),
        ("# m/ui\nm/ui/ui.go:7:2: undefined: kafka.LibraryVersion", []),
        ("no output of a compiler", []),
    ],
)
def test_the_package_that_lacks_its_cgo_files_is_named(said: str, packages: list[str]) -> None:
    assert named(said) == packages
    assert named(said, CgoUse()) == []


def test_a_build_that_lacks_cgo_says_so_first(repository: Repository) -> None:
    repository.write(
        {
            "m/BUILD": 'go_module(name="mod")\ngo_static_binary(name="it")\n',
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/main.go": (
                'package main\n\nimport "example.com/m/kafka"\n\n'
                "func main() { println(kafka.Version()) }\n"
            ),
            "m/kafka/version.go": (
                'package kafka\n\n// int x;\nimport "C"\n\nfunc Version() int { return 1 }\n'
            ),
            "m/kafka/names.go": "package kafka\n\nconst Name = 1\n",
        }
    )
    with repository.fails(GoBuildError, *documented("code that needs cgo in part")):
        repository.build("m:it#binary")
