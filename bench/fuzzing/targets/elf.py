"""The bytes of a file, judged as `elf-static check` does."""

from __future__ import annotations

from elf_static.elf.bounded_file import Source
from elf_static.elf.reader import read_source
from elf_static.judge.judgement import judge
from elf_static.judge.policy import load_policy
from elf_static_testing.promises import broken_promises
from fuzzing.reports import memory_file

WORDS = (
    *(b"\x7fELF", b"GNU\0", b"Go\0\0", b"\xff Go buildinf:", b"UPX!", b"libnss_", b"FreeBSD"),
    *(b"/lib/ld.so\0", b".go.buildinfo", b".gopclntab", b"\xf1\xff\xff\xff", b"\xff\xff\xff\xf1"),
)

_POLICIES = (load_policy("strict"), load_policy("any-language"))


def check(data: bytes) -> None:
    with memory_file(data) as descriptor:
        facts = read_source(Source(descriptor, len(data)))
    for policy in _POLICIES:
        judgement = judge(facts, policy)
        broken = tuple(broken_promises(data, facts, judgement))
        assert not broken, broken
