"""The corpus. Each file is made once for all tests.

`--all-releases` has programs for every machine. By default, these are some that differ most.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from elf_static_testing.case import Case
from elf_static_testing.comparison import Build
from elf_static_testing.corpus import Corpus


@pytest.fixture(scope="session")
def corpus(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    os.umask(0o022)
    every = pytestconfig.getoption("all_releases")
    return Corpus.create(tmp_path_factory.mktemp("corpus"), every)


@pytest.fixture(scope="session")
def cases(corpus: Corpus) -> tuple[Case, ...]:
    return corpus.cases()


class Named(dict[str, Path]):
    """The files by the names of their cases, made when a test first asks for them."""

    def __init__(self, cases: tuple[Case, ...]) -> None:
        super().__init__()
        self.cases = {case.name: case for case in cases}

    def __missing__(self, name: str) -> Path:
        return self.setdefault(name, self.cases[name].path)


@pytest.fixture(scope="session")
def named(cases: tuple[Case, ...]) -> dict[str, Path]:
    return Named(cases)


@pytest.fixture(scope="session")
def build(corpus: Corpus) -> Build:
    return Build(corpus)


@pytest.fixture(scope="session")
def program(build: Build) -> Path:
    """What the tests of `elf-static compare` compare others with."""
    return build("program")
