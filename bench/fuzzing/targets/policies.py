"""The text of a policy, and judgements under it."""

from __future__ import annotations

from dataclasses import replace

from elf_static.elf.bounded_file import Source
from elf_static.elf.facts import Facts
from elf_static.elf.reader import read_source
from elf_static.judge.judgement import Verdict, judge
from elf_static.judge.policy import PolicyError, parse_policy
from fuzzing.programs import go_program
from fuzzing.reports import check_short_reports, memory_file

WORDS = (
    *(b"extends = ", b"[rules]\n", b"[expect]\n", b"[size]\n", b"[go]\n", b"[settings.required]\n"),
    *(b"[modules]\n", b'"strict"', b'"deny"', b'"warn"', b'"allow"', b'version = ">=1.22, <2"'),
    *(b'max = "64 MiB"', b'allow = ["*"]', b"'''", b'"""', b"[[a]]\n", b"1979-05-27T07:32:00Z"),
    *(b"0x7f", b"1e400", b"inf", b"nan", b"\\U0001f600", b"{a = 1}", b'tags = ["netgo"]'),
)

_NAME = "a/policy.toml"


_LINES = b"dep\texample.org/a\tv1.0.0\nbuild\t-race=true\nbuild\tGOOS=linux"


def _facts() -> Facts:
    program = go_program(b"go1.26.1", _LINES)
    with memory_file(program) as descriptor:
        return read_source(Source(descriptor, len(program)))


_SOUND = _facts()
_UNSOUND = replace(_SOUND, damage=("is damaged",))


def check(data: bytes) -> None:
    try:
        policy = parse_policy(data.decode("utf-8", "replace"), _NAME, _NAME)
    except PolicyError as e:
        assert str(e).startswith(_NAME), e
        return
    for facts in (_SOUND, _UNSOUND):
        judgement = judge(facts, policy)
        assert judgement.verdict is Verdict.STATIC if facts is _SOUND else not judgement.passed, (
            judgement
        )
        check_short_reports(facts, judgement, policy.name)
