"""Judging: the facts of a file and a policy become findings and a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from elf_static.elf.facts import Facts, Header
from elf_static.elf.machines import GO_ARCHITECTURES, GO_SYSTEMS, Target
from elf_static.elf.printable import printable
from elf_static.judge import rules
from elf_static.judge.go_build import judge_build
from elf_static.judge.hardening import observe_hardening, observe_requested_hardening
from elf_static.judge.linkage import needs_loader, observe_linkage
from elf_static.judge.observation import Observation
from elf_static.judge.policy import Policy
from elf_static.judge.severity import Severity


class Verdict(Enum):
    """Whether a program is statically linked, as reports print it."""

    STATIC = "static"
    NOT_STATIC = "not-static"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Finding:
    """What was found, why it matters and how to fix it. The policy decides `severity`. All
    texts are printable."""

    id: str
    severity: Severity
    rule: str
    message: str
    why: str
    fix: str


@dataclass(frozen=True)
class Judgement:
    """`verdict` is the fact about linkage; the policy decides `passed`. A file that cannot be
    judged never passes, except a packed one under a policy that allows packing."""

    verdict: Verdict
    passed: bool
    findings: tuple[Finding, ...]

    def __bool__(self) -> bool:
        return self.passed


def judge(facts: Facts, policy: Policy, further: tuple[Observation, ...] = ()) -> Judgement:
    """
    :param further: observations from other sources than the file's contents.
    """
    observations = (*_observe(facts, policy), *further)
    findings = tuple(_finding(observation, policy) for observation in observations)
    return Judgement(
        verdict=_verdict(observations),
        passed=not any(finding.severity is Severity.DENY for finding in findings),
        findings=findings,
    )


def _finding(observation: Observation, policy: Policy) -> Finding:
    rule = observation.rule
    return Finding(
        id=rule.id,
        severity=observation.severity or policy.severity(rule.name),
        rule=rule.name,
        message=printable(observation.message),
        why=rule.why,
        fix=printable(observation.fix),
    )


def _verdict(observations: tuple[Observation, ...]) -> Verdict:
    against = [observation.rule for observation in observations if observation.rule.linkage]
    if rules.READABLE in against or rules.LOADABLE in against:
        return Verdict.UNDETERMINED
    if any(rule is not rules.PACKED for rule in against):
        return Verdict.NOT_STATIC
    return Verdict.UNDETERMINED if against else Verdict.STATIC


def _observe(facts: Facts, policy: Policy) -> Iterator[Observation]:
    for damage in facts.damage:
        yield Observation(rules.READABLE, damage, _damage_fix(facts))
    if facts.header is None or facts.debug_only:
        return
    yield from observe_linkage(facts, facts.header)
    yield from _observe_platform(facts, facts.header, policy)
    yield from observe_hardening(facts)
    if facts.header.type not in ("ET_EXEC", "ET_DYN"):
        return
    yield from observe_requested_hardening(facts, policy)
    if facts.notes.glibc and not needs_loader(facts):
        yield Observation(
            rules.GLIBC,
            f"contains GNU's C library (NT_GNU_ABI_TAG, for kernels from {facts.notes.glibc})",
            "For Go, build with CGO_ENABLED=0; for C, link with musl instead.",
        )
        for plugin in facts.glibc_plugins:
            yield Observation(
                rules.GLIBC_PLUGINS,
                f"loads {plugin} on first use",
                "For Go, build with CGO_ENABLED=0 and -tags netgo,osusergo; for C, link with musl, "
                "or do not look up users, groups or host names.",
            )
    if policy.max_size is not None and facts.size > policy.max_size:
        yield Observation(
            rules.SIZE,
            f"has {facts.size} bytes, {facts.size - policy.max_size} more than the policy's limit "
            f"of {policy.max_size}",
            "Strip it (for go_static_binary: strip=True), remove unneeded embedded files and "
            "modules, or raise the policy's size.max.",
        )
    yield from judge_build(facts, policy)


def _damage_fix(facts: Facts) -> str:
    if not facts.debug_only:
        return (
            "Check that the path names a program, such as the output of `go build`, and build or "
            "copy it again."
        )
    build_id = facts.notes.gnu_build_id
    same = f", which has the same build ID, {build_id}" if build_id else ""
    return f"Check the program that it was split from{same}."


def _observe_platform(facts: Facts, header: Header, policy: Policy) -> Iterator[Observation]:
    found = Target(header.machine, header.bits, header.byte_order)
    if policy.goarch is not None and found != GO_ARCHITECTURES[policy.goarch]:
        yield Observation(
            rules.MACHINE,
            f"is for {found}, but should be for {policy.goarch} "
            f"({GO_ARCHITECTURES[policy.goarch]})",
            f"Build with GOARCH={policy.goarch}, or expect {header.goarch}. Often, GOARCH was not "
            "passed to the build.",
        )
    if policy.goos is None:
        return
    goos = facts.goos
    fits = goos == policy.goos if goos else header.os_abi in GO_SYSTEMS[policy.goos]
    if not fits:
        evidence = goos or f"another system (EI_OSABI {header.os_abi})"
        yield Observation(
            rules.OS,
            f"is for {evidence}, but should be for {policy.goos}",
            f"Build with GOOS={policy.goos}.",
        )
