"""The text of Go's build information: the version on the first line, then the lines of modules."""

from __future__ import annotations

from elf_static.build_info import NoBuildInfoError, parse
from elf_static.facts import Facts, Header
from elf_static.judge import judge
from elf_static.policy import load_policy
from fuzzing.reports import check_short_reports

WORDS = (
    *(b"path\t", b"mod\t", b"dep\t", b"=>\t", b"build\t", b"CGO_ENABLED=0", b"-tags=", b"\\u00e9"),
    *(b"(devel)", b"GOOS=linux", b"GOARCH=amd64", b"-ldflags=", b"vcs.time=", b'"\\x41"', b'"+"'),
)

_HEADER = Header(64, "little", "ELFOSABI_SYSV", "ET_EXEC", "EM_X86_64", 0x401000, 0)
_POLICY = load_policy("strict")


def check(data: bytes) -> None:
    version, _, lines = data.decode("utf-8", "replace").partition("\n")
    try:
        info = parse("".join(filter(str.isprintable, version)), lines)
    except NoBuildInfoError as e:
        assert str(e).isprintable()
        return
    facts = Facts(size=len(data), header=_HEADER, is_go=True, build_info=info)
    check_short_reports(facts, judge(facts, _POLICY), _POLICY.name)
