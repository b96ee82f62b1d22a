"""Go's build information: the version on the first line, then the lines of modules and settings."""

from __future__ import annotations

from elf_static.elf.bounded_file import Source
from elf_static.elf.reader import read_source
from elf_static.judge.judgement import Verdict, judge
from elf_static.judge.policy import load_policy
from fuzzing.programs import go_program
from fuzzing.reports import check_short_reports, memory_file

WORDS = (
    *(b"path\t", b"mod\t", b"dep\t", b"=>\t", b"build\t", b"CGO_ENABLED=0", b"-tags=", b"\\u00e9"),
    *(b"(devel)", b"GOOS=linux", b"GOARCH=amd64", b"-ldflags=", b"vcs.time=", b'"\\x41"', b'"+"'),
)

_POLICY = load_policy("strict")


def check(data: bytes) -> None:
    version, _, lines = data.partition(b"\n")
    program = go_program(version, lines)
    with memory_file(program) as descriptor:
        facts = read_source(Source(descriptor, len(program)))
    assert not facts.damage, facts.damage
    judgement = judge(facts, _POLICY)
    # Build information does not change the linkage.
    assert judgement.verdict is Verdict.STATIC
    check_short_reports(facts, judgement, _POLICY.name)
