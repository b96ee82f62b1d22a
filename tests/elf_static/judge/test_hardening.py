"""PIE, RELRO and FIPS 140, compared with Debian's checksec and hardening-check."""

from __future__ import annotations

import csv
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from elf_static.elf.reader import read_facts
from elf_static.judge.judgement import Verdict, judge
from elf_static.judge.policy import load_policy, parse_policy
from elf_static.judge.severity import Severity
from elf_static_testing import debian
from elf_static_testing.corpus import Corpus

ASKED = 'extends = "any-language"\n[rules]\npie = "deny"\nrelro = "deny"\nfips140 = "deny"\n'
NAMED = (
    *("static", "static-PIE", "alone", "alone, position-independent", "dynamic", "dynamic PIE"),
    *("PIE without an interpreter", "linux-amd64", "PIE", "cgo", "linux-s390x", "stripped-386"),
)


def found(path: Path, policy: str = ASKED) -> dict[str, str]:
    """The messages under a policy, by rule."""
    judgement = judge(read_facts(str(path)), parse_policy(policy, "p", "p"))
    return {
        finding.id: finding.message
        for finding in judgement.findings
        if finding.severity is not Severity.INFO
    }


@pytest.fixture(scope="module")
def programs(named: dict[str, Path], pytestconfig: pytest.Config) -> list[Path]:
    """Some of the machine's own, and some of the corpus."""
    directory = Path("/usr/bin")
    own = sorted(
        path
        for path in directory.iterdir()
        if path.is_file() and not path.is_symlink() and path.read_bytes()[:4] == b"\x7fELF"
    )
    wanted = 60 if pytestconfig.getoption("all_releases") else 20
    chosen = own[:: max(1, len(own) // wanted)]
    assert len(chosen) >= wanted
    return [*chosen, *(named[name] for name in NAMED)]


@pytest.fixture(scope="module")
def tools(corpus: Corpus) -> Path:
    packages = ("checksec", "devscripts")
    return debian.unpack(corpus.kept, debian.ARCHIVE, "amd64", packages) / "usr/bin"


def _run(command: list[str]) -> str:
    # Both exit with an error when a program lacks something.
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.slow
def test_checksec_agrees(programs: list[Path], tools: Path) -> None:
    relro = {"Full RELRO": "full", "Partial RELRO": "partial", "No RELRO": "none"}
    seen = set()
    for path in programs:
        (row,) = csv.reader([_run([str(tools / "checksec"), f"--file={path}", "--format=csv"])])
        facts = read_facts(str(path)).hardening
        assert facts.relro == relro[row[0]], path
        # It says DSO without DT_DEBUG, which static PIE programs do not need.
        assert facts.pie == (row[3] in ("PIE enabled", "DSO")), path
        seen.add((facts.relro, facts.pie))
    assert seen >= {("full", True), ("none", False), ("partial", False), ("partial", True)}


@pytest.mark.slow
def test_hardening_check_agrees(programs: list[Path], tools: Path) -> None:
    for path in programs:
        text = _run(["perl", str(tools / "hardening-check"), str(path)])
        said = dict(re.findall(r"^ (.+): (yes|no)\b", text, re.MULTILINE))
        facts = read_facts(str(path)).hardening
        protected = (said["Read-only relocations"], said["Immediate binding"])
        if protected[0] == "no":
            assert facts.relro == "none", path
        else:
            assert facts.relro == ("full" if protected[1] == "yes" else "partial"), path
        # What it calls a program without PT_PHDR, such as a static PIE.
        if "no, regular shared library" not in text:
            assert facts.pie == (said["Position Independent Executable"] == "yes"), path


def binskim(path: Path) -> set[str]:
    """The rules of BinSkim 4.4.9 that report an error, by its sources (src/BinSkim.Rules/ElfRules).
    From readelf's output, not with this project's reader."""
    text = _run(["readelf", "--wide", "--file-header", "--segments", "--dynamic", str(path)])
    stack = re.search(r"^ +GNU_STACK( +0x[0-9a-f]+){5} (.{3})", text, re.MULTILINE)
    now = re.search(r"\((BIND_NOW)\)|\(FLAGS\).*BIND_NOW|\(FLAGS_1\).*NOW", text)
    errors = {
        "BA3001": bool(re.search(r"^ +Type: +EXEC", text, re.MULTILINE)),
        "BA3002": stack is None or "E" in stack[2],
        "BA3006": stack is not None and "E" in stack[2],
        "BA3010": not re.search(r"^ +GNU_RELRO ", text, re.MULTILINE),
        "BA3011": not now,
    }
    return {rule for rule, error in errors.items() if error}


@pytest.mark.slow
def test_the_rules_of_binskim_are_these(programs: list[Path], named: dict[str, Path]) -> None:
    seen = set()
    for path in [*programs, named["executable stack"]]:
        facts = read_facts(str(path))
        errors = binskim(path)
        ours = found(path)
        assert ("BA3001" in errors) == ("ES027" in ours), path
        assert ("BA3006" in errors) == ("ES013" in ours), path
        has_stack = any(segment.type == "PT_GNU_STACK" for segment in facts.segments)
        assert ("BA3002" in errors) == ("ES013" in ours or not has_stack), path
        both = bool({"BA3010", "BA3011"} & errors)
        accepted = facts.dynamic is None and "BA3010" not in errors
        assert (both and not accepted) == ("ES028" in ours), path
        seen |= errors
    assert seen == {"BA3001", "BA3002", "BA3006", "BA3010", "BA3011"}


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("static", {"ES014", "ES027"}),
        ("static-PIE", {"ES014", "ES028"}),
        ("alone", {"ES027", "ES028"}),
        ("linux-amd64", {"ES027", "ES028", "ES029"}),
    ],
)
def test_a_policy_can_require_hardening(name: str, rules: set[str], named: dict[str, Path]) -> None:
    assert set(found(named[name])) == rules
    assert not {"ES027", "ES028", "ES029"} & set(found(named[name], 'extends = "strict"'))


def test_messages_name_the_missing_protection(named: dict[str, Path]) -> None:
    messages = found(named["linux-amd64"])
    assert messages["ES027"] == "is not position-independent (ET_EXEC)"
    assert messages["ES028"] == "keeps its relocated data writable (no PT_GNU_RELRO)"
    assert messages["ES029"] == "was built without a FIPS 140-3 module (GOFIPS140 is off)"
    assert found(named["dynamic"])["ES028"] == (
        "keeps its function pointers writable (PT_GNU_RELRO without DF_BIND_NOW)"
    )


def test_the_fips_140_module_is_a_fact(corpus: Corpus) -> None:
    path = corpus.go.build("fips", "-trimpath", environment={"GOFIPS140": "v1.0.0"})
    assert read_facts(str(path)).hardening.fips140.startswith("v1.0.0")
    assert "ES029" not in found(path)


@pytest.mark.slow
def test_the_flags_of_the_fix_make_a_static_position_independent_go_program(
    corpus: Corpus, named: dict[str, Path]
) -> None:
    judgement = judge(read_facts(str(named["linux-amd64"])), parse_policy(ASKED, "p", "p"))
    (fix,) = (finding.fix for finding in judgement.findings if finding.id == "ES027")
    flags = re.findall(r"go build (-buildmode=pie) (-ldflags)='(.+?)'", fix)
    buildmode, name, value = flags[0]
    path = corpus.go.build(
        "static-pie",
        "-trimpath",
        buildmode,
        f"{name}={value}",
        main='package main\n\nimport "C"\n\nfunc main() { println("hello") }\n',
        environment={"CGO_ENABLED": "1"},
    )
    judgement = judge(read_facts(str(path)), load_policy("any-language"))
    assert judgement.verdict is Verdict.STATIC
    assert "ES027" not in found(path)
    done = subprocess.run([str(path)], capture_output=True, text=True, check=True)
    assert done.stderr == "hello\n"


def test_the_fix_for_a_rules_go_binary_names_pure(named: dict[str, Path]) -> None:
    judgement = judge(read_facts(str(named["rules_go, cgo"])), load_policy("rules-go"))
    fixes = {finding.fix for finding in judgement.findings if finding.id in ("ES004", "ES005")}
    assert fixes == {
        "It does not record whether cgo was on, which is the usual reason. With rules_go, set "
        'pure = "on" on the go_binary, and no linkmode. Otherwise build with CGO_ENABLED=0, '
        "and without -buildmode=pie or -linkmode=external."
    }
    assert found(named["rules_go"], 'extends = "default"').keys() == {"ES017"}
    assert not found(named["rules_go"], 'extends = "rules-go"')
    assert judge(read_facts(str(named["rules_go"])), load_policy("rules-go")).passed


@pytest.mark.parametrize(
    "make",
    [
        lambda corpus, named: corpus.go.build("ordinary", "-trimpath"),
        lambda corpus, named: named["alone"],
    ],
)
def test_an_ordinary_static_program_passes_on_the_command_line(
    make: Callable[[Corpus, dict[str, Path]], Path], corpus: Corpus, named: dict[str, Path]
) -> None:
    policy = load_policy("any-language")
    assert judge(read_facts(str(make(corpus, named))), policy).passed
