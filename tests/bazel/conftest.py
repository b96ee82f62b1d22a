"""Fixtures that run a real Bazel.

It comes from Debian's packages and needs root, so `./run-tests` leaves these tests out:
`./run-tests tests/bazel`. Where Bazel cannot be installed, the tests that need it are skipped, and
pytest's summary says why.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bazel.installed import UnavailableError, installed_bazel
from bazel.machine import HERE, Machine, Ran, Repository, machine


@pytest.fixture(scope="session")
def bazel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    try:
        installed_bazel()
    except UnavailableError as e:
        pytest.skip(f"Bazel cannot be installed here, and nothing was tested with it: {e}")
    go = Path(os.environ["GO_STATIC_TEST_GO"]).resolve()
    with machine(tmp_path_factory.mktemp("bazel"), go) as created:
        yield created


@pytest.fixture(scope="session")
def programs(bazel: Machine) -> Iterator[Repository]:
    """A repository with static programs and others. The checker is pinned by its hash."""
    with bazel.copy(HERE / "repository", "programs") as created:
        pin(created, bazel.checker)
        yield created


@pytest.fixture(scope="session")
def tested(programs: Repository) -> Ran:
    """`bazel test` of all of it."""
    return programs.bazel("test", "--keep_going", "//...")


@pytest.fixture(scope="session")
def built(programs: Repository) -> Ran:
    """`bazel build` of all of it, with the aspect."""
    return programs.bazel("build", "--config=elf_static", "--keep_going", "//...")


def pin(repository: Repository, checker: Path) -> None:
    """Have a repository download the checker."""
    digest = hashlib.sha256(checker.read_bytes()).hexdigest()
    module = repository.root / "MODULE.bazel"
    text = module.read_text().replace("https://files.example.com", f"file://{checker.parent}")
    module.write_text(text.replace("0" * 64, digest))
