"""Decisions about generated code, without an engine."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path

import pytest
from pants.engine.addresses import Address

from go_static.builder.arguments import MachineTool
from go_static.codegen.built_tools import for_this_machine
from go_static.codegen.directives import (
    Directive,
    failed_directive,
    local_packages,
    parse_directives,
)
from go_static.codegen.environment import GENERATE_VARIABLES, generate_environment
from go_static.codegen.errors import failure_message, wrong_result
from go_static.codegen.inputs import files_of_packages, package_directories
from go_static.codegen.overlay import misplaced
from go_static.codegen.system_tools import MissingToolError, missing_tool_message, probe_command
from go_static.engine.repo_paths import go_pattern
from go_static.targets.binary_settings import (
    GoStaticExecutableFieldSet,
    absolute_addresses,
    binary_alone,
)
from go_static_testing.engine import Repository
from go_static_testing.helpers import ToolNamed

FILES = (
    "m/main.go",
    "m/bpf/probe.c",
    "m/bpf/include/x.h",
    "m/api/api.go",
    "m/api/schema.json",
    "m/api/v1/v1.go",
    "m/api/testdata/t.go",
    "m/docs/x.md",
    "n/n.go",
)


def _directive(command: str, file: str = "m/api/api.go", line: int = 3) -> Directive:
    return Directive(file, line, command)


def test_directives_are_lines_that_start_with_the_prefix() -> None:
    text = (
        "package x\n\n//go:generate go run ./gen  -o x.go\n // go:generate no\n"
        "//go:generate\tstringer\n//go:generated no\n//go:generate\n\t//go:generate no\n"
    )
    assert list(parse_directives("x.go", text)) == [
        Directive("x.go", 3, "go run ./gen  -o x.go"),
        Directive("x.go", 5, "stringer"),
    ]
    # A line ends where Go says that it does.
    text = "package x\r\n// \f//go:generate no\n// \u2028//go:generate no\n//go:generate yes\r\n"
    assert list(parse_directives("x.go", text)) == [Directive("x.go", 4, "yes")]
    assert str(_directive("stringer")) == "m/api/api.go:3: //go:generate stringer"


@pytest.mark.parametrize(
    ("command", "directories"),
    [
        ("go run ../gen -o x.go", ("m/gen",)),
        ("go run . x", ("m/api",)),
        ("go run gen.go", ("m/api",)),
        ("go run -tags x ../../tools/main.go", ("tools",)),
        ("go run -mod=mod ../gen", ("m/gen",)),
        ("go run example.com/tool@v1 ./x", ()),
        ("go run example.com/m/cmd/gen ./x.c", ("m/cmd/gen",)),
        ("go run example.com/m", ("m",)),
        ("go run example.com/more ./x", ()),
        ("go run", ()),
        ("go run ../../../outside", ()),
        ("go run /outside/gen.go", ()),
        ("go run ../..gen", ("m/..gen",)),
        ("go tool stringer", ()),
        ("sh ./gen.sh", ()),
        ("go run 'unfinished", ()),
    ],
)
def test_the_go_code_that_directives_run_is_an_input(
    command: str, directories: tuple[str, ...]
) -> None:
    assert local_packages([_directive(command)], "example.com/m", "m") == directories


def test_the_failed_directive_is_found_in_the_output_of_go() -> None:
    directives = (_directive("one"), _directive("two", line=4))
    said = 'noise\napi/api.go:4: running "two": exit status 1\n'
    assert failed_directive(said, "m", directives) == directives[1]
    assert failed_directive("api/api.go:9: no", "m", directives) is None
    message = failure_message("m:gen", directives[1], "the output")
    assert "m:gen: `go generate` failed, so nothing was built.\n\n  m/api/api.go:4: " in message
    assert "the output" in message


@pytest.mark.parametrize("program", ["stringer", "protoc-gen-go"])
def test_a_program_that_is_missing_is_named_with_the_field_for_it(program: str) -> None:
    said = f'm/api/api.go:4: running "{program}": exec: "{program}": executable file not found in'
    assert failure_message("m:gen", _directive(program, line=4), f"{said} $PATH") == (
        f"m:gen: `go generate` needs the program `{program}`, which is not in its `tools`, so "
        f"nothing was built.\n\n  m/api/api.go:4: //go:generate {program}\n\nAdd it to the field: "
        f'`tools=["{program}"]` takes it from the PATH. To build it instead, add '
        f'`go_static_binary(name="{program}", main="…")` with the import path in a `tool` or '
        f'`require` line of go.mod, and write `tools=[":{program}"]`. With a `tool` line, the '
        f"directive can also say `go tool {program}`.\n\nOutput:\n\n{said} $PATH"
    )


@pytest.mark.parametrize(
    ("packages", "expected"),
    [
        (("m",), ("m",)),
        (("m/api",), ("m/api",)),
        (("m/api/...",), ("m/api", "m/api/v1")),
        (("m/...", "n"), ("m", "m/api", "m/api/v1", "n")),
        (("...",), ("m", "m/api", "m/api/v1", "n")),
        (("m/api/v1", "m/api"), ("m/api/v1", "m/api")),
        (("m/docs",), ()),
        (("m/bpf/...",), ()),
    ],
)
def test_packages_are_directories_with_go_files(
    packages: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert package_directories(packages, FILES) == expected


def test_directives_get_the_files_of_their_packages_and_no_others() -> None:
    assert files_of_packages(frozenset({"m/api"}), FILES) == ("m/api/api.go", "m/api/schema.json")
    assert files_of_packages(frozenset({"m"}), FILES) == (
        "m/main.go",
        "m/bpf/probe.c",
        "m/bpf/include/x.h",
        "m/docs/x.md",
    )


def test_patterns_are_relative_to_the_module() -> None:
    assert go_pattern("m/api", "m") == "./api"
    assert go_pattern("m", "m") == "."
    assert go_pattern("api", "") == "./api"


@pytest.mark.parametrize(
    ("written", "deleted", "said"),
    [
        (("m/a.go",), (), ""),
        ((), (), "its directives wrote no file, so nothing was built."),
        (("m/a.go",), ("m/b.go",), "its directives deleted m/b.go, so nothing was built."),
        (("m/a.go", "n/b.go"), (), "wrote n/b.go outside their module in m"),
    ],
)
def test_what_directives_may_leave_behind(
    written: tuple[str, ...], deleted: tuple[str, ...], said: str
) -> None:
    problem = wrong_result("m:gen", written, deleted, "m", (_directive("x"),), "its words")
    assert said in problem
    assert bool(problem) == bool(said)
    if said:
        assert "m/api/api.go:3: //go:generate x" in problem


def test_a_generator_has_to_write_to_a_module_of_the_build() -> None:
    assert misplaced({"m/a.go": ":a", "other/b": ":a"}, ["m"]) == ""
    assert misplaced({"m/a.go": ":a", "n/b.go": ":b"}, ["m"]).startswith(
        ":b generates n/b.go, but nothing in the module of the binary (m)."
    )
    assert misplaced({"a.go": ":a"}, [""]) == ""


def test_one_generator_has_one_address_however_it_is_written() -> None:
    assert absolute_addresses([":gen", "//x:y"], "src/go") == ("//src/go:gen", "//x:y")
    assert absolute_addresses([":gen"], "") == ("//:gen",)
    assert absolute_addresses(["b:b", "a:a", "b:b"], "x") == ("a:a", "b:b")


def test_nothing_of_the_machine_is_in_the_environment_of_directives() -> None:
    environment = generate_environment("m/go.work")
    assert environment["CGO_ENABLED"] == "0"
    assert environment["GOWORK"] == "tree/m/go.work"
    assert "GOOS" not in environment and "GOARCH" not in environment
    assert set(environment) < GENERATE_VARIABLES


def test_a_large_tool_is_identified_by_its_content(tmp_path: Path) -> None:
    tool = tmp_path / "clang"
    identities = set()
    for last in (b"a", b"b"):
        with tool.open("wb") as file:
            file.write(b"#!/bin/sh\necho 'clang 1.0'\nexit 0\n")
            file.seek(60_000_000)
            file.write(last)
        tool.chmod(0o755)
        said = subprocess.run(
            probe_command("clang", (str(tmp_path),)), capture_output=True, check=True, text=True
        ).stdout
        assert said.startswith(f"{tool}\nclang 1.0\n")
        identities.add(said)
    assert len(identities) == 2


def test_tools_are_searched_on_the_path_and_then_in_system_directories(
    repository: Repository,
) -> None:
    repository.configure(env={"PATH": "/opt/bin::relative:/usr/bin/"})
    with repository.fails(
        MissingToolError, "Searched: /opt/bin, /usr/bin, /usr/local/bin, /bin.\n"
    ):
        repository.request(MachineTool, ToolNamed("no-such-tool"))


def test_the_error_says_which_machine_lacks_a_tool() -> None:
    machine, worker = (
        missing_tool_message("protoc", "m:gen", ["/a", "/b"], workers) for workers in (False, True)
    )
    assert machine.startswith("m:gen: `tools` names protoc, which is not on this machine.\n")
    assert "Searched: /a, /b." in machine and "Install it and put it on PATH" in machine
    assert worker.startswith("m:gen: `tools` names protoc, which is not on the remote worker.\n")
    assert "Install it in the image of the workers, or use `go run` with a package" in worker


def test_a_tool_is_built_for_the_machine_that_starts_it(repository: Repository) -> None:
    repository.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/main.go": "package main\n\nfunc main() {}\n",
            "m/BUILD": 'go_module(name="mod")\ngo_static_binary(name="it", goarch="arm", '
            'goarch_level="7")\n',
        }
    )
    field_set = repository.field_set("m:it#binary")
    here = for_this_machine(field_set, "linux_x86_64")
    assert isinstance(here, GoStaticExecutableFieldSet)
    assert (here.goos.value, here.goarch.value, here.goarch_level.value) == ("linux", "amd64", None)
    assert dataclasses.replace(here, goarch=field_set.goarch, goarch_level=field_set.goarch_level)
    same = for_this_machine(here, "linux_x86_64")
    assert same is here
    assert here.address == Address("m", target_name="it", generated_name="binary")


def test_a_tool_is_built_without_what_is_written_beside_it(repository: Repository) -> None:
    repository.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/main.go": "package main\n\nfunc main() {}\n",
            "m/BUILD": 'go_module(name="mod")\ngo_static_binary(name="it", sbom="spdx")\n',
        }
    )
    field_set = repository.field_set("m:it#binary")
    alone = binary_alone(field_set)
    assert isinstance(alone, GoStaticExecutableFieldSet)
    assert (field_set.sbom.value, alone.sbom.value) == ("spdx", None)
    assert dataclasses.replace(alone, sbom=field_set.sbom) == field_set
