"""Compares code sizes with the symbol sizes that readelf prints."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from elf_static.elf.facts import BuildInfo, Facts, Module
from elf_static.elf.go_function_table import (
    NoFunctionTableError,
    PackageCode,
    package_of,
    read_packages,
)
from elf_static.elf.reader import open_path, read_source
from elf_static.inspect.code_by_module import Origin, by_module
from elf_static_testing.corpus import Corpus
from elf_static_testing.go_programs import GoBuilder, without_sections

# Both word sizes and byte orders, and every instruction size.
ARCHITECTURES = ("386", "amd64", "mips", "s390x")

# Generics, closures, methods, compared types, and a second package.
MAIN_GO = """\
package main

import (
	"cmp"
	"%(path)s"
	"slices"
)

type pair[A, B comparable] struct { a A; b B }

func (p pair[A, B]) equal(q pair[A, B]) bool { return p == q }

func sorted[T cmp.Ordered](x ...T) []T {
	slices.SortFunc(x, func(a, b T) int { return cmp.Compare(b, a) })
	return x
}

func main() {
	one := pair[string, %(type)s]{sorted("x", "y")[0], %(value)s}
	println(one.equal(pair[string, %(type)s]{"a", %(value)s}))
	println(%(call)s)
}
"""
# Of a package with vendored ones, whose paths contain a dot. It is compiled anyway.
LARGE = MAIN_GO % {
    "path": "net",
    "type": "net.Flags",
    "value": "net.Flags(sorted(1, 2)[0])",
    "call": 'net.LookupHost("localhost")',
}
# For other machines, of a package that imports no other.
SMALL = MAIN_GO % {
    "path": "image/color",
    "type": "color.Gray",
    "value": "color.Gray{uint8(sorted(1, 2)[0])}",
    "call": "color.YCbCrToRGB(1, 2, 3)",
}


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> GoBuilder:
    return Corpus.create(tmp_path_factory.mktemp("functions")).go


@pytest.fixture(scope="module")
def build(builder: GoBuilder) -> Callable[..., Path]:
    def build(name: str, *flags: str, goarch: str = "amd64") -> Path:
        main = LARGE if goarch == "amd64" else SMALL
        return builder.build(name, "-trimpath", *flags, main=main, environment={"GOARCH": goarch})

    return build


def read(path: Path) -> tuple[tuple[PackageCode, ...], Facts]:
    with open_path(str(path)) as source:
        facts = read_source(source)
        assert facts.header
        order = facts.header.byte_order
        return read_packages(source, facts.segments, facts.sections, order), facts


@pytest.mark.slow
@pytest.mark.parametrize("goarch", ARCHITECTURES)
def test_sizes_match_readelf(goarch: str, build: Callable[..., Path]) -> None:
    path = build(f"sizes-{goarch}", goarch=goarch)
    packages, facts = read(path)
    ours = {package.path: package for package in packages}
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    listed = subprocess.run(
        ["readelf", "--symbols", "--wide", str(path)], capture_output=True, text=True, check=True
    )
    functions = (line.split(None, 7) for line in listed.stdout.splitlines() if " FUNC " in line)
    for _, _, length, *_, name in functions:
        # Symbols of the linker, not functions.
        if int(length, 0) and name not in ("runtime.text", "runtime.etext"):
            package = package_of(name.encode()).decode().replace("%2e", ".")
            sizes[package] += int(length, 0)
            counts[package] += 1
    imported = {"net", "vendor/golang.org/x/net/dns/dnsmessage"}
    assert {"main", "runtime", *(imported if goarch == "amd64" else {"image/color"})} <= set(sizes)
    for package, size in sizes.items():
        code = ours[package]
        # Sizes include the padding before the next function.
        assert size <= code.size <= size + 64 * code.functions, package
        assert abs(code.functions - counts[package]) <= 3, package
    (section,) = (section for section in facts.sections if section.name == ".text")
    assert 0.99 * section.size < sum(package.size for package in packages) <= section.size


@pytest.mark.parametrize("goarch", ["amd64", "mips"])
def test_sizes_are_the_same_without_symbols_and_section_headers(
    goarch: str, build: Callable[..., Path]
) -> None:
    whole = build(f"whole-{goarch}", "-buildvcs=false", goarch=goarch)
    stripped = build(f"stripped-{goarch}", "-buildvcs=false", "-ldflags=-s -w", goarch=goarch)
    bare = stripped.with_name(f"bare-{goarch}")
    bare.write_bytes(without_sections(stripped.read_bytes()))
    assert read(whole)[0] == read(stripped)[0] == read(bare)[0]
    assert not read(bare)[1].sections


def test_a_position_independent_program_has_sizes_too(builder: GoBuilder) -> None:
    pie, _ = read(builder.build("pie", "-trimpath", "-buildmode=pie"))
    plain, _ = read(builder.build("plain", "-trimpath"))
    assert {package.path for package in pie} == {package.path for package in plain}
    assert sum(p.functions for p in pie) > 0.95 * sum(p.functions for p in plain)


def test_a_program_in_another_language_has_no_function_table() -> None:
    with pytest.raises(NoFunctionTableError, match="has no readable function table"):
        read(Path("/bin/sh"))


@pytest.mark.parametrize(
    ("function", "package"),
    [
        ("main.main", "main"),
        ("net/http.(*Server).Serve", "net/http"),
        ("net/http.(*Server).Serve.func1", "net/http"),
        ("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml%2ev3"),
        ("slices.pdqsortCmpFunc[go.shape.struct { a/b.C }]", "slices"),
        ("main.pair[string,net/http.ConnState].String", "main"),
        ("type:.eq.net/http.http2Header", "net/http"),
        ("type..hash.net/http.http2Header", "net/http"),
        ("example.com/a.glob..func1", "example.com/a"),
        ("vendor/golang.org/x/net/idna.New", "vendor/golang.org/x/net/idna"),
        ("type:.eq.[2]string", ""),
        ("go:struct { *a/b.C; d int }.Lock", ""),
        ("aeshashbody", ""),
        (".hidden", ""),
        ("", ""),
    ],
)
def test_the_package_of_a_function(function: str, package: str) -> None:
    assert package_of(function.encode()) == package.encode()


def test_packages_are_assigned_to_modules() -> None:
    info = BuildInfo(
        go_version="go1.26",
        path="example.com/app/cmd/agent",
        main=Module("example.com/app", "(devel)"),
        modules=(
            Module("github.com/a/b", "v1.0.0"),
            Module("github.com/a/b/c", "v2.0.0", replaced_by=Module("../c", "")),
            Module("nodots", "v3.0.0"),
        ),
    )
    names = {
        "main": (Origin.MAIN, "example.com/app"),
        "example.com/app/internal/x": (Origin.MAIN, "example.com/app"),
        "github.com/a/b": (Origin.DEPENDENCY, "github.com/a/b"),
        "github.com/a/b/cc": (Origin.DEPENDENCY, "github.com/a/b"),
        "github.com/a/b/c/d": (Origin.DEPENDENCY, "github.com/a/b/c"),
        "nodots/x": (Origin.DEPENDENCY, "nodots"),
        "github.com/a/bb": (Origin.UNKNOWN, ""),
        "net/http": (Origin.STANDARD, ""),
        "vendor/golang.org/x/net/idna": (Origin.STANDARD, ""),
        "": (Origin.GENERATED, ""),
    }
    for name, owner in names.items():
        (group,) = by_module([PackageCode(name, 10, 1)], info)
        assert (group.origin, group.path) == owner, name
    groups = by_module([PackageCode(name, index, 1) for index, name in enumerate(names)], info)
    assert sum(group.size for group in groups) == sum(range(len(names)))
    assert [group.size for group in groups] == sorted((g.size for g in groups), reverse=True)
    (main,) = (group for group in groups if group.origin == Origin.MAIN)
    assert {package.path for package in main.packages} == {
        "example.com/app/cmd/agent",
        "example.com/app/internal/x",
    }


def test_without_build_information_the_main_package_has_no_module() -> None:
    packages = [PackageCode("main", 3, 1), PackageCode("runtime", 2, 1)]
    assert [group.origin for group in by_module(packages, None)] == [
        Origin.UNKNOWN,
        Origin.STANDARD,
    ]
