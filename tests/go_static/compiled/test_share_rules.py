"""Machines that share compiled packages through a store, each with a build cache of its own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from go_static_testing.compiled import fill_shared_caches, new_caches
from go_static_testing.engine import Repository, make_rule_runner
from go_static_testing.go_tool import GoTool

PROGRAM = {
    "m/BUILD": 'go_module(name="mod")\ngo_static_binary(name="it")\n',
    "m/go.mod": "module example.com/m\n\ngo 1.21\n",
    "m/main.go": (
        'package main\n\nimport "example.com/m/lib"\n\n'
        'func main() { println(lib.Text, "shared") }\n'
    ),
    "m/lib/lib.go": 'package lib\n\nimport "errors"\n\nvar Text = errors.New("shared")\n',
}


def archives(named: Path) -> set[str]:
    """The archives in a machine's build cache, among which there are other files."""
    files = (named / "go_static_build").glob("*/*-d")
    return {path.name for path in files if path.read_bytes().startswith(b"!<arch>\n")}


def built_on(
    go: GoTool, named: Path, changed: str = "", files: Mapping[str, str | bytes] | None = None
) -> None:
    """Build the program on a machine with the store of all tests, and named caches of its own."""
    created = Repository(make_rule_runner(fill_shared_caches(), named_caches=named), go)
    created.configure("--go-static-share-compiled=always")
    created.write({**PROGRAM, "m/main.go": f"{PROGRAM['m/main.go']}{changed}", **(files or {})})
    created.build("m:it#binary")
    created.clear()


def _profile(go: GoTool) -> bytes:
    """That of the compiler, which compiles other programs otherwise, too."""
    return (go.root / "src" / "cmd" / "compile" / "default.pgo").read_bytes()


@pytest.fixture(scope="module")
def first(go: GoTool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The named caches of a machine that has compiled the program."""
    caches = tmp_path_factory.mktemp("machine") / "first"
    shutil.copytree(new_caches(), caches)
    built_on(go, caches / "named")
    return caches / "named"


def test_a_machine_takes_over_what_another_has_compiled(
    go: GoTool, first: Path, tmp_path: Path
) -> None:
    built_on(go, tmp_path / "second", changed="\nvar changed = 1\n")
    # It has compiled the main package only.
    assert len(archives(tmp_path / "second") - archives(first)) == 1
    assert len(archives(tmp_path / "second") & archives(first)) > 20


@pytest.mark.parametrize("field", ["", ', pgo="cpu.pgo"'])
def test_builds_with_a_profile_share_what_was_compiled_with_it(
    field: str, go: GoTool, tmp_path: Path
) -> None:
    files: dict[str, str | bytes] = {
        "m/BUILD": PROGRAM["m/BUILD"].replace('"it"', f'"it"{field}'),
        f"m/{'cpu.pgo' if field else 'default.pgo'}": _profile(go),
    }
    built_on(go, tmp_path / "first", files=files)
    built_on(go, tmp_path / "second", "\nvar changed = 1\n", files)
    assert len(archives(tmp_path / "second") - archives(tmp_path / "first")) == 1
    assert len(archives(tmp_path / "second") & archives(tmp_path / "first")) > 20


def test_where_nothing_changed_no_compiled_package_is_fetched(
    go: GoTool, first: Path, tmp_path: Path
) -> None:
    built_on(go, tmp_path / "third")
    assert archives(tmp_path / "third") == set()
