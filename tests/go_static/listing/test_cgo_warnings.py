"""The warnings about cgo during a build."""

from __future__ import annotations

import json

import pytest
from pants.util.frozendict import FrozenDict

from go_static.listing.cgo_warnings import CgoUse, parse_cgo, remarks
from go_static.listing.import_graph import import_chains

SQLITE = "github.com/mattn/go-sqlite3"
GRAPH = {
    "m": ("fmt", "m/db", "m/ui"),
    "m/db": (SQLITE, "m"),
    "m/ui": ("p/ffi",),
    "p/ffi": ("p/ffi/internal",),
    "p/ffi/internal": (),
    SQLITE: ("database/sql",),
    "elsewhere": ("p/ffi",),
}


def use(
    left_out: dict[str, tuple[str, ...]] | None = None,
    symbols: dict[str, tuple[str, ...]] | None = None,
    refuses: dict[str, tuple[str, ...]] | None = None,
) -> CgoUse:
    return CgoUse(FrozenDict(left_out or {}), FrozenDict(symbols or {}), FrozenDict(refuses or {}))


def test_the_chain_of_imports_leads_from_the_program_to_each_package() -> None:
    assert import_chains("m", GRAPH) == {
        "m": ("m",),
        "m/db": ("m", "m/db"),
        "m/ui": ("m", "m/ui"),
        SQLITE: ("m", "m/db", SQLITE),
        "p/ffi": ("m", "m/ui", "p/ffi"),
        "p/ffi/internal": ("m", "m/ui", "p/ffi", "p/ffi/internal"),
    }


def test_a_known_stub_is_a_warning_that_names_an_alternative() -> None:
    said = remarks("x:m", "m", GRAPH, use({SQLITE: ("a.go", "b.go", "c.go", "d.go")}))

    (warning,) = said.warnings
    assert warning.startswith(f"x:m: {SQLITE} is a stub without cgo")
    assert "files left out: a.go, b.go, c.go and 1 more" in warning
    assert f"imported through: m → m/db → {SQLITE}" in warning
    assert "Use modernc.org/sqlite" in warning
    assert 'stubs = "deny"' in warning
    assert said.info == ()


def test_other_packages_with_cgo_files_are_listed_on_one_line_without_a_warning() -> None:
    said = remarks("x:m", "m", GRAPH, use({"m/ui": ("c.go",), "m/db": ("d.go",)}))

    assert said.warnings == ()
    assert said.info == (
        "x:m is built without the cgo files of m/db (d.go), m/ui (c.go); the other files of these "
        "packages are used.",
    )


def test_a_package_that_reports_missing_cgo_is_a_warning_that_names_the_file() -> None:
    said = remarks(
        "x:m",
        "m",
        GRAPH,
        use({"m/ui": ("c.go",)}, refuses={"m/ui": ("no.go",), "m/db": ("text.go",)}),
    )

    (warning,) = said.warnings
    assert warning.startswith("x:m: m/ui seems to be a stub without cgo")
    assert "no.go says that cgo is missing" in warning
    assert "files left out: c.go\n  imported through: m → m/ui\n" in warning
    assert said.info == ()


def test_only_the_outermost_package_that_imports_symbols_is_named() -> None:
    said = remarks(
        "x:m", "m", GRAPH, use(symbols={"p/ffi/internal": ("z.go",), "p/ffi": ("a.go",)})
    )

    (warning,) = said.warnings
    assert "x:m: p/ffi links shared libraries without cgo (`//go:cgo_import_dynamic` in a.go)" in (
        warning
    )
    assert "imported through: m → m/ui → p/ffi" in warning
    assert "its ELF test will fail" in warning


@pytest.mark.parametrize("main", ["m/ui", SQLITE])
def test_packages_outside_the_program_are_not_mentioned(main: str) -> None:
    said = remarks("x:m", main, GRAPH, use({"m/db": ("c.go",)}, {"elsewhere": ("e.go",)}))

    assert (said.warnings, said.info) == ((), ())


@pytest.mark.parametrize("found", [True, False])
def test_the_result_of_the_search_for_cgo_is_read(found: bool) -> None:
    result = {
        "sandbox": "/s",
        "imports_symbols": {"p/ffi": ["a.go", "b b.go"]} if found else {},
        "refuses": {"m/db": ["no.go"]} if found else {},
    }
    packages = [{"ImportPath": "m/db", "CgoFiles": ["c.go"]}, {"ImportPath": "m/ui"}]
    listing = "\n".join(json.dumps(package, indent=1) for package in packages)

    read = parse_cgo(f"{json.dumps(result)}\n{listing}".encode())

    assert dict(read.left_out) == {"m/db": ("c.go",)}
    assert dict(read.imports_symbols) == ({"p/ffi": ("a.go", "b b.go")} if found else {})
    assert dict(read.refuses) == ({"m/db": ("no.go",)} if found else {})
