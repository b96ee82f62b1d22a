"""The test files of other ELF readers are judged as readelf and kernels read them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from elf_static.elf.reader import read_facts
from elf_static.judge.judgement import Verdict, judge
from elf_static.judge.policy import load_policy
from elf_static.report.formats import FORMATS
from elf_static.report.model import Report
from elf_static_testing.corpus import Corpus
from elf_static_testing.held_out import held_out_files
from elf_static_testing.promises import broken_promises
from elf_static_testing.readelf import Readelf


@pytest.mark.slow
def test_readelf_and_kernels_agree(corpus: Corpus, tmp_path: Path) -> None:
    policy = load_policy("strict")
    verdicts: Counter[Verdict] = Counter()
    wrong = []
    for name, data in held_out_files(corpus.kept):
        path = tmp_path / "held-out"
        path.write_bytes(data)
        facts = read_facts(str(path))
        judgement = judge(facts, policy)
        for render in FORMATS.values():
            render([Report(name, facts, judgement)], policy.name)
        verdicts[judgement.verdict] += 1
        wrong += [f"{name}: {broken}" for broken in broken_promises(data, facts, judgement)]
        seen = Readelf.read(path)
        wrong += [f"{name}: {other}" for other in seen.disagreements(facts, judgement)]
    assert not wrong, "\n".join(wrong)
    assert sum(verdicts.values()) > 400, verdicts
    assert min(verdicts.values()) > 10, verdicts
