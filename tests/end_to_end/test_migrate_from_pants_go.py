"""docs/migrate-from-pants-go.md, followed in a repository that Pants's own Go backend builds."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.fixtures import SubRequest
from pants.backend.go import target_types as pantss

from end_to_end.elf import Binary
from end_to_end.pages import blocks_of, follow
from end_to_end.pants_go import OURS, PANTSS, beside_pants_go
from end_to_end.repository import PROJECT, Repository, Toolbox

PAGE = "docs/migrate-from-pants-go.md"

FILES = {
    "agent/go.mod": "module example.com/agent\n\ngo 1.21\n",
    "agent/main.go": (
        'package main\n\nvar version = "dev"\n\nfunc text() string { return version }\n\n'
        "func main() { println(text()) }\n"
    ),
    "agent/main_test.go": (
        'package main\n\nimport "testing"\n\n'
        "func TestText(t *testing.T) {\n\tif text() != version {\n\t\tt.Fatal()\n\t}\n}\n"
    ),
}


def test_a_repository_migrates_step_by_step(both: Repository, project: Repository) -> None:
    both.write(FILES)
    before, first, second, third = (block for block in blocks_of(PAGE) if block.language)
    follow(both, [before])
    both.pants("package", "agent:bin").succeeded()
    said = both.run(both.dist["agent/bin"])
    assert said == "1.4\n"
    both.dist["agent/bin"].unlink()

    follow(both, [first])

    assert both.run(both.dist["agent/bin"]) == said
    Binary.read(both.dist["agent/bin"], both.toolbox.go).assert_static()
    # The session shows the file without its name line.
    (shown,) = re.findall(r"cat agent/BUILD\n(.*?)\n\$", first.text, re.DOTALL)
    assert (both.root / "agent/BUILD").read_text() == f"# agent/BUILD\n{shown}\n"

    build = both.root / "agent/BUILD"
    written = build.read_text()
    follow(both, [second])
    assert build.read_text() == written
    build.write_text(written.replace('go_binary(name="debug", race=True)\n', ""))

    follow(both, [third])

    project.copy(both.root / "agent", "agent")
    alone = project.pants("package", "test", "::").succeeded()
    assert "✓ agent:bin#elf_static_test succeeded" in alone.log
    assert project.run(project.dist["agent/bin"]) == said
    # Nothing is left to do.
    nothing = both.pants("go-static-migrate", "--replace-modules", "agent/BUILD").succeeded()
    assert nothing.output == "Nothing to change: found no `go_binary` and no `go_mod`.\n"
    both.pants("go-static-migrate", "agent:bin").failed_with(
        "`go-static-migrate` takes directories and BUILD files, such as `go-static-migrate ::`"
    )


@pytest.mark.parametrize(
    ("first", "path"),
    [
        pytest.param("", "svc/api", id="both at once"),
        pytest.param("ours", "svc.cmd.api/api", id="ours first"),
        pytest.param("pantss", "svc/api", id="Pants's first"),
    ],
)
def test_tailor_of_both_backends_is_complete_in_either_order(
    first: str, path: str, both: Repository, project: Repository, tmp_path: Path
) -> None:
    files = {
        "svc/go.mod": "module example.com/svc\n\ngo 1.21\n",
        "svc/lib/lib.go": "package lib\n\nfunc Text() string { return `svc` }\n",
        "svc/cmd/api/main.go": (
            'package main\n\nimport "example.com/svc/lib"\n\nfunc main() { println(lib.Text()) }\n'
        ),
    }
    both.write(files)
    if first == "ours":
        project.write(files)
        project.pants("tailor", "::").succeeded()
        both.copy(project.root / "svc", "svc")
    elif first == "pantss":
        # Without pantsd, which would restart, and again for both. It uses its own TMPDIR.
        pantss = (f"--backend-packages={list(PANTSS)}", "--no-verify-config", "tailor", "::")
        environment = {**both.environment, "TMPDIR": str(tmp_path)}
        alone = dataclasses.replace(both, pantsd=False, environment=environment)
        alone.pants(*pantss).succeeded()
    both.pants("tailor", "::").succeeded()

    both.pants("tailor", "--check", "::").succeeded()
    assert not re.search("[a-z]0$", both.pants("list", "::").succeeded().output, re.M)
    both.pants("package", "::").succeeded()
    assert sorted(both.dist) == sorted([path, "svc.cmd.api/bin"])
    assert both.run(both.dist[path]) == "svc\n"


@pytest.fixture(params=["ours first", "ours last"])
def in_order(request: SubRequest, toolbox: Toolbox, tmp_path: Path) -> Iterator[Repository]:
    """A repository that enables both backends, in either order."""
    if request.param == "ours first":
        yield request.getfixturevalue("both")
        return
    created = beside_pants_go(tmp_path / "both", toolbox, (*PANTSS, OURS))
    yield created
    created.stop_pantsd()


def test_it_works_together_with_pantss_own_go_backend(in_order: Repository) -> None:
    in_order.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/main.go": (
                'package main\n\nimport "example.com/m/lib"\n\nfunc main() { println(lib.Text) }\n'
            ),
            "m/lib/lib.go": "package lib\n\n//go:generate go run ./maker\n",
            "m/lib/maker/main.go": (
                'package main\n\nimport "os"\n\nfunc main() {\n'
                '\ttext := "package lib\\n\\nconst Text = 1\\n"\n'
                '\tos.WriteFile("made.go", []byte(text), 0o644)\n}\n'
            ),
        }
    )

    in_order.pants("tailor", "::").succeeded()

    build = in_order.root / "m" / "BUILD"
    text = build.read_text()
    for target in ("go_mod(", "go_module(", "go_binary(", "go_static_binary("):
        assert target in text
    assert 'go_codegen(\n    name="generate",\n    packages=[\n        "lib",\n    ],\n)\n' in text
    # The one that is not for the generator, which has a `main`.
    (found,) = re.finditer(r'go_static_binary\((?:\n    name="(.*)",\n)?\)', text)
    name = found[1] or "m"
    with_code = f'go_static_binary(name="{name}", codegen=[":generate"])'
    build.write_text(text.replace(found[0], with_code))
    listed = in_order.pants("list", "m:", "m/lib/lib.go").succeeded()
    assert "m:mod#lib" in listed.output.split()
    assert "conflict" not in listed.log
    in_order.pants("package", "test", f"m:{name}").succeeded()
    assert in_order.run(in_order.dist[f"m/{name}"]).strip() == "1"
    shown = in_order.pants("help", "go_static_binary").succeeded()
    assert "go_static_binary" in shown.output


def test_the_page_has_every_field_of_pantss_targets() -> None:
    text = (PROJECT / PAGE).read_text()
    for target in (pantss.GoBinaryTarget, pantss.GoModTarget, pantss.GoPackageTarget):
        assert f"`{target.alias}`" in text
        for field in target.core_fields:
            assert field.alias.startswith("_") or f"`{field.alias}`" in text, field.alias
