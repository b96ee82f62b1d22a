"""Shapes of repositories: whatever plain `go build` builds is built here with only the BUILD files
of `pants tailor`.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from end_to_end.repository import Repository
from end_to_end.shapes import PRINT, built


def test_modules_can_be_at_the_root_ten_levels_down_and_nested(
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


def test_constraints_assembly_objects_and_embedding_work_as_in_go_build(
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


def test_symbolic_links_are_followed_to_files_but_add_no_package(project: Repository) -> None:
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


def test_paths_can_contain_spaces_and_special_characters(project: Repository) -> None:
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


def test_a_generated_main_package_builds(project: Repository) -> None:
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
                'go_codegen(name="generate", packages=["gen"])\n'
                'go_static_binary(name="made", main="cmd/made", codegen=[":generate"])\n'
            ),
        }
    )

    project.pants("package", "m:made").succeeded()

    assert project.run(project.dist["m/made"]).strip() == "made"
