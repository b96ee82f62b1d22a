"""Directives that no `go_codegen` runs are named while a program is built."""

from __future__ import annotations

import pytest

from go_static.go.source_header import read_go_source
from go_static.listing.directives_not_run import directives_not_run
from go_static_testing.engine import Repository

PACKAGES = {
    "example.com/m": ("m/main.go",),
    "example.com/m/a": ("m/a/a.go", "m/a/b.go"),
    "example.com/m/c": ("m/c/c.go",),
}
DIRECTIVES = frozenset({"m/a/a.go", "m/a/b.go", "m/c/c.go", "m/main.go", "other/x.go"})


@pytest.mark.parametrize(
    ("generated", "named"),
    [
        ((), "m/a/a.go, m/a/b.go, m/c/c.go and 1 more files, so"),
        (("m",), "m/a/a.go, m/a/b.go, m/c/c.go, so"),
        (("m", "m/a"), "in m/c/c.go, so"),
        (("m/a/...", "m"), "in m/c/c.go, so"),
        (("m/...",), ""),
    ],
)
def test_files_whose_directives_no_target_runs_are_named(
    generated: tuple[str, ...], named: str
) -> None:
    message = directives_not_run(PACKAGES, DIRECTIVES, generated)
    assert named in message
    assert bool(message) is bool(named)
    assert "other" not in message


@pytest.mark.parametrize(
    ("text", "generates"),
    [
        ("//go:generate stringer\npackage a\n", True),
        ("package a\n\n//go:generate\tstringer -type=T\n", True),
        ("package a\n\n// go:generate stringer\n", False),
        ("package a\n\n\t//go:generate stringer\n", False),
        ("package a\n\n//go:generated\n", False),
    ],
)
def test_a_directive_starts_its_line(text: str, generates: bool) -> None:
    assert read_go_source(text.encode()).generates is generates


def test_a_build_names_them_once(repository: Repository, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    files = {
        "once/go.mod": "module example.com/once\n\ngo 1.21\n",
        "once/main.go": "package main\n\n//go:generate stringer\n\nfunc main() {}\n",
        "once/BUILD": 'go_module(name="mod")\ngo_static_binary(name="it")\n',
    }
    repository.write(files)
    repository.listing("once:it#binary", "once")
    repository.write({"once/main.go": f"{files['once/main.go']}\n// Edited.\n"})
    repository.listing("once:it#binary", "once")

    said = [message for message in caplog.messages if "go:generate" in message]
    assert said == [
        "No target runs the `//go:generate` directives in once/main.go, so the generated files in "
        "the repository are used as they are. To generate them for each build, add "
        '`go_codegen(name="generate", packages=["."])` to the BUILD file there, and name it in the '
        "`codegen` of the binary."
    ]
