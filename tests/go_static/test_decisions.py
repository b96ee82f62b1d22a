"""The decisions of the steps, which need no engine: SDKs, downloads, modules, layouts, names."""

from __future__ import annotations

import json

import pytest
from pants.engine.fs import EMPTY_DIGEST
from pants.engine.platform import Platform

from go_static import (
    download_failure,
    downloads,
    known_sdks,
    module,
    module_tree,
    sdk_choice,
    tailor,
    workspace,
)
from go_static.go_list import GoPackage, parse_go_list
from go_static.listed import files_of, main_of
from go_static.modfile import GoMod, GoWork, Replacement, parse_go_mod
from go_static.sdk import GoSdk
from go_static.target_generators import lay_out_module

FOUND = tuple(
    sdk_choice.FoundSdk(f"/opt/go{version}/bin", version, f"/opt/go{version}", "1 2")
    for version in ("1.21.5", "1.25.1", "1.26.7")
)


# ---- the SDK


def wanted(version: str | None) -> sdk_choice.WantedVersion | None:
    return sdk_choice.wanted_version(sdk_choice.SdkRequest("", "a/go.mod"), version)


@pytest.mark.parametrize(
    ("search_paths", "path", "expected"),
    [
        (["<PATH>"], "/a:/b:/a", ("/a", "/b")),
        (["/x", "<PATH>", "/b"], "/a:/b/", ("/x", "/a", "/b")),
        (["<PATH>"], "/a::relative:./x", ("/a",)),
        ([], "/a", ()),
        (["<PATH>"], "", ()),
    ],
)
def test_search_directories_are_absolute_in_order_and_once(
    search_paths: list[str], path: str, expected: tuple[str, ...]
) -> None:
    assert sdk_choice.search_directories(search_paths, path) == expected


def test_a_probe_is_read_and_development_versions_are_left_out() -> None:
    output = (
        b"/a\tgo1.26.7\t/opt/go\t123 45\n/b\tdevel go1.27-abc\t/opt/dev\t1 2\nnoise\n"
        b"/c\tgo1.27rc1\t/opt/rc\t3 4\n"
    )

    assert sdk_choice.parse_probe(output) == (
        sdk_choice.FoundSdk("/a", "1.26.7", "/opt/go", "123 45"),
        sdk_choice.FoundSdk("/c", "1.27rc1", "/opt/rc", "3 4"),
    )


@pytest.mark.parametrize(
    ("version", "minimum", "expected"),
    [
        (None, "", "1.21.5"),
        (None, "1.21", "1.21.5"),
        (None, "1.21.6", "1.25.1"),
        (None, "1.26", "1.26.7"),
        (None, "1.27", None),
        ("1.26.7", "1.21", "1.26.7"),
        ("1.26.6", "1.21", None),
        ("1.21.5", "1.22", None),
    ],
)
def test_the_first_go_of_the_machine_that_will_do_is_chosen(
    version: str | None, minimum: str, expected: str | None
) -> None:
    chosen = sdk_choice.choose_found(FOUND, wanted(version), minimum)

    assert (chosen.version if chosen else None) == expected


@pytest.mark.parametrize(
    ("version", "minimum", "expected"),
    [
        (None, "1.21", known_sdks.DEFAULT_VERSION),
        (None, "", known_sdks.DEFAULT_VERSION),
        (None, "1.27", "1.27.0"),
        (None, "1.99", None),
        ("1.24.13", "1.21", "1.24.13"),
        ("1.24.12", "1.21", None),
    ],
)
def test_the_default_download_is_used_unless_more_is_asked_for(
    version: str | None, minimum: str, expected: str | None
) -> None:
    chosen = sdk_choice.choose_known(
        known_sdks.KNOWN_VERSIONS, "linux_x86_64", wanted(version), minimum
    )

    assert (chosen.version if chosen else None) == expected


def test_every_known_sdk_is_there_for_every_platform() -> None:
    entries = [entry.split("|") for entry in known_sdks.KNOWN_VERSIONS]
    platforms = set(known_sdks.PLATFORM_NAMES)

    assert all(len(sha256) == 64 and int(length) > 50_000_000 for _, _, sha256, length in entries)
    for version in {entry[0] for entry in entries}:
        assert {platform for v, platform, *_ in entries if v == version} == platforms


@pytest.mark.parametrize(
    ("version", "minimum", "parts"),
    [
        (
            None,
            "1.99",
            [
                "needed is at least Go 1.99, which a/go.mod asks for",
                "Go 1.21.5 in /opt/go1.21.5/bin; Go 1.25.1 in",
                "Known for download on linux_x86_64 ([go-sdk].known_versions): 1.21.13, 1.22.12",
                "Install such a Go and put it on the PATH",
            ],
        ),
        ("1.26.1", "1.21", ["needed is exactly Go 1.26.1, which [go-sdk].version asks for"]),
        (
            "1.21.5",
            "1.25",
            [
                "a/go.mod asks for Go 1.25, but [go-sdk].version is 1.21.5, which is older.",
                "Set [go-sdk].version to 1.25 or newer, or lower the `go` line of a/go.mod.",
            ],
        ),
    ],
)
def test_when_there_is_no_sdk_the_message_says_what_was_needed_found_and_known(
    version: str | None, minimum: str, parts: list[str]
) -> None:
    message = sdk_choice.nothing_found_message(
        sdk_choice.SdkRequest(minimum, "a/go.mod"),
        wanted(version),
        sdk_choice.FoundSdks(FOUND, ("/usr/bin",)),
        known_sdks.KNOWN_VERSIONS,
        Platform.linux_x86_64,
    )

    for part in parts:
        assert part in message


@pytest.mark.parametrize(("version", "reason"), [("1.26", "not a release"), ("new", "is not a Go")])
def test_a_version_option_that_is_no_release_is_an_error(version: str, reason: str) -> None:
    with pytest.raises(sdk_choice.GoSdkError, match=rf"\[go-sdk\].version: .*{reason}"):
        wanted(version)


# ---- downloads

GO_SUM = """\
example.com/a v1.0.0 h1:x=
example.com/a v1.0.0/go.mod h1:x=
example.com/onlymod v1.0.0/go.mod h1:x=
example.com/fork v1.2.0 h1:x=
example.com/stale v0.1.0 h1:x=
"""


def test_modules_without_the_hash_of_their_zip_are_not_downloaded() -> None:
    go_mod = parse_go_mod(
        "go.mod",
        "module m\nrequire (\nexample.com/a v1.0.0\nexample.com/onlymod v1.0.0\n"
        "example.com/replaced v1.0.0\nexample.com/local v1.0.0\n)\n"
        "replace example.com/replaced => example.com/fork v1.2.0\n"
        "replace example.com/local => ../local\n",
    )

    assert downloads.modules_with_sums(go_mod, GO_SUM) == ("example.com/a", "example.com/replaced")


def tree(go_mod: GoMod, go_sum: str, workspace: str = "", vendored: bool = False) -> object:
    main = module.GoModule("m", EMPTY_DIGEST, go_mod, go_sum, vendored)
    return module_tree.ModuleTree(
        "m", EMPTY_DIGEST, EMPTY_DIGEST, (main,), workspace, "", vendored, go_mod.go
    )


@pytest.mark.parametrize(
    ("go", "workspace", "vendored", "whole_graph", "expected"),
    [
        ("1.21", "", False, False, (("example.com/a",), "modules")),
        ("1.21", "", False, True, (("example.com/a",), "graph")),
        ("1.16", "", False, False, ((), "graph")),
        ("", "", False, False, ((), "graph")),
        (
            "1.21",
            "go.work",
            False,
            False,
            (
                ("example.com/a@v1.0.0", "example.com/fork@v1.2.0", "example.com/stale@v0.1.0"),
                "workspace",
            ),
        ),
        ("1.21", "go.work", False, True, ((), "workspace")),
        ("1.21", "", True, False, None),
        ("1.21", "go.work", True, True, None),
    ],
)
def test_what_is_downloaded_follows_from_the_module_files(
    go: str, workspace: str, vendored: bool, whole_graph: bool, expected: object
) -> None:
    go_mod = GoMod("m", go, (), ("example.com/a",), ())
    an_sdk = GoSdk(EMPTY_DIGEST, "1.26.7")

    request = downloads.downloads_request(
        tree(go_mod, GO_SUM, workspace, vendored),
        an_sdk,  # type: ignore[arg-type]
        whole_graph,
    )

    assert (request and (request.modules, request.scope)) == expected


def test_nothing_is_downloaded_for_a_module_without_sums() -> None:
    go_mod = GoMod("m", "1.21", (), ("example.com/a",), ())

    an_sdk = GoSdk(EMPTY_DIGEST, "1.26.7")
    assert downloads.downloads_request(tree(go_mod, ""), an_sdk) is None  # type: ignore[arg-type]


def test_the_errors_of_a_download_are_found_in_its_output() -> None:
    output = json.dumps({"Path": "a", "Version": "v1"}) + "\n"
    output += json.dumps({"Path": "b", "Version": "v2", "Error": "no route"}) + "\nrubbish"

    assert download_failure.download_errors(output.encode()) == (("b@v2", "no route"),)


def test_a_private_file_is_for_the_user_alone_and_does_not_stay() -> None:
    with downloads.private_file("secret") as path:
        from pathlib import Path

        assert Path(path).read_text() == "secret"
        assert Path(path).stat().st_mode & 0o077 == 0
    assert not Path(path).exists()


# ---- modules


def a_module(directory: str, text: str) -> module.GoModule:
    return module.GoModule(directory, EMPTY_DIGEST, parse_go_mod("go.mod", text), "", False)


def test_directories_that_replace_modules_are_found_with_the_file_that_names_them() -> None:
    mains = (
        a_module("a/x", "module x\nreplace l => ../l\nreplace n => ./n\nreplace v => w v1.0.0\n"),
        a_module("a/l", "module l\n"),
    )
    work = workspace.Workspace(
        "a/go.work", EMPTY_DIGEST, GoWork("1.22", ("./x", "./l"), (Replacement("z", "./z", ""),))
    )

    assert module_tree.replaced_directories(mains, work) == (
        ("a/x/n", "a/x/go.mod"),
        ("a/z", "a/go.work"),
    )
    assert workspace.workspace_directories("a/x", work) == ("a/x", "a/l")


@pytest.mark.parametrize("new", ["../../outside", "/abs", ".."])
def test_a_replacement_outside_of_the_repository_matters_only_if_it_is_required(new: str) -> None:
    none = workspace.Workspace("", None, None)
    text = f"module x\nreplace l => {new}\n"

    assert module_tree.replaced_directories((a_module("", text),), none) == ()
    with pytest.raises(workspace.GoModuleError, match="names a directory outside of"):
        module_tree.replaced_directories((a_module("", f"{text}require l v1.0.0\n"),), none)


def test_the_newest_go_line_counts() -> None:
    mains = (a_module("a", "module a\ngo 1.21.5\n"), a_module("b", "module b\ngo 1.22\n"))
    work = workspace.Workspace("go.work", EMPTY_DIGEST, GoWork("1.21.9", (), ()))

    assert module_tree.newest_go(mains, work) == "1.22"
    with pytest.raises(workspace.GoModuleError, match=r"a/go.mod: `go 1.x`: (.|\n)*Correct the"):
        module_tree.newest_go(
            (a_module("a", "module a\ngo 1.x\n"),), workspace.Workspace("", None, None)
        )


def test_a_module_is_laid_out_by_package_as_go_sees_it() -> None:
    layout = lay_out_module(
        [
            "BUILD",
            "README.md",
            "go.mod",
            "go.sum",
            "cmd/a/BUILD.pants",
            "cmd/a/main.go",
            "cmd/a/static/logo.svg",
            "cmd/a/testdata/x/x.go",
            "cmd/a/_old/old.go",
            "cmd/a/.hidden/h.go",
            "cmd/a/_draft.go",
            "docs/index.md",
            "lib/lib_test.go",
            "lib/deep/header.h",
            "nested/go.mod",
            "nested/n.go",
            "nested/testdata/t.txt",
            "vendor/modules.txt",
            "vendor/example.com/v/v.go",
        ]
    )

    assert layout.module_files == (
        "go.mod",
        "go.sum",
        "vendor/example.com/v/v.go",
        "vendor/modules.txt",
    )
    assert dict(layout.packages) == {
        ".": ("README.md", "docs/index.md"),
        "cmd/a": (
            "cmd/a/.hidden/h.go",
            "cmd/a/_draft.go",
            "cmd/a/_old/old.go",
            "cmd/a/main.go",
            "cmd/a/static/logo.svg",
            "cmd/a/testdata/x/x.go",
        ),
        "lib": ("lib/deep/header.h", "lib/lib_test.go"),
    }


# ---- listings


def package(import_path: str, directory: str | None, *imports: str) -> GoPackage:
    return GoPackage(
        import_path,
        "main",
        directory,
        (f"./{directory}",),
        False,
        imports,
        (),
        (),
        (),
        ("f.go",),
        (),
    )


def test_the_files_of_a_binary_are_those_of_the_packages_it_imports() -> None:
    packages = {
        p.import_path: p
        for p in (
            package("m/cmd", "m/cmd", "m/a", "x.y/third", "fmt"),
            package("m/a", "m/a", "m/a/b"),
            package("m/a/b", "m/a/b", "m/a"),
            package("m/other", "m/other"),
            package("x.y/third", None, "m/other"),
        )
    }

    files = files_of(packages["m/cmd"], packages)

    assert files == ("m/a/b/f.go", "m/a/f.go", "m/cmd/default.pgo", "m/cmd/f.go", "m/other/f.go")
    assert main_of("./m/a", packages) == packages["m/a"]
    assert main_of("./nothing", packages) is None


def test_a_listing_is_read_with_directories_in_the_repository() -> None:
    objects = [
        {"ImportPath": "m", "Dir": "/s/tree", "GoFiles": ["a.go"], "EmbedFiles": ["x/y.txt"]},
        {"ImportPath": "m/b", "Dir": "/s/tree/b", "Imports": ["v"], "ImportMap": {"v": "vend/v"}},
        {"ImportPath": "fmt", "Dir": "/sdk/src/fmt", "Standard": True},
        {"ImportPath": "t", "Dir": "/s/tree-other", "Error": {"Err": "x", "ImportStack": ["m"]}},
    ]
    output = "/s\n" + "\n".join(map(json.dumps, objects))

    root, below, standard, other = parse_go_list(output.encode(), "tree")

    assert (root.directory, root.files) == ("", ("a.go", "x/y.txt"))
    assert (below.directory, below.imports) == ("b", ("vend/v",))
    assert (standard.directory, standard.standard) == (None, True)
    assert (other.directory, other.errors[0].message) == (None, "x")


# ---- tailor


@pytest.mark.parametrize(
    ("import_path", "name"),
    [
        ("example.com/cmd/agent", "agent"),
        ("example.com/agent/v2", "agent"),
        ("example.com/agent/v10", "agent"),
        ("example.com/agent/v1", "v1"),
        ("example.com/agent/v0", "v0"),
        ("v2", "v2"),
        ("agent", "agent"),
    ],
)
def test_a_binary_is_named_as_go_build_names_it(import_path: str, name: str) -> None:
    assert tailor.binary_name(package(import_path, "x")) == name


def test_go_mods_that_go_would_not_look_at_are_left_out() -> None:
    files = [
        "go.mod",
        "a/go.mod",
        "a/vendor/x/go.mod",
        "a/testdata/go.mod",
        "_x/go.mod",
        ".y/go.mod",
    ]

    assert tailor.module_directories(files) == ("", "a")
