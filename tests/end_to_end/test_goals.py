"""The goals: package, run, tailor, help, dependencies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from end_to_end.elf import Binary
from end_to_end.programs import network_program, tiny_program
from end_to_end.repository import Repository


def test_package_names_the_file_after_the_target_and_its_parameters(project: Repository) -> None:
    project.write(
        tiny_program(
            "program",
            build='go_static_binary(name="agent", goarch=parametrize("amd64", "arm64"))\n'
            'go_static_binary(name="chosen", output_path="tools/${target_name_normalized}.bin")\n',
        )
    )

    log = project.pants("package", "program:agent", "program:chosen").succeeded().log

    assert sorted(project.dist) == [
        "program/agent@goarch=amd64",
        "program/agent@goarch=arm64",
        "tools/chosen.bin",
    ]
    assert "Build program:agent@goarch=arm64 for linux/arm64" in log


def test_run_starts_the_binary_with_the_arguments(project: Repository) -> None:
    project.write(
        network_program(
            "program",
            "go_static_binary(strip=True, definitions={'main.version': \"1.2 it's 3\"})\n",
        )
    )

    result = project.pants("run", "program:program", "--", "-version").succeeded()

    assert result.output == "1.2 it's 3\n"


def test_run_rejects_a_binary_for_another_machine(project: Repository) -> None:
    project.write(tiny_program("program", build='go_static_binary(goarch="s390x")\n'))

    project.pants("run", "program:program").failed_with(
        "program:program is built for linux/s390x and cannot run on linux/",
        "Run `pants package` and start it on a linux/s390x machine, or parametrize `goarch`",
    )


def test_flags_tags_and_levels_reach_the_binary(project: Repository) -> None:
    files = tiny_program(
        "program",
        build="go_static_binary(build_tags=['extra'], goarch_level='v3', "
        "ldflags=['-buildid=fixed'], gcflags=['-l'], asmflags=['-spectre=ret'], strip=True)\n",
    )
    files["program/extra.go"] = (
        "//go:build extra && amd64.v3\n\npackage main\n\nfunc init() { println(`extra`) }\n"
    )
    project.write(files)

    log = project.pants("run", "program:program").succeeded().log
    project.pants("package", "program:program").succeeded()

    binary = Binary.read(project.dist["program/program"], project.toolbox.go)
    binary.assert_static()
    assert "extra\nhello\n" in log
    assert binary.build["-tags"] == "netgo,osusergo,extra"
    assert binary.build["GOAMD64"] == "v3"
    assert project.go("tool", "buildid", str(binary.path)).stdout.strip() == "fixed"


def test_tailor_writes_targets_for_what_go_would_build_and_nothing_else(
    project: Repository,
) -> None:
    program = 'package main\n\nfunc main() { println("x") }\n'
    project.write(
        {
            "tree/go.mod": "module example.com/tree\n\ngo 1.21\n",
            "tree/lib/lib.go": "package lib\n",
            "tree/cmd/one/main.go": program,
            "tree/cmd/two/v2/main.go": program,
            "tree/cmd/tests/main_test.go": "package main\n",
            "tree/cmd/ignored/main.go": f"//go:build ignore\n\n{program}",
            "tree/cmd/windows/main_windows.go": program,
            "tree/testdata/x/main.go": program,
            "tree/_skipped/main.go": program,
            "tree/.hidden/main.go": program,
            "tree/vendor/example.com/v/main.go": program,
            "tree/nested/go.mod": "module example.com/nested\n\ngo 1.21\n",
            "tree/nested/main.go": program,
            "tree/testdata/go.mod": "module example.com/testdata\n",
        }
    )

    project.pants("tailor", "tree::").succeeded()

    written = {
        str(path.parent.relative_to(project.root)): path.read_text()
        for path in project.root.rglob("BUILD")
    }
    assert set(written) == {"tree", "tree/cmd/one", "tree/cmd/two/v2", "tree/nested"}
    assert 'go_module(\n    name="mod",\n)' in written["tree"]
    assert written["tree/cmd/one"] == "go_static_binary()\n"
    assert 'name="two"' in written["tree/cmd/two/v2"]
    assert "go_static_binary" in written["tree/nested"]
    assert "go_module" in written["tree/nested"]
    assert project.pants("tailor", "--check", "tree::").exit_code == 0

    project.pants("package", "tree::").succeeded()
    assert sorted(project.dist) == [
        "tree.cmd.one/one",
        "tree.cmd.two.v2/two",
        "tree.nested/nested",
    ]


def test_tailor_adds_nothing_where_targets_exist(project: Repository) -> None:
    project.write(
        {
            **tiny_program("program"),
            "program/BUILD": (
                'go_module(name="mod")\n'
                'go_static_binary(goarch=parametrize("amd64", "arm64"))\n'
                'go_static_binary(name="other", main="./cmd/other")\n'
            ),
            "program/cmd/other/main.go": "package main\n\nfunc main() {}\n",
        }
    )

    assert project.pants("tailor", "--check", "::").exit_code == 0


def test_dependencies_and_dependents_follow_imports(project: Repository) -> None:
    project.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/BUILD": 'go_module(name="mod")\ngo_static_binary(name="m")\n',
            "m/main.go": 'package main\n\nimport _ "example.com/m/a"\n\nfunc main() {}\n',
            "m/a/a.go": 'package a\n\nimport _ "example.com/m/a/b"\n',
            "m/a/b/b.go": "package b\n",
            "m/a/b/assets/logo.txt": "logo\n",
            "m/c/c.go": "package c\n",
        }
    )

    below = project.pants("dependencies", "--transitive", "m:m#binary").succeeded().output.split()
    above = project.pants("dependents", "--transitive", "m/a/b/assets/logo.txt").succeeded().output

    assert below == ["m:mod#.", "m:mod#a", "m:mod#a/b", "m:mod#go.mod"]
    assert {"m#binary", "m:mod#a"} <= set(above.split())
    assert "m:mod#c" not in above


@pytest.mark.parametrize(
    "thing", ["go_module", "go_static_binary", "go_static_executable", "go-sdk", "go-static"]
)
def test_every_target_and_subsystem_has_help(thing: str, project: Repository) -> None:
    output = project.pants("help-advanced", thing).succeeded().output

    assert "Unknown" not in output
    assert len(output.splitlines()) > 10


def test_every_field_and_option_has_help(project: Repository) -> None:
    everything = json.loads(project.pants("help-all").succeeded().output)
    undocumented = []
    for alias, target in everything["name_to_target_type_info"].items():
        if alias.startswith("go_"):
            undocumented += [
                f"{alias}.{field['alias']}"
                for field in target["fields"]
                if len(field["description"] or "") < 30
            ]
    for scope in ("go-sdk", "go-static"):
        information = everything["scope_to_help_info"][scope]
        for group in ("basic", "advanced"):
            undocumented += [
                f"[{scope}].{option['display_args'][0]}"
                for option in information[group]
                if len(option["help"]) < 30
            ]
    assert undocumented == []


def test_a_go_module_at_the_root_of_the_repository_works(project: Repository) -> None:
    project.write(
        {
            "go.mod": "module example.com/root\n\ngo 1.21\n",
            "main.go": 'package main\n\nimport _ "embed"\n\n'
            "//go:embed *.txt\nvar text string\n\nfunc main() { print(text) }\n",
            "text.txt": "embedded",
        }
    )

    project.pants("tailor", "::").succeeded()
    project.pants("package", "::").succeeded()

    (binary,) = project.dist.values()
    Binary.read(Path(binary), project.toolbox.go).assert_static()
