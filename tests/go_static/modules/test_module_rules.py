"""Which module a directory belongs to, what it is built with, and what is wrong with it."""

from __future__ import annotations

import pytest

from end_to_end.errors_page import documented
from go_static.modules.module import GoModule, ModuleRequest
from go_static.modules.tree import ModuleTree, ModuleTreeRequest
from go_static.modules.workspace import GoModuleError
from go_static_testing.engine import Repository
from go_static_testing.helpers import Module, ModuleOf

GO_MOD = "module example.com/m\n\ngo 1.21\n"
MODULE = 'go_module(name="mod")\n'


def tree(repository: Repository, directory: str) -> ModuleTree:
    return repository.request(ModuleTree, ModuleTreeRequest(directory))


@pytest.mark.parametrize(
    ("directory", "module"),
    [
        pytest.param("m", "m", id="a module's own directory"),
        pytest.param("m/a/b", "m", id="a directory below it"),
        pytest.param("m/inner/x", "m/inner", id="the nearest of two"),
        pytest.param("m/does/not/exist", "m", id="a directory that does not exist"),
        pytest.param("elsewhere", None, id="a directory of no module"),
        pytest.param("", None, id="the root"),
        pytest.param("odd [1]*/x", "odd [1]*", id="a directory with wildcards in its name"),
    ],
)
def test_the_module_of_a_directory(
    repository: Repository, directory: str, module: str | None
) -> None:
    repository.write(
        {
            "m/go.mod": GO_MOD,
            "m/a/b/b.go": "package b\n",
            "m/inner/go.mod": GO_MOD,
            "odd [1]*/go.mod": GO_MOD,
            "elsewhere/e.go": "package e\n",
        }
    )
    found = repository.request(Module, ModuleOf(directory))
    assert found.directory == module


def test_a_module_holds_its_files_without_those_of_nested_modules(repository: Repository) -> None:
    repository.write(
        {
            "m/BUILD": MODULE,
            "m/go.mod": GO_MOD,
            "m/go.sum": "a line\n",
            "m/a/a.go": "package a\n",
            "m/inner/go.mod": "module example.com/inner\n",
            "m/inner/i.go": "package inner\n",
            "m/inner [2]/go.mod": "module example.com/inner2\n",
            "m/inner [2]/i.go": "package inner\n",
        }
    )
    module = repository.request(GoModule, ModuleRequest("m", "x"))
    assert [f for f in repository.files(module.digest) if not f.endswith("BUILD")] == [
        "m/a/a.go",
        "m/go.mod",
        "m/go.sum",
    ]
    assert (module.go_mod.module, module.go_sum, module.vendored) == (
        "example.com/m",
        "a line\n",
        False,
    )


@pytest.mark.parametrize(
    ("files", "parts"),
    [
        pytest.param(
            {"m/go.mod": GO_MOD},
            (
                "No `go_module` target owns m/go.mod, which m:it needs.",
                'Run `pants tailor m::`, or add `go_module(name="mod")` to m/BUILD.',
            ),
            id="no target",
        ),
        pytest.param(
            {"m/go.mod": GO_MOD, "m/BUILD": MODULE + 'go_module(name="b")\ngo_module(name="c")\n'},
            (
                "More than one `go_module` target owns m/go.mod: ",
                "m:mod",
                "m:b",
                "m:c",
                "Remove all but one.",
            ),
            id="three targets",
        ),
        pytest.param(
            {"m/go.mod": GO_MOD, "m/BUILD": 'go_module(name="mod", sources=["*.go"])\n'},
            (
                "The `sources` of m:mod do not include m/go.mod.",
                "Move the target to the BUILD file next to the go.mod, and check that `sources`",
            ),
            id="a target that leaves the go.mod out",
        ),
        pytest.param(
            {"m/go.mod": "module example.com/m\nrequire (\n", "m/BUILD": MODULE},
            (
                "m/go.mod: the block `require (` is never closed.",
                "Correct the file; `go mod edit -fmt` shows whether Go can read it.",
            ),
            id="a go.mod that cannot be read",
        ),
        pytest.param(
            {"m/go.mod": "", "m/BUILD": MODULE},
            ("m/go.mod:1: the `module` directive is missing.",),
            id="an empty go.mod",
        ),
    ],
)
def test_a_module_that_cannot_be_loaded(
    repository: Repository, files: dict[str, str], parts: tuple[str, ...]
) -> None:
    repository.write(files)
    with repository.fails(GoModuleError, *parts):
        repository.request(GoModule, ModuleRequest("m", "m:it"))


def test_the_root_module_is_told_how_to_tailor_the_root(repository: Repository) -> None:
    repository.write({"go.mod": GO_MOD})
    with repository.fails(GoModuleError, "owns go.mod, which x needs", "pants tailor ::", "BUILD"):
        repository.request(GoModule, ModuleRequest("", "x"))


def test_a_go_line_that_is_not_a_version_is_an_error_that_names_the_file(
    repository: Repository,
) -> None:
    # Not in m, which the tests before had without a BUILD file: on a busy machine, Pants has been
    # seen to remember that.
    repository.write({"n/go.mod": "module example.com/n\n\ngo one\n", "n/BUILD": MODULE})
    with repository.fails(
        GoModuleError, "n/go.mod: `go one`: `one` is not a Go version", "Correct the line."
    ):
        tree(repository, "n")


WORKSPACE = {
    "w/go.work": "go 1.23\n\nuse (\n\t./one\n\ttwo\n)\n\nreplace example.com/lib => ./lib\n",
    "w/go.work.sum": "a sum\n",
    "w/one/BUILD": MODULE,
    "w/one/go.mod": "module example.com/one\n\ngo 1.21\n",
    "w/one/one.go": "package one\n",
    "w/two/BUILD": MODULE,
    "w/two/go.mod": "module example.com/two\n\ngo 1.22\n",
    "w/two/vendor/modules.txt": "",
    "w/lib/BUILD": MODULE,
    "w/lib/go.mod": "module example.com/lib\n\ngo 1.21\n",
    "w/apart/BUILD": MODULE,
    "w/apart/go.mod": "module example.com/apart\n\ngo 1.21\n",
}


def test_a_module_is_built_with_its_whole_workspace(repository: Repository) -> None:
    repository.write(WORKSPACE)
    found = tree(repository, "w/two")
    assert (found.workspace.path, found.workspace.sums) == ("w/go.work", "a sum\n")
    assert [module.directory for module in found.mains] == ["w/one", "w/two"]
    assert repository.files(found.module_files) == [
        "w/go.work",
        "w/go.work.sum",
        "w/lib/go.mod",
        "w/one/go.mod",
        "w/two/go.mod",
        "w/two/vendor/modules.txt",
    ]
    assert "w/lib/go.mod" in repository.files(found.digest)
    # The newest `go` line counts, and a vendor directory only beside the go.work.
    assert (found.go, found.vendored) == ("1.23", False)


def test_a_module_that_the_go_work_above_it_does_not_use_is_built_without_it(
    repository: Repository,
) -> None:
    repository.write(WORKSPACE)
    found = tree(repository, "w/apart")
    assert (found.workspace.path, found.go) == ("", "1.21")
    assert [module.directory for module in found.mains] == ["w/apart"]
    assert repository.files(found.module_files) == ["w/apart/go.mod"]


def test_a_module_of_a_workspace_without_a_target_is_an_error_that_names_the_go_work(
    repository: Repository,
) -> None:
    repository.write({**WORKSPACE, "w/two/BUILD": ""})
    with repository.fails(
        GoModuleError,
        "No `go_module` target owns w/two/go.mod, which w/go.work needs.",
        "pants tailor w/two::",
    ):
        tree(repository, "w/one")


def test_a_go_work_that_cannot_be_read_is_an_error_with_its_line(repository: Repository) -> None:
    repository.write({**WORKSPACE, "w/go.work": "use ./one\nreplace a b\n"})
    with repository.fails(
        GoModuleError, "w/go.work:2: `replace` without `=>`.", "Correct the file, or remove it."
    ):
        tree(repository, "w/one")


@pytest.mark.parametrize("gone", ["gone", "empty"])
def test_a_go_work_that_uses_a_directory_without_a_module_says_so(
    repository: Repository, gone: str
) -> None:
    repository.write(
        {
            "m/BUILD": MODULE,
            "m/go.mod": GO_MOD,
            "empty/x.txt": "",
            "go.work": f"go 1.21\n\nuse (\n\t./m\n\t./{gone}\n)\n",
        }
    )
    said = documented("a go.work that uses a missing directory")
    parts = [part.replace("gone", gone) for part in said]
    with repository.fails(GoModuleError, *parts, never=("tailor",)):
        tree(repository, "m")


def test_a_directory_that_replaces_a_module_is_part_of_the_tree(repository: Repository) -> None:
    repository.write(
        {
            "m/BUILD": MODULE,
            "m/go.mod": GO_MOD
            + "require example.com/lib v0.0.0\n"
            + "replace example.com/lib => ../lib\n"
            + "replace example.com/forbidden => ./not there\n".replace(" there", "_there"),
            "lib/BUILD": MODULE,
            "lib/go.mod": "module example.com/lib\n\ngo 1.21\n",
            "lib/lib.go": "package lib\n",
        }
    )
    found = tree(repository, "m")
    assert "lib/lib.go" in repository.files(found.digest)
    assert repository.files(found.module_files) == ["lib/go.mod", "m/go.mod"]


@pytest.mark.parametrize("new", ["../../elsewhere", "/elsewhere"])
def test_a_required_module_outside_of_the_repository_is_an_error(
    repository: Repository, new: str
) -> None:
    go_mod = GO_MOD + f"require example.com/x v1.0.0\nreplace example.com/x => {new}\n"
    repository.write({"m/BUILD": MODULE, "m/go.mod": go_mod})
    with repository.fails(
        GoModuleError,
        f"m/go.mod: `replace example.com/x => {new}` names a directory outside the repository",
        "Move the module into the repository, or replace it with a version.",
    ):
        tree(repository, "m")


def test_a_workspace_that_uses_a_directory_outside_of_the_repository_says_so(
    repository: Repository,
) -> None:
    repository.write(
        {"go.work": "go 1.21\nuse (\n\t./m\n\t../out\n)\n", "m/BUILD": MODULE, "m/go.mod": GO_MOD}
    )
    with repository.fails(GoModuleError, "go.work", "../out", "outside the repository"):
        tree(repository, "m")
