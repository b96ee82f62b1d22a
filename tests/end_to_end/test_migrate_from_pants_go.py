"""docs/migrate-from-pants-go.md, followed in a repository that Pants's own Go backend builds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pants.backend.go import target_types as pantss

from end_to_end.elf import Binary
from end_to_end.go_sdks import go_sdk
from end_to_end.pages import blocks_of, follow
from end_to_end.repository import PROJECT, Repository, Toolbox

PAGE = "docs/migrate-from-pants-go.md"

# Pants 2.17's backend passes the assembler a flag that newer releases lack.
GO = "1.21.13"
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


@pytest.fixture
def both(toolbox: Toolbox, tmp_path: Path) -> Iterator[Repository]:
    paths = f'["{go_sdk(GO)}"]'
    created = Repository.create(
        tmp_path / "both",
        toolbox,
        pantsd=True,
        backends=("go_static", "pants.backend.experimental.go"),
        options=f"[go-sdk]\nsearch_paths = {paths}\n",
    )
    # Not in pants.toml, where it becomes an error as soon as that backend is removed.
    created.environment["PANTS_GOLANG_GO_SEARCH_PATHS"] = paths
    yield created
    created.stop_pantsd()


def test_a_repository_migrates_step_by_step(both: Repository) -> None:
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

    alone = both.pants("--backend-packages=['go_static']", "package", "test", "::").succeeded()
    assert "✓ agent:bin#elf_static_test succeeded" in alone.log
    assert both.run(both.dist["agent/bin"]) == said
    # Nothing is left to do.
    nothing = both.pants("go-static-migrate", "--replace-modules", "agent/BUILD").succeeded()
    assert nothing.output == "Nothing to change: found no `go_binary` and no `go_mod`.\n"
    both.pants("go-static-migrate", "agent:bin").failed_with(
        "`go-static-migrate` takes directories and BUILD files, such as `go-static-migrate ::`"
    )


OURS = "--backend-packages=['go_static']"
PANTSS = "--backend-packages=['pants.backend.experimental.go']"


@pytest.mark.parametrize(
    ("first", "path"),
    [
        pytest.param((), "svc/api", id="both at once"),
        pytest.param((OURS,), "svc.cmd.api/api", id="ours first"),
        pytest.param((PANTSS, "--no-verify-config"), "svc/api", id="Pants's first"),
    ],
)
def test_tailor_of_both_backends_is_complete_in_either_order(
    first: tuple[str, ...], path: str, both: Repository
) -> None:
    both.write(
        {
            "svc/go.mod": "module example.com/svc\n\ngo 1.21\n",
            "svc/lib/lib.go": "package lib\n\nfunc Text() string { return `svc` }\n",
            "svc/cmd/api/main.go": (
                'package main\n\nimport "example.com/svc/lib"\n\n'
                "func main() { println(lib.Text()) }\n"
            ),
        }
    )
    if first:
        both.pants(*first, "tailor", "::").succeeded()
    both.pants("tailor", "::").succeeded()

    both.pants("tailor", "--check", "::").succeeded()
    assert not re.search("[a-z]0$", both.pants("list", "::").succeeded().output, re.M)
    both.pants("package", "::").succeeded()
    assert sorted(both.dist) == sorted([path, "svc.cmd.api/bin"])
    assert both.run(both.dist[path]) == "svc\n"


def test_the_page_has_every_field_of_pantss_targets() -> None:
    text = (PROJECT / PAGE).read_text()
    for target in (pantss.GoBinaryTarget, pantss.GoModTarget, pantss.GoPackageTarget):
        assert f"`{target.alias}`" in text
        for field in target.core_fields:
            assert field.alias.startswith("_") or f"`{field.alias}`" in text, field.alias
