"""elf_static_test, over every kind of program."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from bazel.machine import Ran, Repository

PASSED = (
    *("//archive:static_directory_test", "//archive:static_tar_test", "//c:static_pie_test"),
    *("//c:static_test", "//go:arm64_test", "//go:static_test", "//policies:started_test"),
    "//policies:started_without_arguments_test",
)
# Each with a part of the report that says why.
FAILED = {
    "//archive:dynamic_directory_test": "//archive:dynamic_directory/dynamic: not static",
    "//archive:dynamic_tar_test": "//archive:dynamic_tar!/dynamic: not static",
    "//c:dynamic_test": "//c:dynamic: not static",
    "//go:pie_test": "ES004 interpreter: needs the program interpreter /lib64/ld-linux-x86-64.so.2",
    "//go:source_test": "//go:main.go: cannot be judged",
    "//go:wrong_machine_test": "ES008 machine: is for ",
    "//policies:failing_test": "ES026 scratch: exited with 1 when",
    "//policies:size_test": "ES024 size: has ",
}


def report(repository: Repository, test: str) -> str:
    return repository.read(f"bazel-testlogs/{test[2:].replace(':', '/')}/test.log")


def test_every_program_is_judged(tested: Ran) -> None:
    expected = {**dict.fromkeys(PASSED, "PASSED"), **dict.fromkeys(FAILED, "FAILED")}
    assert tested.tests == expected, tested.output
    # Bazel's own code for failed tests, and for nothing else.
    assert tested.code == 3, tested.output


@pytest.mark.parametrize(("test", "reason"), FAILED.items())
def test_a_failure_says_why(tested: Ran, programs: Repository, test: str, reason: str) -> None:
    assert reason in report(programs, test)


def test_the_junit_report_names_the_target_and_the_finding(
    tested: Ran, programs: Repository
) -> None:
    text = programs.read("bazel-testlogs/c/dynamic_test/test.xml")
    (case,) = ElementTree.fromstring(text).iter("testcase")
    assert case.get("name") == "//c:dynamic"
    (failure, *_) = case.iter("failure")
    assert "ES004" in f"{failure.get('message')}{failure.text}"
    text = programs.read("bazel-testlogs/c/static_test/test.xml")
    assert not list(ElementTree.fromstring(text).iter("failure"))


def test_tests_run_in_a_sandbox(tested: Ran) -> None:
    assert "linux-sandbox" in tested.processes, tested.output
    assert "local" not in tested.processes


def test_a_test_starts_without_bazel(tested: Ran, programs: Repository) -> None:
    done = programs.inside.run(
        ["bazel-bin/c/dynamic_test"], programs.root, {"PATH": "/usr/bin:/bin"}
    )
    assert (done.returncode, "//c:dynamic: not static" in done.stdout) == (1, True), done.stdout


@pytest.mark.parametrize(
    ("package", "error"),
    [
        (
            "two_files",
            "elf_static_test: `binary` must be an executable or exactly one file. "
            "//broken/two_files:two provides: broken/two_files/BUILD.bazel, ",
        ),
        (
            "no_policy",
            "in policy attribute of elf_static_test rule //broken/no_policy:test: "
            "'//broken/no_policy:nothing' must produce a single file",
        ),
    ],
)
def test_a_wrong_attribute_is_an_error(programs: Repository, package: str, error: str) -> None:
    ran = programs.bazel("build", "--nobuild", f"//broken/{package}:test")
    assert ran.code == 1
    assert error in ran.output
