"""What is shown of the output of `go vet`."""

from __future__ import annotations

from pants.util.frozendict import FrozenDict

from go_static.listing.cgo_warnings import CgoUse
from go_static.source_checks.vet_output import (
    cgo_reasons,
    has_undefined,
    messages_of,
    without_other_sandboxes,
    without_repetitions,
    without_waits,
)


def test_what_the_builder_says_of_others_is_not_a_message() -> None:
    said = (
        "Waiting for the build of a:first, which compiles the same packages: 30 s.\n"
        "# example.com/m\nx.go:1:1: wrong\n"
        "Not waiting any longer for the build of a:b, which compiles the same packages, after 30 "
        "minutes.\n"
        "Not waiting for another build, which compiles the same packages: it has been idle for 5 "
        "minutes. It keeps /1 open.\n"
    )
    assert without_waits(said) == "# example.com/m\nx.go:1:1: wrong\n"


def test_paths_of_another_sandbox_are_those_of_the_repository() -> None:
    said = (
        "../../pants-sandbox-tFR34Z/tree/svc/api/b.go:7:24: wrong type of a/tree/svc/api/b.go:1\n"
        "vet: /var/a worker/1/tree/svc/c d/e+.go:1:2: undefined: x\n"
        "svc/tree/other.go:3:1: x\n"
        "\t../s/tree/svc/api/b.go:9:1: other declaration"
    )
    assert without_other_sandboxes(
        said, ["svc/api/b.go", "svc/c d/e+.go", "svc/tree/other.go"]
    ) == (
        "svc/api/b.go:7:24: wrong type of a/tree/svc/api/b.go:1\n"
        "vet: svc/c d/e+.go:1:2: undefined: x\n"
        "svc/tree/other.go:3:1: x\n"
        "\tsvc/api/b.go:9:1: other declaration"
    )


def test_a_message_has_the_name_of_its_package_and_its_indented_lines() -> None:
    said = (
        "# m/a\nm/a/a.go:1:2: x\n\tm/a/b.go:1:2: y\nm/a/a.go:3:4: z\n\n"
        "# m/b\n# [m/b]\nvet: m/b.go:1:1: w"
    )
    assert messages_of(said) == (
        "# m/a\nm/a/a.go:1:2: x\n\tm/a/b.go:1:2: y",
        "m/a/a.go:3:4: z",
        "# m/b\n# [m/b]\nvet: m/b.go:1:1: w",
    )
    assert messages_of("") == ()


def test_what_is_undefined_without_cgo_is_explained_once() -> None:
    use = CgoUse(left_out=FrozenDict({"m/c": ("c.go",)}))
    said = (
        "# m/a\n# [m/a]\nvet: a/a.go:3:9: undefined: c.X\n"
        "# m/a [m/a.test]\na/a.go:3:9: undefined: c.X\n# m/b\nvet: b/b.go:1:1: undefined: y"
    )
    assert has_undefined(said) and not has_undefined("# m/a\nm/a/a.go:1:2: x is undefined")
    (reason,) = cgo_reasons(said, {"m/a": ("m/c",), "m/b": (), "m/c": ()}, use)
    assert reason.startswith("m/c lacks the files that need cgo (c.go), and with them what is")
    assert "imported through: m/a → m/c" in reason


def test_a_message_is_shown_once_for_all_platforms() -> None:
    assert without_repetitions([("a", "b", "b"), (), ("c", "a"), ("b",)]) == (
        ("a", "b", "b"),
        (),
        ("c",),
        (),
    )
