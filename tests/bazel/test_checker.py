"""Where the checker comes from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bazel.machine import HERE, Machine, Repository


def with_checker(repository: Repository, tag: str) -> None:
    """Replace what MODULE.bazel says about the checker."""
    module = repository.root / "MODULE.bazel"
    before, extension, _ = module.read_text().partition('"elf_static_checker")\n')
    module.write_text(before + extension + tag)


@pytest.fixture(scope="module")
def repository(bazel: Machine) -> Iterator[Repository]:
    with bazel.copy(HERE / "repository", "checkers") as created:
        yield created


def test_a_wrong_checker_is_an_error(bazel: Machine, repository: Repository) -> None:
    digest = "1" * 64
    url = f"file://{bazel.checker}"
    for tag, error in {
        "": "elf_static: MODULE.bazel does not say which checker to use. Add:",
        f'checker.pyz(urls = ["{url}"])\n': "checker.pyz(urls = …) needs `sha256`: the output of "
        "`sha256sum elf-static.pyz`.",
        f'checker.pyz(sha256 = "{digest}", urls = ["{url}"])\n': f"wanted {digest}",
        'checker.pyz(path = "tools/elf-static.pyz")\n': 'checker.pyz(path = "tools/elf-static.pyz")'
        f": there is no file {repository.root}/tools/elf-static.pyz.",
        f'checker.pyz(path = "x", urls = ["{url}"])\n': "has both `path` and `urls`/`sha256`; "
        "keep one of the two.",
        'checker.pyz(path = "x")\nchecker.pyz(path = "y")\n': "names 2 checkers with "
        "checker.pyz(…); name one.",
    }.items():
        with_checker(repository, tag)
        ran = repository.bazel("build", "//policies:size_test")
        assert ran.code == 1, ran.output
        assert error in ran.output


def test_a_changed_checker_is_noticed(bazel: Machine, repository: Repository) -> None:
    checker = repository.root / "tools/elf-static.pyz"
    checker.parent.mkdir()
    checker.write_bytes(bazel.checker.read_bytes())
    with_checker(repository, 'checker.pyz(path = "tools/elf-static.pyz")\n')
    assert repository.bazel("build", "--config=elf_static", "//go:static").code == 0

    checker.write_text("import sys; sys.exit('another one')\n")
    ran = repository.bazel("build", "--config=elf_static", "//go:static")
    assert (ran.code, "another one" in ran.output) == (1, True), ran.output
