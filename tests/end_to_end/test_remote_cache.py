"""A remote cache shared by machines: a real server, and two users' repositories at two paths."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from end_to_end.cache_server import Action, CacheServer, cache_server
from end_to_end.elf import sha256
from end_to_end.machines import RecordingGo, machine
from end_to_end.repository import Repository, Toolbox
from go_static_testing.compiled import new_caches
from go_static_testing.proxy import ModuleProxy, go_sum

MODULE = "corp.example.com/greet"
LIBRARY = {"greet.go": 'package greet\n\nconst Text = "hello from a module"\n'}
FILES = {
    "m/go.mod": f"module example.com/m\n\ngo 1.21\n\nrequire {MODULE} v1.0.0\n",
    "m/go.sum": go_sum(MODULE, "v1.0.0", LIBRARY),
    "m/main.go": (
        "package main\n\n"
        f'import (\n\t"example.com/m/words"\n\n\t"{MODULE}"\n)\n\n'
        "func main() { println(greet.Text, words.Text) }\n"
    ),
    "m/internal/generator/main.go": (
        'package main\n\nimport "os"\n\nfunc main() {\n'
        '\tif err := os.WriteFile("text.go", '
        '[]byte("package words\\n\\nconst Text = \\"generated\\"\\n"), 0o644); err != nil {\n'
        "\t\tpanic(err)\n\t}\n}\n"
    ),
    "m/words/words.go": "package words\n\n//go:generate go run ../internal/generator\n",
    "m/spoken/spoken_test.go": (
        'package spoken\n\nimport (\n\t"os"\n\t"testing"\n\n\t"example.com/m/words"\n)\n\n'
        "func TestText(t *testing.T) {\n"
        '\tif _, err := os.ReadFile("testdata/golden.txt"); err != nil || words.Text == "" {\n'
        "\t\tt.Fatal(words.Text, err)\n\t}\n}\n"
    ),
    "m/spoken/testdata/golden.txt": "",
    "m/BUILD": (
        'go_module(name="mod")\n'
        'go_codegen(name="words", packages=["words"])\n'
        'go_static_binary(name="it", codegen=[":words"])\n'
    ),
}

GOALS = ("package", "test", "lint", "check")
STEPS = ("download", "generate", "list", "build", "build_test", "test", "vet", "format")

# A variable that only the download may see.
CREDENTIAL = "not-a-real-token"
OPTIONS = '[go-static]\nsubprocess_env_vars.add = ["CORP_TOKEN"]\n'


@dataclass(frozen=True)
class Shared:
    """The repository of machine A, and a server with its results; `asked` are the commands of `go`
    that it ran."""

    server: CacheServer
    go: RecordingGo
    a: Repository
    asked: frozenset[str]


@pytest.fixture(scope="module")
def shared(module_path: Path, toolbox: Toolbox) -> Iterator[Shared]:
    root = module_path
    proxy = ModuleProxy(root / "proxy")
    proxy.publish(MODULE, "v1.0.0", LIBRARY)
    go = RecordingGo(toolbox.go.parent.parent, root / "go-record", root / "go-compiled")
    with (
        cache_server(root / "server") as server,
        machine(root / "a", toolbox, server, go=go, caches=new_caches(), options=OPTIONS) as a,
    ):
        a.write(FILES)
        fetching = {"GOPROXY": proxy.url, "GONOSUMDB": "*", "CORP_TOKEN": CREDENTIAL}
        a.pants(*GOALS, "::", env=fetching).succeeded()
        yield Shared(server, go, a, frozenset(go.asked_for))


def test_another_machine_gets_everything_from_the_cache_and_runs_no_go(
    shared: Shared, toolbox: Toolbox, tmp_path: Path
) -> None:
    assert {"build", "list", "generate", "mod", "run", "test", "vet"} <= shared.asked
    shared.go.forget()
    root = tmp_path / "elsewhere"
    with machine(root, toolbox, shared.server, go=shared.go, user=4321, options=OPTIONS) as b:
        b.write(FILES)
        second = b.pants(*GOALS, "::", env={"GOPROXY": "off"}).succeeded()

        # The Go on PATH is only asked for its version.
        assert set(shared.go.asked_for) == {"env"}
        assert sha256(b.dist["m/it"]) == sha256(shared.a.dist["m/it"])
        assert "m:it#elf_static_test succeeded" in second.log
        assert "m:mod#spoken succeeded" in second.log
        assert "Download the modules" not in second.log
        assert b.run(b.dist["m/it"]) == "hello from a module generated\n"


@pytest.mark.parametrize(("content", "copies"), [("fetch", True), ("defer", False)])
def test_a_machine_with_the_same_image_copies_go_only_if_its_files_would_be_sent(
    shared: Shared, toolbox: Toolbox, tmp_path: Path, content: str, copies: bool
) -> None:
    go = f'\n[go-sdk]\nsearch_paths = ["{shared.a.root.parent / "go" / "bin"}"]\n'
    options = (f"--cache-content-behavior={content}", "--level=debug")
    for name in ("e", "f"):
        with machine(tmp_path / name, toolbox, shared.server, options=OPTIONS + go) as same_image:
            same_image.write(FILES)
            same = same_image.pants("package", "::", *options).succeeded()
            assert sha256(same_image.dist["m/it"]) == sha256(shared.a.dist["m/it"])
    assert ("] Completed: Copy Go" in same.log) is copies
    assert "Canceled" not in same.log


def test_edits_on_another_machine_compile_only_what_changed(
    shared: Shared, toolbox: Toolbox, tmp_path: Path
) -> None:
    shared.go.forget()
    main, test = "m/main.go", "m/spoken/spoken_test.go"
    # Its caches are empty, so it would have to compile the standard library.
    with machine(tmp_path / "c", toolbox, shared.server, go=shared.go, options=OPTIONS) as c:
        c.write(FILES)
        c.write({main: FILES[main].replace("println(", 'println("new", ')})
        c.write({test: FILES[test].replace("(words.Text, err)", "(err, words.Text)")})
        changed = c.pants("package", "test", "::", env={"GOPROXY": "off"}).succeeded()

        # All other packages come from the cache, and so do the modules: there is no proxy to fetch
        # them from. The program, and the package of the test with its own.
        assert sorted(shared.go.compiled) == ["example.com/m/spoken", "main", "main"]
        assert changed.log.count("Completed: Build m:it for ") == 1
        assert "m:mod#spoken succeeded" in changed.log
        assert "Download the modules" not in changed.log
        assert {"list", "build"} <= set(shared.go.asked_for)
        assert not {"mod", "generate"} & set(shared.go.asked_for)
        assert c.run(c.dist["m/it"]) == "new hello from a module generated\n"


@pytest.fixture(scope="module")
def actions(shared: Shared) -> tuple[Action, ...]:
    """All actions that machine A stored; there are enough to check."""
    found = shared.server.actions()
    scripts = " ".join(argument for action in found for argument in action.arguments)
    of_the_builder = (f"/builder {step} " for step in STEPS)
    for step in (*of_the_builder, "compile.sh", "compileall", "check"):
        assert step in scripts, step
    return found


def test_no_action_contains_a_path_on_the_machine(
    actions: tuple[Action, ...], shared: Shared, toolbox: Toolbox
) -> None:
    # No file contains one either: the other machine gets hits for the same keys.
    root = shared.a.root.parents[1]
    for action in actions:
        said = "\n".join((*action.arguments, *(f"{n}={v}" for n, v in action.environment)))
        for machine_path in (root, toolbox.go.parent.parent, Path.home(), Path.cwd()):
            assert str(machine_path) not in said
        assert socket.gethostname() not in said
        assert shared.a.environment["USER"] not in said


def test_no_action_contains_a_credential(actions: tuple[Action, ...], shared: Shared) -> None:
    for action in actions:
        assert CREDENTIAL not in " ".join(action.arguments)
        assert CREDENTIAL not in " ".join(value for _, value in action.environment)
    for blob in shared.server.blobs:
        if blob.stat().st_size < 10_000_000:
            assert CREDENTIAL.encode() not in blob.read_bytes()


def test_every_action_starts_a_system_shell_a_system_python_or_what_is_sent(
    actions: tuple[Action, ...],
) -> None:
    """A worker needs only a POSIX shell and the checker's Python; everything else is sent."""
    for action in actions:
        program = action.arguments[0]
        assert program in ("/bin/sh", "./builder/builder") or re.fullmatch(
            r"/usr(/local)?/bin/python3?", program
        )
