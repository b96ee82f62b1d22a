"""What made a program larger or smaller, of real programs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import html5lib
import pytest

from elf_static.elf.bounded_file import open_file
from elf_static.inspect.code_by_module import Origin
from elf_static.inspect.file_parts import Kind
from elf_static.sizes.changes import SizeChanges, size_changes
from elf_static.sizes.program import ModuleSize, ProgramSizes, read_sizes
from elf_static.sizes.reports import render_markdown, render_page, render_text
from elf_static_testing.corpus import Corpus
from elf_static_testing.cost import cost_of_checker

PROJECT = Path(__file__).resolve().parents[3]
SMALL = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n'
LARGE = """\
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.LookupHost("localhost")) }
"""


@pytest.fixture(scope="module")
def small(corpus: Corpus) -> Path:
    return corpus.go.build("small", "-trimpath", "-buildvcs=false", main=SMALL)


@pytest.fixture(scope="module")
def large(corpus: Corpus) -> Path:
    return corpus.go.build("large", "-trimpath", "-buildvcs=false", main=LARGE)


def changes(old: Path, new: Path) -> SizeChanges:
    with open_file(str(old)) as first, open_file(str(new)) as second:
        return size_changes(read_sizes(first, "old"), read_sizes(second, "new"))


def program(*modules: tuple[str, str, dict[str, int]]) -> ProgramSizes:
    """A program of the modules (path, version, packages)."""
    sizes = tuple(
        ModuleSize(Origin.DEPENDENCY, path, version, sum(packages.values()), packages)
        for path, version, packages in modules
    )
    size = sum(module.size for module in sizes)
    return ProgramSizes("agent", size, {Kind.CODE: size}, sizes)


@pytest.mark.slow
def test_an_import_is_named_with_its_packages(small: Path, large: Path) -> None:
    found = changes(small, large)

    assert found.whole.old == small.stat().st_size
    assert found.whole.new == large.stat().st_size
    assert sum(kind.growth for kind in found.kinds) == found.whole.growth
    library = found.modules[0]
    assert library.origin is Origin.STANDARD
    new = {package.name for package in library.packages if not package.old}
    assert {"net", "net/netip", "vendor/golang.org/x/net/dns/dnsmessage"} <= new
    assert sum(package.growth for package in library.packages) == library.growth

    back = changes(large, small)
    assert back.whole.growth == -found.whole.growth
    assert {p.name for p in back.modules[0].packages if not p.new} == new


def test_the_same_program_has_no_changes(small: Path) -> None:
    found = changes(small, small)
    assert (found.kinds, found.modules) == ((), ())
    assert render_text(found).startswith("new is as large as old: ")


def test_a_module_in_another_version_is_the_same_module() -> None:
    found = size_changes(
        program(("example.com/a", "v1.0.0", {"example.com/a": 1000, "example.com/a/b": 50_000})),
        program(
            ("example.com/a", "v1.1.0", {"example.com/a": 3000, "example.com/a/c": 100}),
            ("example.com/d", "v0.1.0", {"example.com/d": 200_000}),
        ),
    )
    assert render_text(found) == (
        "agent is 152.1 kB larger than agent: 51.0 kB → 203.1 kB (+298.2 %)\n"
        "  file contents\n"
        "     +152.1 kB  machine code\n"
        "  machine code by module\n"
        "     +200.0 kB  example.com/d (new) (v0.1.0)\n"
        "       +200.0 kB  example.com/d (new)\n"
        "      −47.9 kB  example.com/a (v1.0.0 → v1.1.0)\n"
        "        −50.0 kB  example.com/a/b (gone)\n"
        "         +2.0 kB  example.com/a\n"
        "      +100 bytes  example.com/a/c (new)\n"
    )
    assert (
        "| example.com/d | +200.0 kB | – | 200.0 kB | v0.1.0 |\n"
        "| example.com/a | −47.9 kB | 51.0 kB | 3.1 kB | v1.0.0 → v1.1.0 |\n"
    ) in render_markdown(found)


def test_a_module_without_code_of_its_own_is_not_one_that_is_missing() -> None:
    found = size_changes(
        program(("example.com/a", "v1.0.0", {}), ("example.com/b", "v1.0.0", {})),
        program(("example.com/a", "v1.1.0", {}), ("example.com/c", "v2.0.0", {})),
    )
    assert (
        "| example.com/a | 0 | 0 bytes | 0 bytes | v1.0.0 → v1.1.0 |\n"
        "| example.com/b | 0 | 0 bytes | – | v1.0.0 |\n"
        "| example.com/c | 0 | – | 0 bytes | v2.0.0 |\n"
    ) in render_markdown(found)
    assert "0  example.com/c (new) (v2.0.0)\n" in render_text(found)


def test_long_lists_say_how_much_they_leave_out() -> None:
    found = size_changes(
        program(),
        program(*((f"m{i:02}", "v1.0.0", {f"m{i:02}": 1000}) for i in range(30))),
    )
    assert "    and 10 more modules: +10.0 kB\n" in render_text(found)
    assert "and 10 more modules: +10.0 kB\n" in render_markdown(found)


def test_names_from_a_file_are_only_text() -> None:
    hostile = "a'b|b`*_[x](http://y)<script>\\"
    found = size_changes(program(), program((hostile, "v1", {hostile: 5000})))
    markdown = render_markdown(found)
    assert "<script>" not in markdown
    assert "&\\#" not in markdown
    assert r"a'b\|b\`\*\_\[x\](http://y)&lt;script&gt;\\" in markdown
    page = html5lib.HTMLParser(strict=True).parse(render_page(found))
    assert not page.findall(".//{*}script")


@pytest.mark.parametrize("format_", ["text", "json", "markdown", "html"])
def test_the_command_writes_each_format(format_: str, small: Path, large: Path) -> None:
    cost = cost_of_checker(["compare", "--sizes", f"--format={format_}", str(small), str(large)])
    assert (cost.exit_code, cost.errors) == (0, "")
    assert "dnsmessage" in cost.output
    if format_ == "json":
        record = json.loads(cost.output)
        assert record["modules"][0]["origin"] == "standard"
        assert record["whole"]["new"] == large.stat().st_size


def test_two_of_the_formats_are_for_sizes_alone(small: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "elf_static", "compare", "--format=html", str(small), str(small)],
        env={"PYTHONPATH": str(PROJECT / "src/python")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "elf-static: error: --format=html needs --sizes.\n"


def test_large_programs_take_little_time_and_memory(corpus: Corpus) -> None:
    """Go's own command, of 14 MB or more, stands for a large program."""
    go = str(corpus.go.go)
    cost = cost_of_checker(["compare", "--sizes", go, go])
    assert cost.exit_code == 0, cost.errors
    assert cost.memory < 300_000
