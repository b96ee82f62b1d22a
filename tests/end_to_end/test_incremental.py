"""Which binaries are rebuilt after a change, and which are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from end_to_end.elf import sha256
from end_to_end.programs import tiny_program
from end_to_end.repository import Repository, Toolbox

BUILD_OF = {
    "one": "two/cmd/one:one for linux/amd64",
    "other": "two/cmd/other:other for linux/amd64",
}


@pytest.fixture
def two_programs(project: Repository) -> Repository:
    """A module with two programs; only `one` uses the package `used`."""
    project.write(
        {
            "two/go.mod": "module example.com/two\n\ngo 1.21\n",
            "two/BUILD": 'go_module(name="mod")\n',
            "two/README.md": "Two programs.\n",
            "two/used/used.go": 'package used\n\nconst Text = "used"\n',
            "two/used/used_test.go": "package used\n",
            "two/unused/unused.go": "package unused\n",
            "two/cmd/one/BUILD": "go_static_binary()\n",
            "two/cmd/one/main.go": (
                'package main\n\nimport "example.com/two/used"\n\n'
                "func main() { println(used.Text) }\n"
            ),
            "two/cmd/other/BUILD": "go_static_binary()\n",
            "two/cmd/other/main.go": 'package main\n\nfunc main() { println("other") }\n',
        }
    )
    project.pants("package", "::").succeeded()
    return project


def test_nothing_is_built_when_nothing_has_changed(two_programs: Repository) -> None:
    again = two_programs.pants("package", "::").succeeded()

    assert again.built == ()
    assert sorted(two_programs.dist) == ["two.cmd.one/one", "two.cmd.other/other"]


@pytest.mark.parametrize("file", ["two/README.md", "two/unused/unused.go", "two/used/used_test.go"])
def test_an_edit_of_a_file_in_no_binary_builds_nothing(file: str, two_programs: Repository) -> None:
    with (two_programs.root / file).open("a") as stream:
        stream.write("\n// changed\n")

    assert two_programs.pants("package", "::").succeeded().built == ()


def test_an_edit_of_a_package_builds_only_the_binaries_that_contain_it(
    two_programs: Repository,
) -> None:
    before = {name: sha256(path) for name, path in two_programs.dist.items()}
    two_programs.write({"two/used/used.go": 'package used\n\nconst Text = "changed"\n'})

    changed = two_programs.pants("package", "::").succeeded()

    after = {name: sha256(path) for name, path in two_programs.dist.items()}
    assert changed.built == (BUILD_OF["one"],)
    assert after["two.cmd.one/one"] != before["two.cmd.one/one"]
    assert after["two.cmd.other/other"] == before["two.cmd.other/other"]


def test_changed_since_selects_the_binaries_that_a_change_can_affect(
    two_programs: Repository,
) -> None:
    two_programs.git("init", "-q", "-b", "main")
    two_programs.git("add", "-A")
    two_programs.git("commit", "-qm", "before")
    option = "--changed-since=main"

    def affected() -> set[str]:
        listed = two_programs.pants(option, "--changed-dependents=transitive", "list")
        return {line for line in listed.succeeded().output.split() if "#binary" in line}

    assert affected() == set()

    two_programs.write({"two/used/used.go": "package used\n\nconst Text = `x`\n"})
    assert affected() == {"two/cmd/one#binary"}

    two_programs.write({"two/go.mod": "module example.com/two\n\ngo 1.21.0\n"})
    assert affected() == {"two/cmd/one#binary", "two/cmd/other#binary"}


@pytest.fixture
def elsewhere(tmp_path: Path, toolbox: Toolbox) -> Iterator[Repository]:
    created = Repository.create(tmp_path / "else" / "where" / "repository", toolbox)
    yield created
    created.stop_pantsd()


def test_another_checkout_at_another_path_finds_the_binaries_in_the_cache(
    project: Repository, elsewhere: Repository
) -> None:
    """No cache key contains a path on the machine."""
    for checkout in (project, elsewhere):
        checkout.write(tiny_program("program", "found in the cache"))

    first = project.pants("package", "::").succeeded()
    second = elsewhere.pants("package", "::").succeeded()

    assert first.built == ("program:program for linux/amd64",)
    assert second.built == ()
    assert sha256(elsewhere.dist["program/program"]) == sha256(project.dist["program/program"])


def test_a_build_without_the_named_caches_gives_the_same_bytes(
    project: Repository, own: Repository, tmp_path: Path
) -> None:
    own.pantsd = True
    for option in ("--go-static-isolated-caches", "--no-go-static-isolated-caches"):
        for checkout in (project, own):
            checkout.clear()
            checkout.write(tiny_program("program", f"the named caches do not matter: {option}"))
        project.pants("package", "::").succeeded()
        expected = sha256(project.dist["program/program"])

        again = own.pants(f"--named-caches-dir={tmp_path / 'named'}", option, "package", "::")

        assert again.succeeded().built == ("program:program for linux/amd64",)
        assert sha256(own.dist["program/program"]) == expected
        unpacked = list((tmp_path / "named").rglob("trim.txt"))
        # Isolated builds leave no build cache behind.
        assert bool(unpacked) == option.startswith("--no-")
