"""Files that look like programs: debug information, and programs that nothing relocates."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from elf_static.elf.reader import read_facts
from elf_static.judge.judgement import Verdict, judge
from elf_static.judge.policy import load_policy
from elf_static_testing.go_programs import need_gcc

_C = "int main(void) { return 0; }\n"


def _compile(directory: Path, *flags: str) -> Path:
    need_gcc()
    (directory / "main.c").write_text(_C)
    program = directory / "program"
    subprocess.run(["gcc", "-g", *flags, "-o", program, "main.c"], cwd=directory, check=True)
    return program


@pytest.mark.parametrize(
    "flags", [["-static"], ["-static-pie"], ["-pie"], ["-shared", "-fPIC"], ["-static", "-s"]]
)
@pytest.mark.parametrize("sizes_kept", [False, True])
def test_a_file_with_only_debug_information_is_reported_as_such(
    flags: list[str], sizes_kept: bool, tmp_path: Path
) -> None:
    program = _compile(tmp_path, *flags, "-Wl,--build-id=0xabcdef12")
    debug = tmp_path / "program.debug"
    subprocess.run(["objcopy", "--only-keep-debug", program, debug], check=True)
    if sizes_kept:
        # Like `eu-strip -f`: with the program's own program headers.
        data = bytearray(debug.read_bytes())
        headers = 64 + 56 * int.from_bytes(program.read_bytes()[56:58], "little")
        data[64:headers] = program.read_bytes()[64:headers]
        debug.write_bytes(data)
    for policy in ("default", "strict", "any-language"):
        judgement = judge(read_facts(str(debug)), load_policy(policy))
        assert (judgement.verdict, judgement.passed) == (Verdict.UNDETERMINED, False)
        (finding,) = judgement.findings
        assert (finding.id, finding.message, finding.fix) == (
            "ES001",
            "contains only debug information: its code sections have headers but no contents "
            "(SHT_NOBITS)",
            "Check the program that it was split from, which has the same build ID, abcdef12.",
        )


def test_a_go_program_is_split_too(named: dict[str, Path], tmp_path: Path) -> None:
    for name in ("linux-amd64", "PIE"):
        debug = tmp_path / f"{name}.debug"
        subprocess.run(["objcopy", "--only-keep-debug", named[name], debug], check=True)
        facts = read_facts(str(debug))
        assert facts.debug_only and facts.notes.go_build_id
        assert not read_facts(str(named[name])).debug_only


def test_a_program_that_nothing_relocates_is_not_called_a_library(named: dict[str, Path]) -> None:
    program = named["static PIE by force"]
    (finding,) = judge(read_facts(str(program)), load_policy("default")).findings
    assert finding.message == (
        "is position-independent (ET_DYN), but nothing can relocate it: it has neither a "
        "loader (PT_INTERP) nor a PT_DYNAMIC to relocate itself"
    )
    # It is for this machine, and crashes.
    assert subprocess.run([program], capture_output=True, check=False).returncode < 0


def test_a_c_program_that_nothing_relocates(tmp_path: Path) -> None:
    """A static PIE without its PT_DYNAMIC, whose type is made PT_NULL."""
    program = _compile(tmp_path, "-static-pie")
    data = bytearray(program.read_bytes())
    for header in range(64, 64 + 56 * data[56], 56):
        if data[header] == 2:
            data[header] = 0
    program.write_bytes(data)
    judgement = judge(read_facts(str(program)), load_policy("any-language"))
    assert judgement.verdict is Verdict.NOT_STATIC
    (finding,) = (finding for finding in judgement.findings if finding.id == "ES002")
    assert finding.fix == (
        "Link with -static-pie, which adds relocation code, or with -static -no-pie."
    )
