"""docs/migrate.md: the settings of each tool and the BUILD file next to it build the same."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
import yaml

from end_to_end.elf import Binary
from end_to_end.pages import Block, blocks_of
from end_to_end.repository import PROJECT, Repository

PAGE = "docs/migrate.md"

# A program that prints its version, whether the tag was set, and a generated text.
SOURCES = {
    "go.mod": "module example.com/it\n\ngo 1.21\n",
    "text/text.go": 'package text\n\nvar Text = "text"\n',
    "text/gen.sh": "printf 'package text\\n\\nconst Made = \"generated\"\\n' >made.go\n",
    "cmd/agent/main.go": (
        'package main\n\nimport "example.com/it/text"\n\nvar version, extra = "dev", "plain"\n\n'
        "func main() { println(version, extra, text.Text, text.Made) }\n"
    ),
    "cmd/agent/extra.go": '//go:build extra\n\npackage main\n\nfunc init() { extra = "extra" }\n',
}
GENERATED = {"text/made.go": 'package text\n\nconst Made = "generated"\n'}
DIRECTIVE = {"text/directive.go": "package text\n\n//go:generate sh gen.sh\n"}


def example(directory: str) -> tuple[Block, Block]:
    """The settings of another tool on the page, and the BUILD file after them."""
    blocks = blocks_of(PAGE)
    (index,) = [i for i, block in enumerate(blocks) if block.file == f"{directory}/BUILD"]
    return blocks[index - 1], blocks[index]


def write(repository: Repository, build: Block, more: dict[str, str]) -> None:
    directory = build.file.partition("/")[0]
    repository.write({f"{directory}/{name}": text for name, text in {**SOURCES, **more}.items()})
    repository.write({build.file: build.text})


def settings(program: Binary) -> dict[str, str]:
    """The build settings of a binary, except those with paths and flags as they were written."""
    return {k: v for k, v in program.build.items() if k not in ("-ldflags", "DefaultGODEBUG")}


def test_a_makefile_and_its_build_file_build_the_same_program(project: Repository) -> None:
    makefile, build = example("make")
    write(project, build, DIRECTIVE)
    project.pants("package", "make::", env={"VERSION": "1.4"}).succeeded()

    recipe = re.sub(r"\\\n\s*", "", makefile.text.replace("$(VERSION)", "1.4"))
    for command in re.findall(r"^\t(.*)", recipe, re.MULTILINE):
        subprocess.run(
            ["sh", "-euc", command],
            cwd=project.root / "make",
            env={
                **project.environment,
                **{"GOENV": "off", "GOTOOLCHAIN": "local", "GOFLAGS": ""},
                # The standard library is already compiled by the same Go.
                "GOCACHE": str(project.toolbox.caches / "named" / "go_static_build"),
            },
            check=True,
        )
    by_hand = Binary.read(project.root / "make/bin/agent", project.toolbox.go)
    ours = Binary.read(project.dist["make/agent"], project.toolbox.go)
    ours.assert_static()
    assert project.run(ours.path) == project.run(by_hand.path) == "1.4 extra text generated\n"
    assert settings(ours) == settings(by_hand)


def test_a_bazel_rule_and_its_build_file_build_the_same_program(project: Repository) -> None:
    rule, build = example("bazel")
    write(project, build, GENERATED)
    project.pants("package", "bazel::").succeeded()

    ours = Binary.read(project.dist["bazel/agent"], project.toolbox.go)
    ours.assert_static()
    attributes = dict(re.findall(r'^ +(goos|goarch) = "(\w+)"', rule.text, re.MULTILINE))
    assert attributes == {"goos": ours.build["GOOS"], "goarch": ours.build["GOARCH"]}
    assert ours.build["-tags"] == "netgo,osusergo,extra"
    # It is for another machine, so search the file for the values.
    for value in re.findall(r'(?:version|text\.Text)": "(.*?)"', rule.text):
        assert value.encode() in ours.path.read_bytes()
    # The table contains every attribute of the example.
    for attribute in re.findall(r"^ +(\w+) = ", rule.text, re.MULTILINE):
        assert attribute == "name" or f"`{attribute}" in table_after("From Bazel"), attribute


@pytest.mark.parametrize("directory", ["ko", "goreleaser"])
def test_a_yaml_configuration_and_its_build_file_build_the_same_program(
    directory: str, project: Repository
) -> None:
    shown, build = example(directory)
    write(project, build, GENERATED)
    project.pants("package", f"{directory}::", env={"VERSION": "1.4"}).succeeded()

    expected = platforms(yaml.safe_load(shown.text))
    read = [Binary.read(path, project.toolbox.go) for path in project.dist.values()]
    built = set()
    for binary in read:
        binary.assert_static()
        assert binary.build["-tags"] == "netgo,osusergo,extra"
        architecture = binary.build["GOARCH"]
        level = binary.build["GOARM"] if architecture == "arm" else ""
        built.add((binary.build["GOOS"], architecture, level))
        if architecture == "amd64":
            assert project.run(binary.path) == "1.4 extra text generated\n"
    assert built == expected
    assert len(read) == len(expected)


def platforms(configuration: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The GOOS, GOARCH and GOARM that the tool would build for."""
    if "defaultPlatforms" in configuration:
        return {(*each.split("/"), "") for each in configuration["defaultPlatforms"]}
    return {
        (goos, goarch, str(goarm))
        for build in configuration["builds"]
        for goos in build["goos"]
        for goarch in build["goarch"]
        for goarm in build.get("goarm", [""])
    }


def table_after(title: str) -> str:
    _, _, rest = (PROJECT / PAGE).read_text().partition(f"## {title}")
    return rest.partition("\n## ")[0].partition("\n|")[2]
