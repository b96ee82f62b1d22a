"""Fuzz each target for a few seconds, and check that the fuzzer finds known bugs."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzzing.__main__ import seed_of_the_day
from fuzzing.runner import CORPUS, Fuzzer
from fuzzing.targets import TARGETS

SECONDS = 1

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("target", TARGETS)
def test_a_short_run_of_every_target_finds_no_failure(target: str, tmp_path: Path) -> None:
    """With different inputs every day. `bench/fuzz --target … --seed …` continues from here."""
    seed = seed_of_the_day()
    result = Fuzzer.of(target, tmp_path).run(seed, SECONDS)

    print(f"seed {seed}: {result}")
    assert not result.failure, f"seed {seed}: {result}"
    # The corpus comes first.
    assert result.executions >= len(list((CORPUS / target).iterdir()))


def test_the_corpus_is_small() -> None:
    files = [file for file in CORPUS.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) <= 2_000_000
    assert {file.parent.name for file in files} == set(TARGETS)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("raise", "KeyError: 'of the target'"),
        ("crash", "the interpreter was ended by SIGSEGV"),
        ("slow", "it took too much"),
        ("large", "it took too much"),
        ("exit", "SystemExit: 0"),
    ],
)
def test_a_failure_is_found_kept_and_repeatable(word: str, said: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "harmless").write_bytes(b"nothing")
    (corpus / "harmful").write_bytes(b"some text, and a " + word.encode())
    fuzzer = Fuzzer("fuzzing_testing.broken", corpus, tmp_path / "found", tmp_path / "crashes")

    result = fuzzer.run(1, 20)

    assert said in result.failure
    (kept,) = (tmp_path / "crashes").iterdir()
    assert word.encode() in kept.read_bytes()
    assert f"bench/fuzz --target broken --repeat {kept}" in result.failure
    assert fuzzer.repeat(kept).status != 0


def test_a_failure_that_no_seed_contains_is_found_by_coverage_or_words(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "harmless").write_bytes(b"nothing")
    fuzzer = Fuzzer("fuzzing_testing.broken", corpus, tmp_path / "found", tmp_path / "crashes")

    assert "broken broke" in fuzzer.run(1, 20).failure
