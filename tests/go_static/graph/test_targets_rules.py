"""The targets that are generated for unusual trees, and their dependencies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pants.engine.internals.scheduler import ExecutionError

from end_to_end.errors_page import documented
from end_to_end.pages import blocks_of
from end_to_end.programs import tiny_program
from go_static.targets.go_test_fields import (
    GoTestDependenciesField,
    GoTestTimeoutField,
    SkipGoTestsField,
)
from go_static_testing.engine import Repository, make_rule_runner

GO_MOD = "module example.com/m\n\ngo 1.21\n"
MODULE = 'go_module(name="mod")\n'

# Every kind of file that Go and this backend treat specially.
ODD_TREE = {
    "m/BUILD": MODULE,
    "m/go.mod": GO_MOD,
    "m/go.sum": "",
    "m/root.go": "package m\n",
    "m/README.md": "",
    "m/testdata/data.go": "package data\n",
    "m/_drafts/draft.go": "package draft\n",
    "m/.hidden/hidden.go": "package hidden\n",
    "m/a/a.go": "package a\n",
    "m/a/a_test.go": "package a\n",
    "m/a/assets/logo.txt": "",
    "m/a/assets/deep/x.bin": "",
    "m/a/testdata/src/x/x.go": "package x\n",
    "m/a/_old/old.go": "package old\n",
    "m/a/inner/inner.go": "package inner\n",
    "m/a/inner/data/y.txt": "",
    "m/only_tests/x_test.go": "package x\n",
    "m/headers/x.h": "",
    "m/underscore/_x.go": "package x\n",
    "m/underscore/.y.go": "package y\n",
    "m/odd [1]*?/odd.go": "package odd\n",
    "m/vendor/modules.txt": "",
    "m/vendor/example.com/v/v.go": "package v\n",
    "m/nested/go.mod": "module example.com/nested\n",
    "m/nested/n.go": "package nested\n",
    "m/nested/deep/d.go": "package deep\n",
    "m/testdata/mod/go.mod": "module example.com/testdata\n",
    "m/testdata/mod/t.go": "package t\n",
}
OWNED = {
    "m:mod#go.mod": ["m/go.mod", "m/go.sum", "m/vendor/example.com/v/v.go", "m/vendor/modules.txt"],
    "m:mod#.": [
        "m/.hidden/hidden.go",
        "m/README.md",
        "m/_drafts/draft.go",
        "m/headers/x.h",
        "m/root.go",
        "m/testdata/data.go",
        "m/underscore/.y.go",
        "m/underscore/_x.go",
    ],
    "m:mod#a": [
        "m/a/_old/old.go",
        "m/a/a.go",
        "m/a/a_test.go",
        "m/a/assets/deep/x.bin",
        "m/a/assets/logo.txt",
        "m/a/testdata/src/x/x.go",
    ],
    "m:mod#a/_code": [
        "m/a/_old/old.go",
        "m/a/a.go",
        "m/a/assets/deep/x.bin",
        "m/a/assets/logo.txt",
    ],
    "m:mod#a/inner": ["m/a/inner/data/y.txt", "m/a/inner/inner.go"],
    "m:mod#only_tests": ["m/only_tests/x_test.go"],
    "m:mod#odd [1]*?": ["m/odd [1]*?/odd.go"],
}
# Pants itself ignores hidden directories (`[GLOBAL].pants_ignore`).
HIDDEN = {"m/.hidden/hidden.go"}


def test_a_module_owns_each_file_but_those_of_nested_modules_and_tests_stand_apart(
    repository: Repository,
) -> None:
    repository.write(ODD_TREE)

    owned = {
        address: repository.sources(target) for address, target in repository.targets().items()
    }

    assert owned == {
        address: [file for file in files if file not in HIDDEN] for address, files in OWNED.items()
    }


def test_a_module_at_the_root_owns_everything_below_it(
    repository: Repository,
) -> None:
    repository.write(
        {
            "BUILD": MODULE,
            "go.mod": GO_MOD,
            "main.go": "package main\n",
            "a/BUILD.pants": "",
            "a/a.go": "package a\n",
        }
    )
    owned = {
        address: repository.sources(target) for address, target in repository.targets().items()
    }
    assert owned == {
        "//:mod#.": ["main.go"],
        "//:mod#a": ["a/a.go"],
        "//:mod#go.mod": ["go.mod"],
    }


def test_sources_can_exclude_files(repository: Repository) -> None:
    repository.write(
        {
            "m/BUILD": 'go_module(name="mod", sources=["**/*", "!docs/**", "!**/*.md"])\n',
            "m/go.mod": GO_MOD,
            "m/m.go": "package m\n",
            "m/README.md": "",
            "m/docs/example.go": "package docs\n",
        }
    )
    assert sorted(repository.targets()) == ["m:mod#.", "m:mod#go.mod"]
    assert repository.sources(repository.targets()["m:mod#."]) == ["m/m.go"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        pytest.param("", {"b:it#binary"}, id="one binary without parameters"),
        pytest.param(
            'goarch=parametrize("amd64", "arm64")',
            {"b:it#binary@goarch=amd64", "b:it#binary@goarch=arm64"},
            id="one for each architecture",
        ),
        pytest.param(
            'goarch=parametrize("arm64"), strip=parametrize(yes=True, no=False)',
            {"b:it#binary@goarch=arm64,strip=no", "b:it#binary@goarch=arm64,strip=yes"},
            id="one for each combination",
        ),
        pytest.param(
            'ldflags=parametrize(small=["-s"], normal=[])',
            {"b:it#binary@ldflags=normal", "b:it#binary@ldflags=small"},
            id="lists by name",
        ),
        pytest.param(
            'definitions=parametrize(a={"main.v": "1"}, b={"main.v": "2"})',
            {"b:it#binary@definitions=a", "b:it#binary@definitions=b"},
            id="dictionaries by name",
        ),
        pytest.param(
            'main=parametrize("one", "two")',
            {"b:it#binary@main=one", "b:it#binary@main=two"},
            id="main packages",
        ),
    ],
)
def test_a_binary_can_be_parametrized_on_every_field(
    repository: Repository, field: str, expected: set[str]
) -> None:
    repository.write({"b/BUILD": f'go_static_binary(name="it", {field})\n'})
    binaries = {address for address in repository.targets() if "#binary" in address}
    assert binaries == expected
    paths = {repository.settings(address).output_path for address in binaries}
    assert len(paths) == len(binaries)


IMPORTS = {
    "m/BUILD": MODULE + 'go_static_binary(name="it", main="cmd")\n',
    "m/go.mod": GO_MOD,
    "m/cmd/main.go": (
        'package main\n\nimport (\n\t"fmt"\n\n\t"example.com/m/lib"\n\t"example.com/others"\n)\n\n'
        "func main() { fmt.Println(lib.A, others.B) }\n"
    ),
    "m/lib/lib.go": "package lib\n\nvar A = 1\n",
    "m/lib/lib_arm64.go": 'package lib\n\nimport _ "example.com/m/only_arm64"\n',
    "m/lib/tagged.go": '//go:build extra\n\npackage lib\n\nimport _ "example.com/m/only_extra"\n',
    "m/only_arm64/x.go": "package x\n",
    "m/only_extra/x.go": "package x\n",
    "m/unused/x.go": "package x\n",
}


def test_a_package_depends_on_its_imports_in_the_repository_and_on_the_go_mod(
    repository: Repository,
) -> None:
    repository.write(IMPORTS)
    assert repository.dependencies("m:mod#cmd") == ["m:mod#go.mod", "m:mod#lib"]
    assert repository.dependencies("m:mod#lib") == ["m:mod#go.mod"]
    assert repository.dependencies("m:mod#go.mod") == []


def test_only_tests_depend_on_what_tests_import(repository: Repository) -> None:
    repository.write(
        {
            **IMPORTS,
            "m/lib/lib_test.go": 'package lib\n\nimport _ "example.com/m/inside"\n',
            "m/lib/more_test.go": (
                'package lib_test\n\nimport (\n\t_ "example.com/m/lib"\n'
                '\t_ "example.com/m/outside"\n)\n'
            ),
            "m/lib/testdata/golden.txt": "",
            "m/inside/x.go": "package x\n",
            "m/outside/x.go": "package x\n",
            "m/outside/x_test.go": "package x\n",
        }
    )
    assert repository.dependencies("m:mod#cmd") == ["m:mod#go.mod", "m:mod#lib/_code"]
    assert repository.dependencies("m:mod#lib/_code") == ["m:mod#go.mod"]
    assert repository.dependencies("m:mod#lib") == [
        "m:mod#go.mod",
        "m:mod#inside",
        "m:mod#outside/_code",
    ]


@pytest.mark.parametrize(
    ("pattern", "owner"),
    [
        pytest.param("testdata/x.txt", ["m:mod#lib"], id="a file"),
        pytest.param("all:testdata", ["m:mod#lib"], id="the directory"),
        pytest.param("*", ["m:mod#lib"], id="everything"),
        pytest.param("other/x.txt", [], id="something else"),
    ],
)
def test_code_that_embeds_testdata_depends_on_its_owner(
    repository: Repository, pattern: str, owner: list[str]
) -> None:
    embedding = f'package lib\n\nimport "embed"\n\n//go:embed {pattern}\nvar F embed.FS\n'
    repository.write(
        {
            **IMPORTS,
            "m/lib/lib.go": embedding,
            "m/lib/lib_test.go": "package lib\n",
            "m/lib/other/x.txt": "",
            "m/lib/testdata/x.txt": "",
        }
    )
    assert repository.dependencies("m:mod#lib/_code") == ["m:mod#go.mod", *owner]


def test_fields_apply_to_all_packages_or_to_those_that_overrides_names(
    repository: Repository,
) -> None:
    module = 'go_module(name="mod", test_timeout=5, overrides={"./lib/": {"test_timeout": 60}})\n'
    repository.write({**IMPORTS, "m/BUILD": module})
    timeouts = {
        address: target[GoTestTimeoutField].value
        for address, target in repository.targets().items()
        if target.has_field(GoTestTimeoutField)
    }
    assert timeouts.pop("m:mod#lib") == 60
    assert set(timeouts.values()) == {5}


def test_the_fields_of_the_page_on_tests(repository: Repository) -> None:
    (shown,) = (block for block in blocks_of("docs/go-tests.md") if block.language == "python")
    repository.write(
        {
            "m/BUILD": shown.text,
            "m/go.mod": GO_MOD,
            "m/internal/api/api_test.go": "package api\n",
            "m/internal/cloud/cloud_test.go": "package cloud\n",
            "m/schemas/a.json": "",
        }
    )
    targets = repository.targets()
    assert targets["m:mod#internal/api"][GoTestTimeoutField].value == 120
    assert targets["m:mod#internal/cloud"][SkipGoTestsField].value
    assert targets["m:mod#internal/api"][GoTestDependenciesField].value == (":schemas",)


def test_overrides_of_a_directory_without_a_package_are_an_error(repository: Repository) -> None:
    module = 'go_module(name="mod", overrides={"libb": {"skip_tests": True}})\n'
    repository.write({**IMPORTS, "m/BUILD": module})
    with pytest.raises(ExecutionError, match="`overrides` names `libb`, where the module has no"):
        repository.targets()


def test_a_binary_depends_on_its_main_package_and_on_the_go_mod(repository: Repository) -> None:
    repository.write(IMPORTS)
    assert repository.dependencies("m:it#binary") == ["m:mod#cmd", "m:mod#go.mod"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        pytest.param('goarch=parametrize("amd64", "arm64")', "m:mod#only_arm64", id="a platform"),
        pytest.param('build_tags=["extra"]', "m:mod#only_extra", id="a tag"),
    ],
)
def test_an_import_for_only_some_binaries_is_a_dependency(
    repository: Repository, field: str, expected: str
) -> None:
    build = MODULE + f'go_static_binary(name="it", main="cmd", {field})\n'
    repository.write({**IMPORTS, "m/BUILD": build})
    assert repository.dependencies("m:mod#lib") == ["m:mod#go.mod", expected]


def test_imports_between_modules_of_the_repository_are_dependencies(repository: Repository) -> None:
    repository.write(
        {
            "go.work": "go 1.21\n\nuse (\n\t./one\n\t./two\n)\n",
            "one/BUILD": MODULE,
            "one/go.mod": "module example.com/one\n\ngo 1.21\n",
            "one/one.go": 'package one\n\nimport _ "example.com/two/sub"\n',
            "two/BUILD": MODULE,
            "two/go.mod": "module example.com/two\n\ngo 1.21\n",
            "two/sub/sub.go": "package sub\n",
        }
    )
    assert repository.dependencies("one:mod#.") == ["one:mod#go.mod", "two:mod#sub"]


WORKSPACE = {
    "w/go.work": "go 1.21\n\nuse (\n\t./one\n\t./two\n\t./none\n)\n",
    "w/BUILD": 'files(name="workspace", sources=["go.work*"])\n',
    "w/one/BUILD": MODULE + 'go_static_binary(name="it")\n',
    "w/one/go.mod": "module example.com/one\n\ngo 1.21\n",
    "w/one/one.go": "package main\n\nfunc main() {}\n",
    "w/two/BUILD": MODULE,
    "w/two/go.mod": "module example.com/two\n\ngo 1.21\n",
    "w/aside/BUILD": MODULE + 'go_static_binary(name="it")\n',
    "w/aside/go.mod": "module example.com/aside\n\ngo 1.21\n",
    "w/aside/main.go": "package main\n\nfunc main() {}\n",
}


def test_a_binary_depends_on_the_go_work_and_the_files_of_all_modules_that_it_uses(
    repository: Repository,
) -> None:
    repository.write(WORKSPACE)
    assert repository.dependencies("w/one:it#binary") == [
        "w/go.work:workspace",
        "w/one:mod#.",
        "w/one:mod#go.mod",
        "w/two:mod#go.mod",
        # The owner of the go.work.sum, which does not exist yet.
        "w:workspace",
    ]


@pytest.mark.parametrize(
    ("files", "address"),
    [
        pytest.param({}, "w/aside", id="a module that the go.work does not use"),
        pytest.param(
            {"w/one/BUILD": MODULE + 'go_static_binary(name="it", gowork="off")\n'},
            "w/one",
            id="a binary built without it",
        ),
        pytest.param({"w/go.work": "use (\n"}, "w/one", id="a go.work that cannot be read"),
    ],
)
def test_a_binary_does_not_depend_on_an_unused_go_work(
    repository: Repository, files: dict[str, str], address: str
) -> None:
    repository.write({**WORKSPACE, **files})
    assert {f"{address}:mod#.", f"{address}:mod#go.mod"} >= set(
        repository.dependencies(f"{address}:it#binary")
    )


def test_a_file_with_a_syntax_error_does_not_hide_other_dependencies(
    repository: Repository,
) -> None:
    repository.write({**IMPORTS, "m/unused/x.go": "package x\n\nimport (\n"})
    assert repository.dependencies("m:mod#cmd") == ["m:mod#go.mod", "m:mod#lib"]


def test_a_broken_module_does_not_hide_dependencies_of_another(
    repository: Repository, broken_go_mod: str
) -> None:
    repository.configure("--go-sdk-known-versions=[]")
    repository.write(
        {**IMPORTS, "x/BUILD": MODULE, "x/go.mod": broken_go_mod, "x/x.go": "package x\n"}
    )
    assert repository.dependencies("m:mod#cmd") == ["m:mod#go.mod", "m:mod#lib"]


def test_a_binary_without_a_module_has_no_dependencies_and_no_error(
    repository: Repository,
) -> None:
    repository.write({"b/BUILD": 'go_static_binary(name="it")\n', "b/main.go": "package main\n"})
    assert repository.dependencies("b:it#binary") == []


def test_tests_of_named_targets_are_not_dependencies(repository: Repository) -> None:
    repository.write(
        {
            **tiny_program("tool", build="go_static_binary(name='tool', reproducible=True)\n"),
            **tiny_program(
                "m",
                build="go_static_binary(name='it', codegen=[':generate'])\n"
                "go_codegen(name='generate', tools=['tool:tool'], committed=True)\n"
                "elf_static_test(name='again', binary=':it', policy='strict')\n",
            ),
            "m/main.go": "package main\n\n//go:generate tool\n\nfunc main() {}\n",
        }
    )
    assert "m:generate#code" in repository.dependencies("m:it#binary")
    assert "m:generate#generated_is_current" not in repository.dependencies("m:it#binary")
    assert repository.dependencies("m:generate#code") == ["m:mod#.", "tool#binary"]
    assert repository.dependencies("m:again") == ["m:it#binary"]


def test_an_invalid_field_does_not_hide_dependencies_of_other_binaries(
    repository: Repository,
) -> None:
    repository.write({**IMPORTS, "x/BUILD": 'go_static_binary(name="it", goos="windows")\n'})
    assert repository.dependencies("m:it#binary") == ["m:mod#cmd", "m:mod#go.mod"]


@pytest.mark.parametrize(
    ("fields", "warned"),
    [("", False), ('sources=["**/*.go", "go.mod"]', True)],
    ids=["by default", "explicit sources"],
)
def test_a_deleted_module_is_a_warning_only_if_its_sources_are_explicit(
    fields: str, warned: bool, repository: Repository, tmp_path: Path
) -> None:
    kept = {"kept/BUILD": 'go_module(name="mod")\n', "kept/go.mod": "module example.com/kept\n"}
    with repository.logging(tmp_path) as log:
        repository.write(
            {
                **kept,
                "gone/BUILD": f'go_module(name="mod", {fields})\n',
                "gone/go.mod": "module example.com/gone\n",
                "gone/sub/sub.go": "package sub\n",
            }
        )
        assert "gone:mod#sub" in repository.targets()

        # Whether Pants looks at sources again before it sees that their BUILD is gone is by chance.
        repository.remove("gone/go.mod", "gone/sub/sub.go")
        assert "gone:mod#sub" not in repository.targets()
        repository.delete("gone")

        assert list(repository.targets()) == ["kept:mod#go.mod"]
    assert ("from gone:mod's `sources` field" in log.read_text()) == warned


def test_pants_rejects_an_absolute_symlink_unless_it_is_ignored(
    repository: Repository, tmp_path: Path
) -> None:
    """No rule of this backend runs before the error, so the page on errors explains it."""
    *said, way_out = documented("an absolute symlink anywhere in the repository")
    (ignored,) = re.findall(r"`pants_ignore.add = (.*?)`", way_out)
    hidden = make_rule_runner(tmp_path / "caches", f"--pants-ignore=+{ignored}")

    for runner in (repository.runner, hidden):
        Repository(runner, repository.go).write({"m/BUILD": MODULE, "m/go.mod": GO_MOD})
        notes = Path(runner.build_root, "notes")
        notes.mkdir()
        (notes / "link").symlink_to("/etc/hosts")

    with pytest.raises(ExecutionError) as raised:
        repository.targets()
    assert all(part in str(raised.value) for part in said)
    assert "in go_static." not in str(raised.value)
    assert list(Repository(hidden, repository.go).targets()) == ["m:mod#go.mod"]
