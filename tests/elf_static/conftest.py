"""The corpus, made once for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from elf_static_testing.case import Case
from elf_static_testing.comparison import Build
from elf_static_testing.corpus import Corpus


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    os.umask(0o022)
    return Corpus.create(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def cases(corpus: Corpus) -> tuple[Case, ...]:
    return corpus.cases()


@pytest.fixture(scope="session")
def named(cases: tuple[Case, ...]) -> dict[str, Path]:
    """The files by the names of their cases."""
    return {case.name: case.path for case in cases}


@pytest.fixture(scope="session")
def build(corpus: Corpus) -> Build:
    return Build(corpus)


@pytest.fixture(scope="session")
def program(build: Build) -> Path:
    """What the tests of `elf-static compare` compare others with."""
    return build("program")
