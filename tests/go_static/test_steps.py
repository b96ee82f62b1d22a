"""Unusual cases of the steps' decisions, without an engine."""

from __future__ import annotations

import pytest
from pants.engine.platform import Platform

from go_static.go.list_output import GoPackage, parse_go_list
from go_static.goals.tailor import binary_name, module_directories
from go_static.listing.go_list import files_of, main_of
from go_static.modules.downloads import hashed_zips, modules_with_sums
from go_static.modules.modfile import parse_go_mod
from go_static.modules.module import nested_modules
from go_static.modules.tree import newest_go
from go_static.modules.workspace import Workspace, workspace_directories
from go_static.sdk import choice


@pytest.mark.parametrize(
    ("line", "versions"),
    [
        pytest.param("/b\tgo1.26.7\t/r\t1 2", ["1.26.7"], id="a release"),
        pytest.param("/b\tgo1.26.7 X:nodwarf5\t/r\t1 2", ["1.26.7"], id="an experiment"),
        pytest.param("/b\tgo1.26.7-vendor.1\t/r\t1 2", ["1.26.7"], id="a vendor's release"),
        pytest.param("/b\tgo1.27rc1\t/r\t1 2", ["1.27rc1"], id="a release candidate"),
        pytest.param("/b\tdevel go1.25-2bf0c1a Mon\t/r\t1 2", [], id="a development version"),
        pytest.param(
            "/b\tgo1.28-devel_2bf0c1a Mon Nov 2\t/r\t1 2", [], id="a newer development version"
        ),
        pytest.param("/b\t\t/r\t1 2", [], id="no version"),
        pytest.param("nonsense", [], id="no record"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_a_line_of_the_probe_is_read(line: str, versions: list[str]) -> None:
    assert [found.version for found in choice.parse_probe(f"{line}\n".encode())] == versions


def test_a_release_candidate_satisfies_its_language_version_but_not_the_release() -> None:
    candidate = choice.FoundSdk("/b", "1.27rc1", "/r", "1")
    assert choice.choose_found([candidate], None, "1.27") == candidate
    assert choice.choose_found([candidate], None, "1.27.0") is None


def test_without_a_go_line_the_error_asks_for_any_go() -> None:
    said = choice.nothing_found_message(
        choice.SdkRequest("", "m/go.mod"),
        None,
        choice.FoundSdks((), ()),
        [],
        Platform.linux_x86_64,
    )
    assert said.startswith("No suitable Go SDK found. Required: any Go release, for m/go.mod.")


def test_the_search_path_is_ignored_if_the_workers_have_another_platform() -> None:
    said = choice.nothing_found_message(
        choice.SdkRequest("1.99", "m/go.mod"),
        None,
        choice.FoundSdks((), (), of_platform="macos_arm64"),
        [],
        Platform.linux_x86_64,
    )
    assert "was not searched: this machine is macos_arm64, but the remote workers are not." in said
    assert "no Go in" not in said


@pytest.mark.parametrize("search_paths", [["~/sdk/bin"], ["~/sdk/../sdk/bin/"]])
def test_a_tilde_on_the_search_path_is_the_home_directory(
    search_paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert choice.expand_search_paths(search_paths, "") == ("/home/me/sdk/bin",)


def test_sums_of_go_mods_and_odd_lines_are_not_sums_of_zips() -> None:
    go_sum = "a v1.0.0 h1:x=\na v1.0.0/go.mod h1:y=\nb v1.0.0/go.mod h1:z=\n\nnonsense\n"
    assert hashed_zips(go_sum) == {("a", "v1.0.0")}


def test_a_replaced_module_is_downloaded_under_its_own_name() -> None:
    go_mod = parse_go_mod(
        "go.mod",
        "module m\nrequire (\n\ta v1.0.0\n\tb v1.0.0\n\tc v1.0.0\n)\n"
        "replace a => other v2.0.0\nreplace b => ./b\n",
    )
    assert modules_with_sums(go_mod, "other v2.0.0 h1:x=\nb v1.0.0 h1:x=\n") == ("a",)


def test_nested_modules_are_found_at_any_depth() -> None:
    files = ["m/go.mod", "m/a/go.mod", "m/a/b/go.mod", "m/a/go.mod.txt", "m/c/d.go"]
    assert nested_modules("m", files) == ("m/a", "m/a/b")
    assert nested_modules("", ["go.mod", "a/go.mod"]) == ("a",)


def test_without_a_go_work_a_module_is_built_alone_with_its_own_go_line() -> None:
    alone = Workspace()
    assert workspace_directories("m", alone) == ("m",)
    assert newest_go(()) == ""


@pytest.mark.parametrize(
    ("import_path", "name"),
    [
        ("example.com/tool", "tool"),
        ("example.com/tool/v2", "tool"),
        ("example.com/tool/v10", "tool"),
        ("example.com/tool/v1", "v1"),
        ("example.com/tool/v01", "v01"),
        ("tool", "tool"),
        ("v2", "v2"),
    ],
)
def test_a_program_is_named_as_go_build_would_name_it(import_path: str, name: str) -> None:
    package = GoPackage(import_path, "main", "d", (), False, (), (), (), (), (), ())
    assert binary_name(package) == name


def test_directories_that_go_ignores_hold_no_modules() -> None:
    go_mods = ("go.mod", "a/go.mod", "testdata/go.mod", "a/vendor/x/go.mod", "_a/go.mod")
    assert module_directories((*go_mods, ".a/go.mod", "a/testdatas/go.mod")) == (
        "",
        "a",
        "a/testdatas",
    )


def test_a_package_is_found_by_the_pattern_that_it_matches_and_cycles_end() -> None:
    def package(path: str, *imports: str, directory: str | None) -> GoPackage:
        return GoPackage(
            path, "main", directory, (f"./{path}",), False, imports, (), (), (), ("x.go",), ()
        )

    packages = {
        "a": package("a", "b", "gone", directory="m/a"),
        "b": package("b", "a", "c", directory=None),
        "c": package("c", directory="m/c"),
        "d": package("d", directory="m/d"),
    }
    main = main_of("./a", packages)
    assert main == packages["a"]
    assert main_of("./nothing", packages) is None
    assert files_of(packages["a"], packages) == ("m/a/default.pgo", "m/a/x.go", "m/c/x.go")


@pytest.mark.parametrize(
    "output",
    [
        b'{"sandbox": "/s"}\n{',
        b'{"sandbox": "/s"}\nnonsense',
        b'{"sandbox": "/s"}\n{"ImportPath": "a"} trailing',
        b'{"ImportPath": "a"}',
        b"/s\n",
    ],
)
def test_an_output_that_is_not_a_listing_is_an_error(output: bytes) -> None:
    with pytest.raises(ValueError):
        parse_go_list(output, "tree")


@pytest.mark.parametrize("output", [b"", b'{"sandbox": "/s"}\n', b'{"sandbox": "/s"}\n\n  \n'])
def test_an_empty_listing_has_no_packages(output: bytes) -> None:
    assert parse_go_list(output, "tree") == ()
