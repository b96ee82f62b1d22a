"""`--recursive`: every ELF file below a directory, once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from elf_static_testing.checked import check


@pytest.fixture
def tree(named: dict[str, Path], tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    (tree / "bin").mkdir(parents=True)
    (tree / "bin/agent").write_bytes(named["alone"].read_bytes())
    (tree / "bin/tool").write_bytes(named["dynamic"].read_bytes())
    os.link(tree / "bin/agent", tree / "bin/hard")
    (tree / "a-link").symlink_to("bin/agent")
    (tree / "loop").symlink_to(".")
    (tree / "broken").symlink_to("nowhere")
    (tree / "out").symlink_to(named["alone"])
    (tree / "readme").write_text("text")
    (tree / "empty").write_text("")
    os.mkfifo(tree / "pipe")
    return tree


EXPECTED = {
    "tree/bin/agent": "static",
    "tree/bin/tool": "not-static",
    "tree/out": "static",
}


def test_every_elf_file_is_judged_once(tree: Path, tmp_path: Path) -> None:
    done = check("--recursive", "tree", cwd=tmp_path, timeout=20)
    assert (done.exit_code, done.verdicts) == (1, EXPECTED)


def test_the_name_replaces_the_directory(tree: Path, tmp_path: Path) -> None:
    done = check("--recursive", "--name=//dist", "tree", cwd=tmp_path)
    assert set(done.verdicts) == {path.replace("tree", "//dist") for path in EXPECTED}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("tree/**/agent", {"tree/bin/agent"}),
        ("tree/bin/[at]*", {"tree/bin/agent", "tree/bin/tool"}),
        ("t*e", set(EXPECTED)),
        ("tree/read*", {"tree/read*"}),
    ],
)
def test_patterns_are_expanded(
    pattern: str, expected: set[str], tree: Path, tmp_path: Path
) -> None:
    assert set(check("--recursive", pattern, cwd=tmp_path).verdicts) == expected


def test_without_recursive_a_directory_and_a_pattern_are_errors(tree: Path, tmp_path: Path) -> None:
    done = check("tree", "tree/*", cwd=tmp_path)
    assert done.exit_code == 2
    assert done.problems == {
        "tree": "is a directory, not a regular file; --recursive checks each ELF file below it",
        "tree/*": "does not exist",
    }


def test_a_directory_without_elf_files_does_not_pass(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    done = check("--recursive", "d", cwd=tmp_path)
    assert (done.exit_code, done.problems) == (2, {"d": "contains no ELF file"})


def test_a_directory_that_cannot_be_searched_does_not_pass(tmp_path: Path) -> None:
    # A path that is too long is unreadable for root too.
    deep = tmp_path / "d"
    deep.mkdir()
    descriptor = os.open(deep, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("x" * 250, dir_fd=descriptor)
        inner = os.open("x" * 250, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    done = check("--recursive", "d", cwd=tmp_path)
    assert done.exit_code == 2
    (problem,) = done.problems.values()
    assert problem == "cannot be searched: File name too long"


@pytest.mark.slow
def test_every_program_of_the_machine_gets_a_verdict(tmp_path: Path) -> None:
    done = check("--recursive", "/usr/bin", cwd=tmp_path)
    expected = set()
    for entry in os.scandir("/usr/bin"):
        if entry.is_file() and Path(entry.path).read_bytes()[:4] == b"\x7fELF":
            status = os.stat(entry.path)
            expected.add((status.st_dev, status.st_ino))
    assert len(done.verdicts) == len(expected) > 200
