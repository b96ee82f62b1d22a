"""Hostile go.mod and go.work files are read as Go reads them."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Any

import pytest

from go_static.modules.modfile import (
    ModFileError,
    Replacement,
    parse_go_mod,
    parse_go_work,
    without_requirements,
)
from go_static_testing.go_tool import GoTool

GO_MODS = {
    "a directory outside of Unicode's first plane": 'module m\ngo 1.25\nignore "./\U0001f600"\n',
    "the last line has no line end": "module example.com/a\ngo 1.21",
    "blocks of every kind": """\
module example.com/a

go 1.24.0

toolchain go1.26.7

godebug (
	default=go1.21
	panicnil=1
)

tool (
	example.com/b/cmd/x
	example.com/c/cmd/y
)

require (
	example.com/b v1.0.0
	example.com/c v1.2.3 // indirect
)

exclude (
	example.com/d v1.0.0
	example.com/d v1.0.1
)

retract (
	v1.0.0
	[v1.1.0, v1.2.0] // a whole interval
)

ignore (
	./node_modules
	static
)

replace (
	example.com/b => ./b
	example.com/c v1.2.3 => example.com/d v1.3.0
)
""",
    "comments in every place": """\
// Deprecated: use something else.
module example.com/a // the module
// require example.com/not v1.0.0
go 1.21 // the language
require ( // a block
	// example.com/not v1.0.0
	example.com/b v1.0.0 // indirect; and more ( than ) that
	// the last
) // the end
replace example.com/b => ./b // => ./c
""",
    "a comment right after a word": """\
module example.com/a// the module
go 1.21// the language
require example.com/b v1.0.0// indirect
replace example.com/b v1.0.0 => ./b// not ./c
""",
    "quoted strings": """\
module "example.com/a"
go 1.21
require (
	"example.com/b" "v1.0.0"
)
replace "example.com/b" => "./dir with spaces // and slashes"
""",
    "JSON's escapes in a quoted string": """\
module "example.com/\\u0061"
go 1.21
replace example.com/b => "./\\"quoted\\"\\tand"
""",
    "Go's own escapes in a quoted string": """\
module "example.com/a"
go 1.21
replace example.com/b => "./\\x62\\143"
""",
    "a carriage return inside a line": (
        "module example.com/a\ngo 1.21\nrequire example.com/b\rv1.0.0\n"
    ),
    "a form feed in a comment": (
        "module example.com/a\ngo 1.21\n// note\x0crequire example.com/not v1.0.0\n"
    ),
    "a Unicode line separator in a comment": (
        "module example.com/a\ngo 1.21\n// note\u2028replace example.com/not\n"
    ),
    "a next-line character in a comment": (
        "module example.com/a\ngo 1.21\n// note\x85require (\nrequire example.com/b v1.0.0\n"
    ),
    "no space before the parenthesis": (
        "module example.com/a\ngo 1.21\nrequire(\n\texample.com/b v1.0.0\n)\nexclude(\n)\n"
    ),
    "empty blocks": "module example.com/a\ngo 1.21\nrequire ()\nreplace ( )\nretract (\n)\n",
    "a module block": "module (\n\texample.com/a\n)\ngo 1.21\n",
    "no go line": "module example.com/a\n\nrequire example.com/b v1.0.0\n",
    "a go line with a release candidate": "module example.com/a\n\ngo 1.21rc2\n",
    "tabs and spaces everywhere": (
        "\t module \t example.com/a \t\n  go\t1.21\n\trequire\texample.com/b \t v1.0.0\n"
    ),
    "all forms of replace": """\
module example.com/a
go 1.21
require example.com/b v1.0.0
replace example.com/b => example.com/other v1.0.0
replace example.com/b v1.0.0 => example.com/other/v2 v2.0.1-0.20200101000000-abcdefabcdef
replace example.com/c => ../c
replace example.com/d v0.1.0 => ./
replace example.com/e => /somewhere/else
replace example.com/f => ..
""",
    "modules with keywords in their names": """\
module example.com/module
go 1.21
require (
	example.com/require v1.0.0
	example.com/go v1.0.0
	example.com/replace v1.0.0
)
""",
    "a retracted interval on a line": """\
module example.com/a
go 1.21
// everything
retract [v0.0.0, v1.0.0]
retract v1.0.1 // (typo)
""",
}
NAMED_GO_MODS = [pytest.param(text, id=name) for name, text in GO_MODS.items()]


@pytest.mark.parametrize("content", NAMED_GO_MODS)
def test_a_go_mod_is_read_as_go_reads_it(content: str, go: GoTool, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_bytes(content.encode())
    said = json.loads(go.output("mod", "edit", "-json", cwd=tmp_path))

    parsed = parse_go_mod("go.mod", content)

    assert parsed.module == said["Module"]["Path"]
    assert parsed.go == said.get("Go", "")
    assert list(parsed.requires) == [item["Path"] for item in said.get("Require") or ()]
    assert list(parsed.ignores) == [item["Path"] for item in said.get("Ignore") or ()]
    assert list(parsed.replaces) == _replaces(said)


@pytest.mark.parametrize("content", NAMED_GO_MODS)
def test_without_requirements_go_reads_the_same_name_version_and_ignores(
    content: str, go: GoTool, tmp_path: Path
) -> None:
    (tmp_path / "before").mkdir()
    (tmp_path / "before" / "go.mod").write_bytes(content.encode())
    before = json.loads(go.output("mod", "edit", "-json", cwd=tmp_path / "before"))

    written = without_requirements(parse_go_mod("go.mod", content))
    (tmp_path / "go.mod").write_bytes(written.encode())
    after = json.loads(go.output("mod", "edit", "-json", cwd=tmp_path))

    for name in ("Go", "Ignore"):
        assert after.get(name) == before.get(name)
    assert after["Module"]["Path"] == before["Module"]["Path"]
    assert not any(after.get(name) for name in ("Require", "Replace", "Tool", "Exclude"))


GO_WORKS = {
    "a block with comments": "go 1.21 // x\nuse ( // all\n\t./a // first\n\t// ./b\n\t.\n)\n",
    "quoted directories": 'go 1.21\nuse "./a b"\nuse "./c"\n',
    "replace in both forms": (
        "go 1.21\nuse .\nreplace example.com/b => ./b\n"
        "replace (\n\texample.com/c v1.0.0 => example.com/d v1.0.0\n)\n"
    ),
    "CRLF line ends": "go 1.21\r\n\r\nuse (\r\n\t./a\r\n\t./b\r\n)\r\n",
    "toolchain and godebug": "go 1.23.0\ntoolchain go1.26.7\ngodebug panicnil=1\nuse ./a\n",
    "no go line": "use ./a\n",
    "nothing used": "go 1.21\n",
}


@pytest.mark.parametrize(
    "content", [pytest.param(text, id=name) for name, text in GO_WORKS.items()]
)
def test_a_go_work_is_read_as_go_reads_it(content: str, go: GoTool, tmp_path: Path) -> None:
    file = tmp_path / "go.work"
    file.write_bytes(content.encode())
    said = json.loads(go.output("work", "edit", "-json", cwd=tmp_path, env={"GOWORK": str(file)}))

    parsed = parse_go_work("go.work", content)

    assert parsed.go == said.get("Go", "")
    assert list(parsed.uses) == [item["DiskPath"] for item in said.get("Use") or ()]
    assert list(parsed.replaces) == _replaces(said)


def _replaces(said: dict[str, Any]) -> list[Replacement]:
    return [
        Replacement(item["Old"]["Path"], item["New"]["Path"], item["New"].get("Version", ""))
        for item in said.get("Replace") or ()
    ]


def test_a_backquoted_string_is_left_for_go_to_judge(go: GoTool, tmp_path: Path) -> None:
    content = "module `example.com/a`\ngo 1.21\n"
    (tmp_path / "go.mod").write_text(content)
    assert "invalid quoted string" in go.run("mod", "edit", "-json", cwd=tmp_path).stderr
    assert parse_go_mod("go.mod", content).module == "example.com/a"


def test_an_escape_that_go_does_not_know_is_an_error() -> None:
    with pytest.raises(ModFileError) as raised:
        parse_go_mod("go.mod", 'go 1.21\nmodule "example.com/\\q"\n')
    assert str(raised.value) == ('go.mod:2: the string "example.com/\\q" has an invalid escape')


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["a ", "(", "/", "a/", "a//", '"', '""', r'"\n' + r"\n" * 40 + '" ', "`", "\t", '"+']
)
def test_a_line_of_a_megabyte_takes_no_quadratic_time(piece: str) -> None:
    line = "require " + piece * ((1 << 20) // len(piece))
    start = time.process_time()
    with contextlib.suppress(ModFileError):
        parse_go_mod("go.mod", f"module example.com/a\n{line}\n")
    assert time.process_time() - start < 2


@pytest.mark.slow
def test_a_string_of_a_megabyte_takes_no_quadratic_time() -> None:
    start = time.process_time()
    escapes = r"\n" * (1 << 19)
    assert parse_go_mod("go.mod", f'module "{escapes}"\n').module == "\n" * (1 << 19)
    with pytest.raises(ModFileError, match="never closed"):
        parse_go_mod("go.mod", f'module "{escapes}\n')
    assert time.process_time() - start < 2
