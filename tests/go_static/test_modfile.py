"""go.mod and go.work are read as `go mod edit -json` reads them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from go_static.modfile import (
    ModFileError,
    Replacement,
    parse_go_mod,
    parse_go_work,
    without_requirements,
)

GO_MODS = {
    "one directive a line": "module example.com/m\ngo 1.21\nrequire example.com/a v1.0.0\n",
    "blocks and comments": """\
// Deprecated: not really.
module example.com/m // the module

go 1.22.3

require (
\texample.com/a v1.0.0 // indirect
\t// a comment alone
\texample.com/b/v2 v2.3.4
)

require example.com/c v0.0.0-20240101000000-abcdefabcdef
""",
    "replacements of all kinds": """\
module example.com/m
replace example.com/a => ./a
replace (
\texample.com/b v1.0.0 => ../b
\texample.com/c => example.com/d v1.2.3
\texample.com/e v1.0.0 => example.com/f v1.2.3
\texample.com/g => .
)
""",
    "quoted strings": 'module "example.com/m"\nreplace example.com/a => "./quoted"\n'
    'replace example.com/b => "./with-dash"\n',
    "directives that do not matter here": """\
module example.com/m

go 1.24.0

toolchain go1.24.5
godebug default=go1.21
tool example.com/a/cmd/x
exclude example.com/a v1.0.1
retract (
\tv1.0.0
\t[v1.1.0, v1.2.0] // bad
)
require example.com/a v1.0.0
""",
    "ignored directories": (
        "module example.com/m\ngo 1.25\nignore ./one\nignore (\n\t./two\n\tthree\n)\n"
    ),
    "carriage returns": (
        "module example.com/m\r\n\r\ngo 1.21\r\nrequire (\r\n\texample.com/a v1.0.0\r\n)\r\n"
    ),
    "empty blocks": "module example.com/m\nrequire ()\nreplace (\n)\n",
    "a comment without a space": "module example.com/m//comment\ngo 1.21//x\n",
}


@pytest.mark.parametrize("case", GO_MODS)
def test_a_go_mod_is_read_as_go_reads_it(case: str, tmp_path: Path, go: Path) -> None:
    (tmp_path / "go.mod").write_bytes(GO_MODS[case].encode())
    said = subprocess.run(
        [str(go), "mod", "edit", "-json"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
        env={"HOME": str(tmp_path), "GOTOOLCHAIN": "local", "GOFLAGS": "-modcacherw"},
    )
    expected = json.loads(said.stdout)

    read = parse_go_mod("go.mod", GO_MODS[case])

    assert read.module == expected["Module"]["Path"]
    assert read.go == expected.get("Go", "")
    assert sorted(read.requires) == sorted(r["Path"] for r in expected["Require"] or [])
    assert sorted(read.replaces, key=str) == sorted(
        (
            Replacement(r["Old"]["Path"], r["New"]["Path"], r["New"].get("Version", ""))
            for r in expected["Replace"] or []
        ),
        key=str,
    )
    assert sorted(read.ignores) == sorted(i["Path"] for i in expected.get("Ignore") or [])


@pytest.mark.parametrize("case", GO_MODS)
def test_a_go_mod_without_requirements_keeps_what_decides_on_packages(case: str) -> None:
    read = parse_go_mod("go.mod", GO_MODS[case])

    again = parse_go_mod("go.mod", without_requirements(read))

    assert (again.module, again.go, again.ignores) == (read.module, read.go, read.ignores)
    assert (again.requires, again.replaces) == ((), ())


def test_a_go_work_names_its_modules() -> None:
    read = parse_go_work(
        "go.work", 'go 1.22\n\nuse ./a\nuse (\n\t./b // why\n\t"./c d"\n)\nreplace x.y/z => ./z\n'
    )

    assert read.go == "1.22"
    assert read.uses == ("./a", "./b", "./c d")
    assert read.replaces == (Replacement("x.y/z", "./z", ""),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("go 1.21\n", "a/go.mod:1: no `module` directive names the module"),
        ("module x\nrequire (\n", "a/go.mod: the block `require (` is never closed"),
        ("module x\nreplace a b\n", "a/go.mod:2: `replace` without `=>`"),
        ("module x\nreplace a v1 b => c\n", "a/go.mod:2: expected `replace module [version] =>"),
        ('module "x\n', "a/go.mod:1: a quoted string is never closed"),
        ('module "\\q"\n', 'a/go.mod:1: cannot read the string "\\q"'),
    ],
)
def test_an_error_names_the_file_the_line_and_the_reason(content: str, message: str) -> None:
    with pytest.raises(ModFileError) as e:
        parse_go_mod("a/go.mod", content)

    assert str(e.value).startswith(message)
