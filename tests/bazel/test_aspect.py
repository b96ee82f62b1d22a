"""elf_static_aspect: `bazel build` itself judges programs."""

from __future__ import annotations

import re

from bazel.machine import Ran, Repository

# Under the policy rules-go, which refuses GNU's C library.
REFUSED = {
    *("//aspect:cgo", "//aspect:empty", "//aspect:pie", "//aspect:wrong_machine", "//c:dynamic"),
    *("//c:static", "//c:static_pie", "//go:pie"),
}
ANY_LANGUAGE = "--@elf_static//:policy=@elf_static//policies:any-language"


def failed(ran: Ran) -> set[str]:
    """The targets for which an action failed."""
    return set(re.findall(r"^ERROR: .*Checking that (\S+) is static failed", ran.output, re.M))


def test_a_build_fails_for_each_program_that_is_not_static(built: Ran) -> None:
    assert built.code == 1
    assert failed(built) == REFUSED, built.output


def test_the_build_names_the_finding(built: Ran) -> None:
    said = re.findall(r"^//aspect:pie: not static.*\n  ES004 .*(?:\n    .*)+", built.output, re.M)
    assert len(said) == 1, built.output
    assert "    fix: " in said[0]


def test_a_program_with_cgo_is_refused_and_the_fix_names_the_attribute(built: Ran) -> None:
    said = re.findall(r"^//aspect:cgo: not static.*\n(?:  .*\n)+", built.output, re.M)
    assert len(said) == 1, built.output
    assert re.search(r"ES005 needed: needs the shared libraries .*libc\.so\.6", said[0]), said[0]
    assert 'With rules_go, set pure = "on" on the go_binary' in said[0]


def test_a_program_for_another_machine_than_its_rule_says_is_refused(built: Ran) -> None:
    assert re.search(r"^//aspect:wrong_machine: .*\n.*arm64", built.output, re.M), built.output


def test_a_build_of_static_programs_succeeds(programs: Repository) -> None:
    ran = programs.bazel("build", "--config=elf_static", "//aspect:static", "//go:static")
    assert ran.code == 0, ran.output
    report = programs.read("bazel-bin/aspect/static.elf_static.txt")
    assert report.startswith("//aspect:static: static, ")


def test_a_build_of_static_programs_in_c_succeeds_under_any_language(programs: Repository) -> None:
    ran = programs.bazel("build", "--config=elf_static", ANY_LANGUAGE, "//c:static")
    assert ran.code == 0, ran.output


def test_the_default_policy_is_red_on_what_rules_go_builds(programs: Repository) -> None:
    policy = "--@elf_static//:policy=@elf_static//policies:default"
    ran = programs.bazel("build", "--config=elf_static", policy, "//aspect:static")
    assert (ran.code, failed(ran)) == (1, {"//aspect:static"})


def test_a_policy_in_a_file_is_a_label(programs: Repository) -> None:
    policy = "--@elf_static//:policy=//policies:small.toml"
    ran = programs.bazel("build", "--config=elf_static", policy, "//aspect:static")
    assert (ran.code, failed(ran)) == (1, {"//aspect:static"})
    assert "ES024 size: has " in ran.output


def test_validations_can_be_left_out(programs: Repository) -> None:
    ran = programs.bazel("build", "--config=elf_static", "--norun_validations", "//c:dynamic")
    assert ran.code == 0, ran.output
