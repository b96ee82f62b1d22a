"""Every shape of Go repository: what builds with plain `go build` builds here, from `pants tailor`
alone, and what cannot be static says why."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from end_to_end.elf import Binary
from end_to_end.errors_page import documented
from end_to_end.repository import Repository, Result
from go_static_testing.proxy import ModuleProxy

PRINT = 'package main\n\nimport "{0}"\n\nfunc main() {{ println({1}) }}\n'


def built(project: Repository, env: dict[str, str] | None = None) -> tuple[Result, dict[str, str]]:
    """What `tailor` and `package` make of a repository: each program's output by its path in dist.

    Every program is static, or this fails.
    """
    project.pants("tailor", "::").succeeded()
    result = project.pants("package", "::", env=env).succeeded()
    for binary in project.dist.values():
        Binary.read(binary, project.toolbox.go).assert_static()
    return result, {name: project.run(path).strip() for name, path in project.dist.items()}


def plain_go(project: Repository, cwd: str, *arguments: str, **env: str) -> str:
    """`go` by hand, with the settings of a developer."""
    done = project.go(*arguments, cwd=cwd, env={"CGO_ENABLED": "0", "GOSUMDB": "off", **env})
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def proxy(tmp_path: Path) -> ModuleProxy:
    published = ModuleProxy(tmp_path / "proxy")
    text = "package lib\n\nconst Text = {}\n"
    for version in ("v1.0.0", "v1.1.0", "v1.2.0"):
        published.publish("example.com/lib", version, {"lib.go": text.format(f'"{version}"')})
    for version in ("v2.0.0", "v2.3.0"):
        published.publish("example.com/lib/v2", version, {"lib.go": text.format(f'"{version}"')})
    published.publish("example.com/fork", "v1.9.0", {"lib.go": text.format('"fork"')})
    return published


# ---- workspaces


def workspace(go: str = "1.22") -> dict[str, str]:
    return {
        "work/go.work": f"go {go}\n\nuse (\n\t./app\n\t./lib\n)\n\nuse ./deep/er\n",
        "work/app/go.mod": f"module example.com/app\n\ngo {go}\n\nrequire example.com/lib v1.1.0\n",
        "work/app/main.go": PRINT.format("example.com/lib", "lib.Text"),
        "work/lib/go.mod": f"module example.com/lib\n\ngo {go}\n",
        "work/lib/lib.go": 'package lib\n\nconst Text = "of the workspace"\n',
        "work/deep/er/go.mod": (
            f"module example.com/deep\n\ngo {go}\n\nrequire example.com/lib/v2 v2.3.0\n"
        ),
        "work/deep/er/main.go": PRINT.format("example.com/lib/v2", "lib.Text"),
        "work/aside/go.mod": (
            f"module example.com/aside\n\ngo {go}\n\nrequire example.com/lib v1.0.0\n"
        ),
        "work/aside/main.go": PRINT.format("example.com/lib", "lib.Text"),
    }


def test_a_workspace_counts_for_the_modules_that_it_uses_and_for_no_other(
    project: Repository, proxy: ModuleProxy
) -> None:
    project.write(workspace())
    for module in ("app", "deep/er", "aside"):
        plain_go(project, f"work/{module}", "mod", "tidy", GOWORK="off", GOPROXY=proxy.url)

    _, said = built(project, {"GOPROXY": proxy.url, "GOSUMDB": "off"})

    assert said == {
        "work.app/app": "of the workspace",
        "work.deep.er/deep": "v2.3.0",
        "work.aside/aside": "v1.0.0",
    }


def test_changed_since_knows_what_a_go_work_is_for(project: Repository) -> None:
    files = workspace()
    project.write({**files, "work/app/go.mod": "module example.com/app\n\ngo 1.22\n"})
    project.pants("tailor", "::").succeeded()
    project.git("init", "-q", "-b", "main")
    project.git("add", "-A")
    project.git("commit", "-qm", "before")
    project.write({"work/go.work": files["work/go.work"].replace("use ./deep/er\n", "")})

    listed = project.pants(
        "--changed-since=main", "--changed-dependents=transitive", "list"
    ).succeeded()

    binaries = [line for line in listed.output.split() if line.endswith("#binary")]
    assert binaries == ["work/app#binary"]


def test_gowork_off_builds_a_module_from_its_own_go_mod(
    project: Repository, proxy: ModuleProxy
) -> None:
    project.write(workspace())
    project.write(
        {
            "work/app/BUILD": (
                'go_module(name="mod")\ngo_static_binary(gowork=parametrize("auto", "off"))\n'
            ),
            "work/lib/BUILD": 'go_module(name="mod")\n',
            "work/deep/er/BUILD": 'go_module(name="mod")\n',
        }
    )
    plain_go(project, "work/app", "mod", "tidy", GOWORK="off", GOPROXY=proxy.url)
    plain_go(project, "work/deep/er", "mod", "tidy", GOWORK="off", GOPROXY=proxy.url)

    project.pants("package", "work/app::", env={"GOPROXY": proxy.url, "GOSUMDB": "off"}).succeeded()

    said = {name: project.run(path).strip() for name, path in project.dist.items()}
    assert said == {
        "work.app/app@gowork=auto": "of the workspace",
        "work.app/app@gowork=off": "v1.1.0",
    }


def test_the_vendor_directory_of_a_workspace_is_used(
    project: Repository, proxy: ModuleProxy
) -> None:
    project.write(workspace())
    (project.root / "work" / "aside" / "main.go").unlink()
    for module in ("app", "deep/er"):
        plain_go(project, f"work/{module}", "mod", "tidy", GOWORK="off", GOPROXY=proxy.url)
    plain_go(project, "work", "work", "vendor", GOPROXY=proxy.url)

    result, said = built(project, {"GOPROXY": "off"})

    assert said["work.deep.er/deep"] == "v2.3.0"
    assert said["work.app/app"] == "of the workspace"
    assert "Download" not in result.log


# ---- directives of go.mod


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


def test_modules_lie_at_the_root_and_ten_levels_down_and_one_in_another(
    project: Repository,
) -> None:
    deep = "a/b/c/d/e/f/g/h/i/j"
    project.write(
        {
            "go.mod": "module example.com/rooted\n\ngo 1.21\n",
            "main.go": PRINT.format("example.com/rooted/internal/x", "x.Text"),
            "internal/x/x.go": 'package x\n\nconst Text = "root"\n',
            f"{deep}/go.mod": "module example.com/deep\n\ngo 1.21\n",
            f"{deep}/cmd/deep/main.go": 'package main\n\nfunc main() { println("deep") }\n',
        }
    )

    _, said = built(project)

    assert said == {"rooted": "root", f"{deep.replace('/', '.')}.cmd.deep/deep": "deep"}
    assert 'name="rooted"' in (project.root / "BUILD").read_text()


def test_a_module_in_testdata_that_another_names_is_built_with_it(project: Repository) -> None:
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
def test_a_vendor_directory_that_does_not_fit_is_an_error_that_says_what_to_run(
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

    project.pants("package", "::").failed_with(*documented("a vendor directory that does not fit"))


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


def test_a_package_that_go_finds_only_in_the_whole_graph_is_found_here_too(
    project: Repository, proxy: ModuleProxy
) -> None:
    """go.mod lacks the indirect requirement (it is not tidy), but go.sum has what is needed."""
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


# ---- files


def test_constraints_assembly_objects_and_embedded_files_count_as_in_go_build(
    project: Repository, tmp_path: Path
) -> None:
    (tmp_path / "answer.c").write_text("long c_answer(void) { return 42; }\n")
    project.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/main.go": (
                'package main\n\nimport (\n\t"embed"\n\t"fmt"\n)\n\n'
                '//go:embed "static files" all:tree\nvar files embed.FS\n\n'
                "func sum(a, b int64) int64\n\nfunc answer() int64\n\n"
                "func main() {\n"
                '\ttext, err := files.ReadFile("static files/größe 1.txt")\n'
                '\thidden, err2 := files.ReadFile("tree/.hidden")\n'
                "\tfmt.Println(string(text), string(hidden), err, err2)\n"
                "\tfmt.Println(sum(40, 1), answer(), system, tagged)\n"
                "}\n"
            ),
            "m/sum_amd64.s": (
                '#include "textflag.h"\n\nTEXT ·sum(SB), NOSPLIT, $0-24\n'
                "\tMOVQ a+0(FP), AX\n\tADDQ b+8(FP), AX\n\tMOVQ AX, ret+16(FP)\n\tRET\n\n"
                "TEXT ·answer(SB), NOSPLIT, $16-8\n"
                "\tCALL c_answer(SB)\n\tMOVQ AX, ret+0(FP)\n\tRET\n"
            ),
            "m/system_linux.go": 'package main\n\nconst system = "linux"\n',
            "m/system_windows.go": 'package main\n\nconst system = "windows"\n',
            "m/tagged.go": (
                "//go:build netgo && osusergo && !cgo\n\npackage main\n\nconst tagged = true\n"
            ),
            "m/untagged.go": "//go:build !netgo || cgo\n\npackage main\n\nconst tagged = false\n",
            "m/static files/größe 1.txt": "embedded",
            "m/tree/.hidden": "hidden",
        }
    )
    subprocess.run(
        ["gcc", "-c", "-o", project.root / "m" / "extra_linux_amd64.syso", tmp_path / "answer.c"],
        check=True,
    )

    _, said = built(project)

    assert said == {"m/m": "embedded hidden <nil> <nil>\n41 42 linux true"}


def test_symbolic_links_lead_to_files_and_to_no_second_package(project: Repository) -> None:
    project.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/cmd/real/body.txt": 'package main\n\nfunc main() { println("linked") }\n',
            "shared/text.txt": "shared",
        }
    )
    links = {
        "m/cmd/real/main.go": "body.txt",
        "m/commands": "cmd",
        "m/cmd/loop": "../..",
        "m/dangling": "nowhere",
    }
    for link, target in links.items():
        (project.root / link).symlink_to(target)

    project.pants("tailor", "::").succeeded()

    assert sorted(str(p.relative_to(project.root)) for p in project.root.rglob("BUILD")) == [
        "m/BUILD",
        "m/cmd/real/BUILD",
    ]
    project.pants("package", "m/cmd/real").succeeded()
    assert project.run(project.dist["m.cmd.real/real"]).strip() == "linked"


def test_spaces_and_other_characters_in_paths_are_no_matter(project: Repository) -> None:
    project.write(
        {
            "my apps/größe/日本/go.mod": "module example.com/app\n\ngo 1.21\n",
            "my apps/größe/日本/cmd/tool/main.go": (
                PRINT.format("example.com/app/lib", "lib.Text")
            ),
            "my apps/größe/日本/lib/lib.go": 'package lib\n\nconst Text = "found"\n',
        }
    )

    _, said = built(project)

    assert list(said.values()) == ["found"]

    project.write({"my apps/größe/日本/lib/lib.go": "package lib\n\nconst Text = wrong\n"})
    failed = project.pants("package", "::").failed_with(
        "my apps/größe/日本/lib/lib.go:3:14: undefined: wrong"
    )
    assert failed.log.count("undefined: wrong") == 1


def test_a_main_package_that_is_generated_builds(project: Repository) -> None:
    project.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/gen/gen.go": ("package gen\n\n//go:generate go run ./maker\n"),
            "m/gen/maker/main.go": (
                'package main\n\nimport "os"\n\nfunc main() {\n'
                '\tos.MkdirAll("../cmd/made", 0o755)\n'
                '\tos.WriteFile("../cmd/made/main.go", []byte("package main\\n\\n'
                'func main() { println(\\"made\\") }\\n"), 0o644)\n}\n'
            ),
            "m/BUILD": (
                'go_module(name="mod")\n'
                'go_generate(name="generate", packages=["gen"])\n'
                'go_static_binary(name="made", main="cmd/made", codegen=[":generate"])\n'
            ),
        }
    )

    project.pants("package", "m:made").succeeded()

    assert project.run(project.dist["m/made"]).strip() == "made"


def test_a_package_of_another_internal_tree_is_refused_with_the_reason(project: Repository) -> None:
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
        *documented("a package of somebody's internal tree")
    )


# ---- cgo


def third_party(project: Repository, module: str, main: str) -> None:
    project.write({"m/go.mod": "module example.com/m\n\ngo 1.22\n", "m/main.go": main})
    done = project.go("get", module, cwd="m", env={"GOFLAGS": ""})
    assert done.returncode == 0, done.stderr
    done = project.go("mod", "tidy", cwd="m", env={"GOFLAGS": ""})
    assert done.returncode == 0, done.stderr
    project.pants("tailor", "::").succeeded()


def test_a_stub_is_a_warning_when_it_is_built_and_a_policy_can_deny_it(project: Repository) -> None:
    third_party(
        project,
        "github.com/mattn/go-sqlite3@v1.14.32",
        'package main\n\nimport (\n\t"database/sql"\n\t"fmt"\n\n'
        '\t_ "github.com/mattn/go-sqlite3"\n)\n\nfunc main() {\n'
        '\tdb, err := sql.Open("sqlite3", ":memory:")\n'
        "\tif err == nil {\n\t\terr = db.Ping()\n\t}\n\tfmt.Println(err)\n}\n",
    )

    result = project.pants("package", "::").succeeded()

    said = " ".join(result.log.split())
    assert "[WARN] m:m: github.com/mattn/go-sqlite3 is a stub without cgo" in said
    assert "imported through: example.com/m → github.com/mattn/go-sqlite3" in said
    assert "Use modernc.org/sqlite" in said
    assert "requires cgo to work. This is a stub" in project.run(project.dist["m/m"])
    project.pants("test", "m:").succeeded()
    (project.root / "m" / "BUILD").write_text(
        'go_module(name="mod")\ngo_static_binary(policy="strict")\n'
    )
    project.pants("test", "m:").failed_with("ES025 stubs: contains github.com/mattn/go-sqlite3")


def test_a_package_that_imports_c_symbols_is_named_before_the_elf_test_fails(
    project: Repository,
) -> None:
    third_party(
        project,
        "github.com/ebitengine/purego@v0.8.4",
        'package main\n\nimport "github.com/ebitengine/purego"\n\n'
        'func main() { purego.Dlopen("libm.so.6", purego.RTLD_NOW) }\n',
    )

    result = project.pants("package", "::").succeeded()

    said = " ".join(result.log.split())
    assert "[WARN] m:m: github.com/ebitengine/purego asks for shared libraries by itself" in said
    assert "imported through: example.com/m → github.com/ebitengine/purego" in said
    project.pants("test", "m:").failed_with("ES004 interpreter", "purego")


def test_packages_that_have_files_for_cgo_too_are_said(project: Repository) -> None:
    with_cgo = '// int x;\nimport "C"\n\nfunc Text() (string, error) { return "cgo", nil }\n'
    project.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/main.go": (
                'package main\n\nimport (\n\t"example.com/m/stub"\n\t"example.com/m/two"\n)\n\n'
                "func main() {\n\ttext, _ := two.Text()\n\t_, err := stub.Text()\n"
                "\tprintln(text, err.Error())\n}\n"
            ),
            "m/two/with.go": f"package two\n\n{with_cgo}",
            "m/two/without.go": (
                "//go:build !cgo\n\npackage two\n\n"
                'func Text() (string, error) { return "pure", nil }\n'
            ),
            "m/stub/with.go": f"package stub\n\n{with_cgo}",
            "m/stub/without.go": (
                '//go:build !cgo\n\npackage stub\n\nimport "errors"\n\n'
                'func Text() (string, error) { return "", errors.New("it requires cgo") }\n'
            ),
        }
    )

    result, said = built(project)

    assert said == {"m/m": "pure it requires cgo"}
    assert "m:m is built without the cgo files of example.com/m/two (with.go)" in result.log
    assert (
        "[WARN] m:m: example.com/m/stub seems to be a stub without cgo, which a static binary is "
        "built without: without.go says that cgo is missing." in result.log
    )
