"""Workspaces: a go.work applies to the modules that it uses, with its vendor directory."""

from __future__ import annotations

from end_to_end.repository import Repository
from end_to_end.shapes import PRINT, built, plain_go
from go_static_testing.proxy import ModuleProxy


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


def test_a_go_work_applies_only_to_the_modules_that_it_uses(
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


def test_changed_since_follows_a_go_work_to_its_modules(project: Repository) -> None:
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
