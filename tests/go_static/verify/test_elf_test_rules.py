"""The rules of the ELF test: files, policy and process."""

from __future__ import annotations

import os
import platform
from typing import Any

import pytest
from pants.core.goals.package import BuiltPackage, BuiltPackageArtifact
from pants.core.goals.test import TestResult
from pants.engine.addresses import Address
from pants.engine.fs import EMPTY_DIGEST
from pants.engine.internals.scheduler import ExecutionError
from pants.engine.process import ProcessCacheScope
from pants.engine.target import InvalidFieldException

from end_to_end.errors_page import documented
from go_static.engine.python_interpreter import Interpreter
from go_static.goals.elf_check import ElfStaticTestFieldSet
from go_static.targets.elf_test_fields import ElfBinaryField, SkipElfStaticTestField
from go_static.verify.checker import ELF_CHECKER
from go_static.verify.elf_files import (
    ElfFiles,
    ElfFilesError,
    artifact_files,
    candidate_path,
    the_only,
)
from go_static.verify.verification import ElfTest, Verification, cache_scope, check_arguments
from go_static.verify.verification import test_policy as policy_of
from go_static_testing.engine import Repository

GO_MOD = "module example.com/m\n\ngo 1.21\n"
ADDRESS = Address("src/agent", target_name="agent", generated_name="elf_static_test")


def _request(**fields: Any) -> ElfTest:
    defaults: dict[str, Any] = {
        "address": ADDRESS,
        "binary": ":agent#binary",
        "policy": "default",
        "run_in_scratch": None,
        "run_in_scratch_optional": False,
        "timeout": None,
        "force": False,
    }
    return ElfTest(**{**defaults, **fields})


def _program(build: str) -> dict[str, str]:
    return {
        "m/go.mod": GO_MOD,
        "m/main.go": 'package main\n\nfunc main() { println("elf test") }\n',
        "m/BUILD": f'go_module(name="mod")\n{build}',
    }


def test_a_binary_generates_its_test_with_the_fields_of_the_test(
    repository: Repository,
) -> None:
    repository.write(
        _program(
            'go_static_binary(name="it", goarch=parametrize("amd64", "arm64"), policy="strict", '
            'run_in_scratch=["-v"], skip_elf_static_test=True, strip=True, tags=["t"])\n'
        )
    )
    targets = repository.targets()

    test = targets["m:it#elf_static_test@goarch=arm64"]
    assert test[ElfBinaryField].value == "m:it#binary@goarch=arm64"
    fields = ElfStaticTestFieldSet.create(test)
    assert fields.policy.value == "strict"
    assert fields.run_in_scratch.value == ("-v",)
    assert ElfStaticTestFieldSet.opt_out(test)
    assert not targets["m:it#binary@goarch=arm64"].has_field(SkipElfStaticTestField)
    assert repository.dependencies("m:it#elf_static_test@goarch=arm64") == [
        "m:it#binary@goarch=arm64"
    ]


def test_the_process_depends_on_nothing_of_the_machine_but_the_interpreter(
    repository: Repository,
) -> None:
    repository.write(_program('go_static_binary(name="it")\n'))
    address = Address("m", target_name="it", generated_name="elf_static_test")

    process = repository.request(
        Verification, _request(address=address, binary="m:it#binary")
    ).process

    python = repository.request(Interpreter)
    assert process.argv[0] == python.path
    assert list(process.argv[-2:]) == ["--", "dist/m/it"]
    rest = [*process.argv[1:], *process.env.values()]
    home = os.path.expanduser("~")
    assert not [word for word in rest if str(repository.root) in word or home in word]
    assert set(process.env) == {"GO_STATIC_INTERPRETER", "TMPDIR"}
    assert process.env["TMPDIR"] == "__tmp__"
    assert process.cache_scope == ProcessCacheScope.SUCCESSFUL
    assert set(process.immutable_input_digests) == {ELF_CHECKER.directory}
    assert repository.files(process.input_digest) == ["dist/m/it"]
    assert list(process.output_files) == ["m.it@elf_static_test.xml"]


def test_fields_become_arguments() -> None:
    ours = ElfFiles(EMPTY_DIGEST, ("dist/a", "dist/-b"), goos="linux", goarch="arm64")
    prebuilt = ElfFiles(EMPTY_DIGEST, ("x",), goos="", goarch="")
    assert check_arguments(_request(), ours, "r.xml") == (
        "check",
        "--policy=default",
        "--report=junit=r.xml",
        "--goos=linux",
        "--goarch=arm64",
        "--",
        "dist/a",
        "dist/-b",
    )
    scratch = _request(
        policy="p.toml",
        run_in_scratch=("--say", "it's"),
        run_in_scratch_optional=True,
        timeout=10,
    )
    assert check_arguments(scratch, prebuilt, "r.xml") == (
        "check",
        "--policy=p.toml",
        "--report=junit=r.xml",
        "--run-in-scratch=--say 'it'\"'\"'s'",
        "--run-in-scratch-optional",
        "--run-in-scratch-timeout=9",
        "--",
        "x",
    )
    assert "--run-in-scratch=" in check_arguments(_request(run_in_scratch=()), ours, "r.xml")
    one_second = check_arguments(_request(run_in_scratch=(), timeout=1), ours, "r.xml")
    assert "--run-in-scratch-timeout=0.5" in one_second


def test_only_results_that_apply_to_other_machines_are_cached() -> None:
    assert cache_scope(_request()) == ProcessCacheScope.SUCCESSFUL
    assert cache_scope(_request(run_in_scratch=())) == ProcessCacheScope.SUCCESSFUL
    assert cache_scope(_request(run_in_scratch_optional=True)) == ProcessCacheScope.SUCCESSFUL
    assert cache_scope(_request(force=True)) == ProcessCacheScope.PER_SESSION
    optional = _request(run_in_scratch=(), run_in_scratch_optional=True)
    assert cache_scope(optional) == ProcessCacheScope.PER_SESSION


@pytest.mark.parametrize(
    ("field", "option", "expected"),
    [
        (None, "default", "default"),
        (None, "build/p.toml", "build/p.toml"),
        ("strict", "default", "strict"),
        ("p.toml", "default", "src/agent/p.toml"),
        ("../p.toml", "default", "src/p.toml"),
        ("//p.toml", "default", "p.toml"),
    ],
)
def test_policies_are_built_in_or_relative_to_the_build_file(
    field: str | None, option: str, expected: str
) -> None:
    assert policy_of(field, ADDRESS, option) == expected


@pytest.mark.parametrize(
    "field", ["../../../p.toml", "//../p.toml", "//a/../../p.toml", "/p.toml", "//a/.."]
)
def test_a_policy_outside_the_repository_is_refused(field: str) -> None:
    with pytest.raises(
        InvalidFieldException, match="src/agent:agent: policy=.* is outside the repository"
    ):
        policy_of(field, ADDRESS, "default")


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("bad/defualt", documented("a policy that is neither built in nor a file")),
        (
            "Any_Language",
            ("the policy Any_Language does not exist.", "Did you mean `any-language`?"),
        ),
        ("bad/p.toml", ("bad:it: the policy bad/p.toml does not exist.", "Check the path: it is")),
    ],
)
def test_a_policy_that_does_not_exist_is_refused_before_anything_is_built(
    policy: str, said: tuple[str, ...], repository: Repository
) -> None:
    repository.write({"bad/main.go": "this does not compile", "bad/BUILD": "file(source='BUILD')"})
    address = Address("bad", target_name="it", generated_name="elf_static_test")
    with pytest.raises(ExecutionError) as raised:
        repository.request(Verification, _request(address=address, binary=":it", policy=policy))
    assert all(part in str(raised.value) for part in said), raised.value


def _said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [message for message in caplog.messages if "is not started" in message]


def test_a_program_for_another_machine_is_not_started_if_another_variant_is(
    repository: Repository, caplog: pytest.LogCaptureFixture
) -> None:
    repository.write(
        _program(
            'go_static_binary(name="it", run_in_scratch=[], '
            'goarch=parametrize("amd64", "arm64", "s390x"))\n'
            'go_static_binary(name="foreign", run_in_scratch=[], goarch=parametrize("s390x"))\n'
            'elf_static_test(name="by_hand", run_in_scratch=[], binary=parametrize('
            'own="m:it#binary@goarch=amd64", '
            'arm="m:it#binary@goarch=arm64", other="m:it#binary@goarch=s390x"))\n'
            'elf_static_test(name="prebuilt", binary="main.go", run_in_scratch=[])\n'
        )
    )
    caplog.set_level("INFO")
    here = "amd64" if platform.machine() == "x86_64" else "arm64"

    def starts(target: str, **fields: Any) -> bool:
        test = repository.targets()[target]
        binary = test[ElfBinaryField].value
        request = _request(address=test.address, binary=binary, run_in_scratch=(), **fields)
        arguments = repository.request(Verification, request).process.argv
        return "--run-in-scratch=" in arguments

    assert starts(f"m:it#elf_static_test@goarch={here}")
    assert not _said(caplog)
    assert not starts("m:it#elf_static_test@goarch=s390x")
    assert starts("m:it#elf_static_test@goarch=s390x", run_in_scratch_optional=True)
    assert not starts("m:by_hand@binary=other")
    # No other variant runs here, or none is known: the checker says what is wrong.
    assert starts("m:foreign#elf_static_test@goarch=s390x")
    assert starts("m:prebuilt")
    assert _said(caplog)[0].startswith(
        "m:it@goarch=s390x is not started (`run_in_scratch`), because it is for linux/s390x and "
        f"this machine is linux/{here}; m:it@goarch="
    )


def test_a_value_with_address_syntax_is_not_a_path() -> None:
    assert candidate_path("tool", "src") == "src/tool"
    assert candidate_path("//bin/tool", "src") == "bin/tool"
    for address in ("src:tool", ":tool", "tool#binary", "tool@a=b", "../../tool"):
        assert candidate_path(address, "src") == ""


def test_an_artifact_may_be_a_directory() -> None:
    package = BuiltPackage(
        EMPTY_DIGEST,
        (BuiltPackageArtifact("a"), BuiltPackageArtifact("d"), BuiltPackageArtifact(None)),
    )
    files = ("a", "ab", "d/x", "d/y/z", "other")
    assert artifact_files(package, files) == ("a", "d/x", "d/y/z")


def test_one_package_is_tested_at_a_time(repository: Repository) -> None:
    repository.write(
        _program('go_static_binary(name="it", goarch=parametrize("amd64", "arm64"))\n')
    )
    found = repository.targets()
    targets = [found[f"m:it#binary@goarch={goarch}"] for goarch in ("amd64", "arm64")]
    assert the_only(targets[:1], "m:test", ":it") == targets[0]
    with pytest.raises(ElfFilesError) as raised:
        the_only(targets, "m:test", ":it")
    assert str(raised.value) == (
        "m:test: binary=`:it` matches several packages:\n"
        "  m:it#binary@goarch=amd64\n  m:it#binary@goarch=arm64\n\n"
        "Name one of them, or parametrize the field."
    )


def test_the_whole_test_in_the_engine(repository: Repository) -> None:
    repository.write(_program('go_static_binary(name="it")\n'))
    result: TestResult = repository.test("m:it#elf_static_test")
    assert result.exit_code == 0
    assert result.xml_results is not None
    assert result.xml_results.files == ("m.it@elf_static_test.xml",)
