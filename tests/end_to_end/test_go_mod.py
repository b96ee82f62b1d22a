"""go.mod, vendor directories and other modules work as in plain `go build`; mismatches are errors
that say why.
"""

from __future__ import annotations

import pytest

from end_to_end.errors_page import documented
from end_to_end.repository import Repository
from end_to_end.shapes import PRINT, built, plain_go
from go_static_testing.proxy import ModuleProxy


def test_replace_exclude_retract_tool_toolchain_and_ignore_are_followed(
    project: Repository, proxy: ModuleProxy
) -> None:
    project.write(
        {
            "m/go.mod": (
                "module example.com/m/v3\n\ngo 1.25.0\n\ntoolchain go1.25.1\n\n"
                "require (\n\texample.com/lib v1.1.0\n\texample.com/lib/v2 v2.0.0\n"
                "\texample.com/inside v0.0.0\n)\n\n"
                "replace example.com/lib => example.com/fork v1.9.0\n\n"
                'replace example.com/inside v0.0.0 => "./third party/inside"\n\n'
                "exclude example.com/lib/v2 v2.0.0\n\n"
                "retract [v3.0.0, v3.0.9] // broken\n\n"
                "ignore ./node_modules\n\n"
                "tool example.com/m/v3/tools/gen\n"
            ),
            "m/main.go": (
                'package main\n\nimport (\n\t"example.com/inside"\n\t"example.com/lib"\n'
                '\tlib2 "example.com/lib/v2"\n)\n\n'
                "func main() { println(lib.Text, lib2.Text, inside.Text) }\n"
            ),
            "m/tools/gen/main.go": 'package main\n\nfunc main() { println("tool") }\n',
            "m/node_modules/x/main.go": "package main\n\nfunc main() {}\n",
            "m/third party/inside/go.mod": "module example.com/inside\n\ngo 1.21\n",
            "m/third party/inside/inside.go": 'package inside\n\nconst Text = "inside"\n',
        }
    )
    plain_go(project, "m", "mod", "tidy", GOPROXY=proxy.url)

    _, said = built(project, {"GOPROXY": proxy.url, "GOSUMDB": "off"})

    assert said == {"m/m": "fork v2.3.0 inside", "m.tools.gen/gen": "tool"}


def test_a_module_in_testdata_is_used_if_another_module_names_it(project: Repository) -> None:
    project.write(
        {
            "m/go.mod": (
                "module example.com/m\n\ngo 1.21\n\nrequire example.com/data v0.0.0\n\n"
                "replace example.com/data => ./testdata\n"
            ),
            "m/main.go": PRINT.format("example.com/data", "data.Text"),
            "m/testdata/go.mod": "module example.com/data\n\ngo 1.21\n",
            "m/testdata/data.go": 'package data\n\nconst Text = "data"\n',
            "m/testdata/cmd/main.go": "package main\n\nfunc main() {}\n",
            "m/other/testdata/go.mod": "module example.com/nobody\n\ngo 1.21\n",
        }
    )

    _, said = built(project)

    assert said["m/m"] == "data"
    assert not (project.root / "m" / "other" / "testdata" / "BUILD").exists()


@pytest.mark.parametrize(
    "modules",
    [
        pytest.param(
            "# example.com/lib v1.0.0\n## explicit; go 1.21\nexample.com/lib\n", id="other version"
        ),
        pytest.param("", id="empty"),
    ],
)
def test_an_inconsistent_vendor_directory_is_an_error_that_says_what_to_run(
    modules: str, project: Repository
) -> None:
    project.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n\nrequire example.com/lib v1.1.0\n",
            "m/main.go": PRINT.format("example.com/lib", "lib.Text"),
            "m/vendor/modules.txt": modules,
            "m/vendor/example.com/lib/lib.go": 'package lib\n\nconst Text = "x"\n',
        }
    )
    project.pants("tailor", "::").succeeded()

    project.pants("package", "::").failed_with(
        *documented("a vendor directory that is out of sync")
    )


def test_a_vendor_directory_of_a_module_from_before_vendoring_was_automatic_is_not_used(
    project: Repository, proxy: ModuleProxy
) -> None:
    proxy.publish(
        "example.com/old",
        "v1.1.0",
        {"go.mod": "module example.com/old\n", "old.go": 'package old\n\nconst Text = "v1.1.0"\n'},
    )
    project.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.13\n\nrequire example.com/old v1.1.0\n",
            "m/main.go": PRINT.format("example.com/old", "old.Text"),
            "m/vendor/modules.txt": "# example.com/old v1.1.0\nexample.com/old\n",
            "m/vendor/example.com/old/lib.go": 'package old\n\nconst Text = "vendored"\n',
        }
    )
    plain_go(project, "m", "mod", "tidy", GOPROXY=proxy.url)

    _, said = built(project, {"GOPROXY": proxy.url, "GOSUMDB": "off"})

    assert said == {"m/m": "v1.1.0"}


def test_a_package_that_go_finds_only_in_the_whole_module_graph_is_found(
    project: Repository, proxy: ModuleProxy
) -> None:
    """go.mod lacks an indirect requirement (it is not tidy), but go.sum has the needed hashes."""
    proxy.publish(
        "example.com/middle",
        "v1.0.0",
        {
            "go.mod": "module example.com/middle\n\ngo 1.16\n\nrequire example.com/lib v1.2.0\n",
            "middle.go": 'package middle\n\nimport "example.com/lib"\n\nconst Text = lib.Text\n',
        },
    )
    proxy.publish(
        "example.com/outer",
        "v1.0.0",
        {
            "go.mod": "module example.com/outer\n\ngo 1.16\n\nrequire example.com/middle v1.0.0\n",
            "outer.go": (
                'package outer\n\nimport "example.com/middle"\n\nconst Text = middle.Text\n'
            ),
        },
    )
    project.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n\nrequire example.com/outer v1.0.0\n",
            "m/main.go": PRINT.format("example.com/outer", "outer.Text"),
            "m/broken/main.go": PRINT.format("example.com/missing", "missing.Text"),
            "m/BUILD": 'go_module(name="mod")\ngo_static_binary()\n',
            "m/broken/BUILD": "go_static_binary()\n",
        }
    )
    plain_go(project, "m", "mod", "tidy", "-e", GOPROXY=proxy.url)

    env = {"GOPROXY": proxy.url, "GOSUMDB": "off"}
    project.pants("package", "m:m", env=env).succeeded()

    assert project.run(project.dist["m/m"]).strip() == "v1.2.0"
    project.pants("package", "m/broken", env=env).failed_with(
        "no required module provides package example.com/missing"
    )


def test_an_import_of_another_internal_package_is_rejected_with_the_reason(
    project: Repository,
) -> None:
    project.write(
        {
            "m/go.mod": (
                "module example.com/m\n\ngo 1.21\n\nrequire example.com/n v0.0.0\n\n"
                "replace example.com/n => ../n\n"
            ),
            "m/main.go": PRINT.format("example.com/n/internal/x", "x.Text"),
            "n/go.mod": "module example.com/n\n\ngo 1.21\n",
            "n/internal/x/x.go": 'package x\n\nconst Text = "x"\n',
        }
    )
    project.pants("tailor", "::").succeeded()

    project.pants("package", "m::").failed_with(
        *documented("an internal package of another module")
    )
