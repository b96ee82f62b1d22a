"""Policies: their effects, and the errors of invalid ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from elf_static.elf.facts import BuildInfo, Facts, Header, Module, Segment, Setting
from elf_static.judge.judgement import Verdict, judge
from elf_static.judge.policies import BUILT_IN
from elf_static.judge.policy import Policy, PolicyError, load_policy, parse_policy
from elf_static.judge.rules import FIXED, RULES


def _parse(text: str) -> Policy:
    return parse_policy(text, "p.toml", "p.toml")


def _facts(**build: object) -> Facts:
    """A sound Go program, with this build information."""
    info = BuildInfo(
        go_version="go1.26.6",
        settings=(Setting("-tags", "netgo,osusergo"), Setting("CGO_ENABLED", "0")),
    )
    return Facts(
        size=1000,
        header=Header(64, "little", "ELFOSABI_SYSV", "ET_EXEC", "EM_X86_64", 0x400000, 0),
        segments=(Segment("PT_LOAD", "RX", 0, 0x400000, 1000, 1000, 4096),),
        is_go=True,
        build_info=BuildInfo(**{**info.__dict__, **build}),
    )


def _messages(facts: Facts, policy: Policy) -> list[str]:
    return [
        f"{finding.severity.value} {finding.id} {finding.message}"
        for finding in judge(facts, policy).findings
    ]


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_built_in_policy_knows_every_rule(name: str) -> None:
    assert set(load_policy(name).severities) | FIXED == {rule.name for rule in RULES}


def test_a_sound_program_passes_every_built_in_policy() -> None:
    info = _facts().build_info
    assert info is not None
    trimmed = _facts(settings=(*info.settings, Setting("-trimpath", "true")))
    for name in BUILT_IN:
        assert _messages(trimmed, load_policy(name)) == []


def test_a_level_sets_the_severity_of_a_finding() -> None:
    stamped = _facts(settings=(*_settings(), Setting("vcs.revision", "abc")))
    for level, severity, passed in (
        ("deny", "deny", False),
        ("warn", "warn", True),
        ("allow", "info", True),
    ):
        judgement = judge(stamped, _parse(f'[rules]\nvcs = "{level}"\n'))
        assert [f.severity.value for f in judgement.findings] == [severity]
        assert judgement.passed is passed
        assert judgement.verdict is Verdict.STATIC
        assert bool(judgement) is passed


def _settings() -> tuple[Setting, ...]:
    info = _facts().build_info
    assert info is not None
    return info.settings


def test_a_policy_that_allows_a_loader_passes_a_dynamic_program() -> None:
    facts = Facts(**{**_facts().__dict__, "interpreter": "/lib/ld.so"})
    judgement = judge(facts, _parse('[rules]\ninterpreter = "allow"\n'))
    assert (judgement.verdict, judgement.passed) == (Verdict.NOT_STATIC, True)


@pytest.mark.parametrize(
    ("policy", "facts", "expected"),
    [
        (
            "[size]\nmax = 999\n",
            _facts(),
            ["ES024 has 1000 bytes, 1 more than the policy's limit of 999"],
        ),
        ('[size]\nmax = "1 KB"\n', _facts(), []),
        ('[size]\nmax = "0.5 KiB"\n', _facts(), ["ES024 has 1000 bytes, 488 more"]),
        (
            '[go]\nversion = ">=1.27"\n',
            _facts(),
            ["ES021 was built with go1.26.6, but the policy requires >=1.27"],
        ),
        ('[go]\nversion = ">=1.22, <1.27, !=1.26.5"\n', _facts(), []),
        (
            '[go]\nversion = ">=1.22"\n',
            _facts(go_version="devel go1.27-abc"),
            ["ES021 was built with devel go1.27-abc"],
        ),
        (
            '[go]\ntags = ["netgo", "extra"]\n',
            _facts(),
            ["ES019 was built without the build tags extra"],
        ),
        (
            'extends = "any-language"\n[go]\ntags = ["extra"]\n',
            _facts(),
            ["ES019 was built without the build tags extra"],
        ),
        (
            '[settings.required]\n-trimpath = "true"\nGOAMD64 = "*"\n',
            _facts(),
            [
                "ES022 was built without -trimpath, but the policy requires true",
                "ES022 was built without GOAMD64",
            ],
        ),
        (
            '[settings.required]\nCGO_ENABLED = "0*"\n-tags = "*extra*"\n'
            '[settings.denied]\n-tags = "*,osuser*"\n',
            _facts(),
            [
                "ES022 was built with -tags=netgo,osusergo, but the policy requires *extra*",
                "ES022 was built with -tags=netgo,osusergo, which the policy denies",
            ],
        ),
        (
            '[settings.denied]\nCGO_ENABLED = "*"\n-tags = "other"\n',
            _facts(),
            ["ES022 was built with CGO_ENABLED=0, which the policy denies"],
        ),
        (
            '[modules]\nallow = ["github.com/acme/*", "golang.org/x/sys"]\n',
            _facts(
                modules=(
                    Module("github.com/acme/tool", "v1"),
                    Module("golang.org/x/sys", "v0"),
                    Module("github.com/acmeevil/tool", "v1"),
                )
            ),
            ["ES023 contains modules that the policy does not allow: github.com/acmeevil/tool"],
        ),
        (
            '[modules]\ndeny = ["*/fork"]\n',
            _facts(modules=(Module("a.b/c", "v1", replaced_by=Module("d.e/fork", "v2")),)),
            ["ES023 contains modules that the policy denies: a.b/c => d.e/fork"],
        ),
        (
            "",
            _facts(modules=(Module("github.com/mattn/go-sqlite3", "v1.14.32"),)),
            ["ES025 contains github.com/mattn/go-sqlite3, which needs cgo, but"],
        ),
        (
            "",
            _facts(settings=()),
            ["ES017 was built with go1.26.6 but does not record the build settings"],
        ),
        ("", _facts(settings=(), go_version="go1.17.5"), []),
        (
            "",
            _facts(settings=(Setting("-tags", "netgo,osusergo"),)),
            ["ES018 does not record that cgo was off (CGO_ENABLED=None)"],
        ),
        (
            '[expect]\ngoos = "linux"\ngoarch = "arm64"\n',
            _facts(),
            ["ES008 is for x86-64, 64 bits, little-endian, but should be for arm64"],
        ),
        (
            '[expect]\ngoos = "freebsd"\n',
            _facts(settings=(*_settings(), Setting("GOOS", "linux"))),
            ["ES009 is for linux, but should be for freebsd"],
        ),
    ],
)
def test_requirements_of_a_policy(policy: str, facts: Facts, expected: list[str]) -> None:
    found = [message.partition(" ")[2] for message in _messages(facts, _parse(policy))]
    assert len(found) == len(expected), found
    for message, start in zip(found, expected):
        assert message.startswith(start)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[rules]\n\ncgoo = 'deny'\n", "p.toml:3: rules.cgoo is unknown; did you mean cgo?"),
        ("[rules]\nvcs = 'never'\n", "p.toml:2: rules.vcs must be one of: allow, warn, deny"),
        ("[rules]\nvcs = true\n", "p.toml:2: rules.vcs must be one of: allow, warn, deny"),
        ("[rules]\nreadable = 'allow'\n", "p.toml:2: rules.readable cannot be changed by a policy"),
        ("[rule]\nvcs = 'deny'\n", "p.toml:1: rule is unknown; did you mean rules?"),
        ("rules = 3\n", "p.toml:1: rules must be a table: [rules]"),
        ("extends = 'mine'\n", "p.toml:1: extends must be one of the built-in policies: default"),
        ("extends = 'stict'\n", "Did you mean `strict`?"),
        ("extends = ['default']\n", "p.toml:1: extends must be one of the built-in policies"),
        ("[size]\nmax = '12 parsecs'\n", "p.toml:2: size.max must be a number of bytes or a"),
        ("[size]\nmax = -1\n", "p.toml:2: size.max must be a number of bytes or a string"),
        ("[size]\nmax = true\n", "p.toml:2: size.max must be a number of bytes or a string"),
        ("[size]\nmaximum = 1\n", "p.toml:2: size.maximum is unknown; did you mean max?"),
        ("\n\n[go]\nversion = '1.22'\n", "p.toml:4: go.version must be comparisons with Go"),
        ("[go]\nversion = 1.22\n", "p.toml:2: go.version must be a string"),
        ("[go]\ntags = 'netgo'\n", "p.toml:2: go.tags must be a list of strings"),
        ("[expect]\ngoarch = 'x86'\n", "p.toml:2: expect.goarch must be one of: 386, amd64"),
        ("[expect]\ngoos = 'windows'\n", "p.toml:2: expect.goos must be one of: dragonfly"),
        ("[settings]\nrequired = ['a']\n", "p.toml:2: settings.required must be a table"),
        ("[settings.denied]\na = 1\n", "p.toml:2: settings.denied.a must be a string"),
        ("settings.other.a = '1'\n", "settings.other is unknown"),
        ("[modules]\nallow = [1]\n", "p.toml:2: modules.allow must be a list of strings"),
        ("[size]\nmax = 1\nmax = 2\n", "p.toml:3: invalid TOML: Duplicate keys!"),
        ("[rules\n", "p.toml:1: invalid TOML"),
        ("= 3\n", "invalid TOML"),
    ],
)
def test_an_invalid_policy_is_an_error_with_line_and_key(text: str, error: str) -> None:
    with pytest.raises(PolicyError) as raised:
        _parse(text)
    assert error in str(raised.value)


def test_a_policy_that_is_not_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'[size]\nmax = "\xff"\n')
    with pytest.raises(PolicyError, match="latin.toml: invalid UTF-8: invalid start byte at"):
        load_policy(str(tmp_path / "latin.toml"))


def test_a_long_module_path_takes_little_time() -> None:
    facts = _facts(modules=(Module("a" * 100_000, "v1"),))
    policy = _parse(f'[modules]\ndeny = ["{"*a" * 20}*b"]\n')
    assert _messages(facts, policy) == []


def test_a_program_built_for_coverage_is_not_for_shipping() -> None:
    covered = _facts(
        settings=(
            Setting("-cover", "true"),
            Setting("-tags", "netgo,osusergo"),
            Setting("CGO_ENABLED", "0"),
        )
    )
    denied = ["deny ES030 was built with coverage instrumentation (-cover)"]
    assert _messages(covered, load_policy("default")) == denied
    assert denied[0] in _messages(covered, load_policy("strict"))
    assert judge(covered, _parse('[rules]\ncoverage = "allow"')).verdict is Verdict.STATIC
    assert not _messages(_facts(), load_policy("default"))
