"""The ELF test in `pants test` that each binary has."""

from __future__ import annotations

import platform
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from end_to_end.errors_page import documented
from end_to_end.programs import tiny_program
from end_to_end.repository import PROJECT, Repository, Toolbox


def test_every_binary_brings_a_test_that_passes_with_one_line(project: Repository) -> None:
    project.write(
        tiny_program(
            "service",
            build='go_static_binary(name="agent", goarch=parametrize("amd64", "arm64"))\n',
        )
    )

    quiet = project.pants("test", "::").succeeded().log
    loud = project.pants("test", "--output=all", "service:agent@goarch=arm64").succeeded().log

    assert "✓ service:agent#elf_static_test@goarch=amd64 succeeded" in quiet
    assert "✓ service:agent#elf_static_test@goarch=arm64 succeeded" in quiet
    assert "ES0" not in quiet
    lines = [line for line in loud.splitlines() if line.startswith("dist/")]
    assert len(lines) == 1
    assert lines[0].startswith("dist/service/agent@goarch=arm64: static, linux/arm64, go1.")


def test_the_report_is_junit_xml_and_force_runs_the_test_again(project: Repository) -> None:
    project.write(tiny_program("program"))

    first = project.pants("test", "--report", "::").succeeded().log
    again = project.pants("test", "::").succeeded().log
    forced = project.pants("test", "--force", "::").succeeded().log

    assert "(memoized)" not in first
    assert "(memoized)" in again or "cached" in again
    assert "(memoized)" not in forced and "cached" not in forced
    (report,) = (project.root / "dist" / "test" / "reports").iterdir()
    suites = ElementTree.parse(report).getroot()
    assert suites.tag == "testsuites"
    assert {name: suites.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "1",
        "failures": "0",
        "errors": "0",
    }


def test_a_test_can_be_skipped_by_field_and_by_option(project: Repository) -> None:
    project.write(
        tiny_program(
            "program",
            build='go_static_binary(name="one", skip_elf_static_test=True)\n'
            'go_static_binary(name="two")\n',
        )
    )

    log = project.pants("test", "::").succeeded().log
    skipped = project.pants("--elf-static-skip", "test", "::").succeeded().log

    assert "program:two#elf_static_test succeeded" in log
    assert "program:one" not in log
    assert "succeeded" not in skipped


def test_a_policy_file_decides_and_changed_since_follows_it(
    project: Repository,
) -> None:
    project.write(
        {
            **tiny_program("program", build='go_static_binary(policy="//policies/small.toml")\n'),
            "policies/BUILD": 'file(name="small", source="small.toml")\n',
            "policies/small.toml": '[size]\nmax = "64 MiB"\n',
        }
    )
    project.git("init", "--quiet")
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message=first")
    project.pants("test", "::").succeeded()
    dependencies = project.pants("dependencies", "program#elf_static_test").succeeded()
    assert dependencies.output.split() == ["policies:small", "program#binary"]

    project.write({"policies/small.toml": '[size]\nmax = "64 KiB"\n'})
    changed = project.pants(
        "--changed-since=HEAD", "--changed-dependents=transitive", "test"
    ).failed_with(
        "✕ program#elf_static_test failed",
        "dist/program/program: static",
        "but fails under the policy policies/small.toml",
        "ES024 size: has ",
        "more than the policy's limit of 65536",
        "raise the policy's size.max",
    )
    assert "Traceback" not in changed.log

    project.write({"policies/small.toml": '[size]\nmaximum = "64 KiB"\n'})
    project.pants("test", "::").failed_with(
        "elf-static: error: policies/small.toml:2: size.maximum is unknown; did you mean max?"
    )


def test_a_missing_policy_is_an_error(project: Repository) -> None:
    project.write(tiny_program("program", build='go_static_binary(policy="no.toml")\n'))
    project.pants("test", "::").failed_with(
        "program:program: the policy program/no.toml does not exist.",
        "Check the path: it is relative to the BUILD file or, after `//`, to the repository's",
    )

    project.write(tiny_program("program", build='go_static_binary(policy="../../no.toml")\n'))
    project.pants("test", "::").failed_with(
        "program:program: policy=`../../no.toml` is outside the repository"
    )


def test_an_elf_test_depends_on_its_binary(project: Repository) -> None:
    project.write(tiny_program("program"))

    listed = project.pants("list", "::").succeeded().output.split()
    dependencies = project.pants("dependencies", "program#elf_static_test").succeeded().output
    dependents = (
        project.pants("dependents", "--transitive", "program/main.go").succeeded().output.split()
    )

    assert {"program#binary", "program#elf_static_test"} <= set(listed)
    assert dependencies.split() == ["program#binary"]
    assert "program#elf_static_test" in dependents


def test_it_tests_checked_in_files_and_packages_of_other_backends(
    shells: Repository,
) -> None:
    shells.write(
        {
            "tools/BUILD": (
                'file(name="true", source="true")\n'
                'elf_static_test(name="prebuilt", binary=":true", policy="any-language")\n'
                'elf_static_test(name="by_path", binary="true", policy="any-language")\n'
                'archive(name="packed", format="tar", files=[":true"])\n'
                'elf_static_test(name="archived", binary=":packed", policy="any-language")\n'
                'shell_sources(name="shell")\n'
                'elf_static_test(name="neither", binary=":shell")\n'
            ),
            "tools/x.sh": "",
        }
    )
    shutil.copy("/bin/true", shells.root / "tools" / "true")

    shells.pants("test", "tools:prebuilt").failed_with(
        "✕ tools:prebuilt failed",
        "tools/true: not static, ",
        "ES004 interpreter: needs the program interpreter /",
        "ES005 needed: needs the shared libraries libc.so.6 (DT_NEEDED)",
    )
    shells.pants("test", "tools:by_path").failed_with("tools/true: not static, ")
    dependencies = shells.pants("dependencies", "tools:by_path").succeeded()
    assert dependencies.output.split() == ["tools:true"]
    shells.pants("test", "tools:archived").failed_with(
        "✕ tools:archived failed",
        "dist/tools/packed.tar!/tools/true: not static, ",
        "ES005 needed: needs the shared libraries libc.so.6 (DT_NEEDED)",
    )
    shells.pants("test", "tools:neither").failed_with(
        "tools:neither: binary=`:shell` names shell_source",
        "which has neither a package nor files",
        'file(name="prebuilt", source="tool")',
    )


def test_it_starts_the_binary_in_an_empty_root(project: Repository) -> None:
    project.write(
        {
            **tiny_program(
                "program",
                build='go_static_binary(name="well", run_in_scratch=[])\n'
                'go_static_binary(name="ill", run_in_scratch=["--help", "it\'s"])\n',
            ),
            "program/main.go": (
                'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n'
                '\tif _, err := os.Stat("/etc"); err == nil {\n\t\tos.Exit(9)\n\t}\n'
                '\tif len(os.Args) > 1 {\n\t\tfmt.Printf("got %q\\n", os.Args[1:])\n'
                "\t\tos.Exit(3)\n\t}\n}\n"
            ),
        }
    )

    project.pants("test", "program:well").succeeded()
    project.pants("test", "program:ill").failed_with(
        "ES026 scratch: exited with 3 when `ill --help it's` was started in an empty root",
        'it printed: got ["--help" "it\'s"]',
    )


@pytest.mark.skipif(platform.machine() == "s390x", reason="it is foreign to all others")
def test_a_binary_for_another_machine_is_rejected_unless_run_in_scratch_is_optional(
    project: Repository,
) -> None:
    project.write(
        tiny_program(
            "program",
            build='go_static_binary(name="foreign", goarch="s390x", run_in_scratch=["--version"])\n'
            'go_static_binary(name="optional", goarch="s390x", run_in_scratch=["--version"], '
            "run_in_scratch_optional=True)\n"
            'go_static_binary(name="all", goarch=parametrize("amd64", "arm64", "s390x"), '
            "run_in_scratch=[])\n",
        )
    )
    project.pants("test", "program:foreign").failed_with(
        *documented("a program that is started on a machine of another architecture")
    )
    optional = project.pants("test", "--output=all", "program:optional").succeeded().log
    assert "warning: ES026 scratch: cannot be started here: it is for s390x" in optional

    several = project.pants("test", "program:all").succeeded().log
    assert (
        "program:all@goarch=s390x is not started (`run_in_scratch`), because it is for linux/s390x "
        "and this machine is linux/"
    ) in several


def test_a_timeout_ends_the_test(project: Repository) -> None:
    project.write(
        {
            **tiny_program(
                "program",
                build='go_static_binary(name="slow", skip_elf_static_test=True)\n'
                'elf_static_test(name="test", binary=":slow#binary", run_in_scratch=[], '
                "timeout=2)\n",
            ),
            "program/main.go": 'package main\n\nimport "time"\n\n'
            'func main() { println("started"); time.Sleep(time.Hour) }\n',
        }
    )
    project.pants("test", "::").failed_with(
        "✕ program:test failed",
        "ES026 scratch: did not end within 1 s when `slow` was started in an empty root",
        "it printed: started",
    )


def test_debug_runs_the_same_test_in_the_foreground(project: Repository) -> None:
    project.write(tiny_program("program"))
    result = project.pants("test", "--debug", "program#elf_static_test").succeeded()
    assert "dist/program/program: static, linux/amd64" in result.output + result.log


# Possible bugs in the backend: a file, a text in it, its replacement, and what the test says then.
SABOTAGE = (
    (
        "go/flags.py",
        '"netgo", "osusergo"',
        '"netgo",',
        "ES019 build-tags: was built without the build tags osusergo",
    ),
    (
        "go/sandbox.py",
        '"CGO_ENABLED": "0"',
        '"CGO_ENABLED": "1"',
        "ES018 cgo: was built with cgo (CGO_ENABLED=1)",
    ),
    (
        "go/flags.py",
        "-buildvcs=false",
        "-buildmode=pie",
        "ES004 interpreter: needs the program interpreter /lib64/ld-linux-x86-64.so.2",
    ),
)


def test_the_elf_test_fails_when_the_backend_is_broken(toolbox: Toolbox, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(PROJECT / "src" / "python", source)
    for file, promise, broken, _ in SABOTAGE:
        module = source / "go_static" / file
        assert promise in module.read_text()
        module.write_text(module.read_text().replace(promise, broken))
    repository = Repository.create(tmp_path / "repository", toolbox, source=source)
    repository.write(tiny_program("program"))

    repository.pants("test", "::").failed_with(
        "✕ program#elf_static_test failed",
        *(said for *_, said in SABOTAGE),
        "It was built with -buildmode=pie",
    )
