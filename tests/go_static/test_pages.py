"""Every block of README.md and docs/ is run or checked by a test, and links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import toml

from end_to_end.covered_blocks import COVERED
from end_to_end.pages import Block, blocks_of
from end_to_end.repository import PROJECT
from fuzzing import __main__ as fuzzing
from go_static.codegen.subsystem import GoGeneratedSubsystem
from go_static.go.subsystem import GoStaticSubsystem
from go_static.go_tests.subsystem import GoStaticTestSubsystem
from go_static.goals.reproducibility_check import GoReproducibleSubsystem
from go_static.sdk.subsystem import GoSdkSubsystem
from go_static.source_checks.subsystem import GofmtSubsystem, GoVetSubsystem
from go_static.verify.subsystem import ElfStaticSubsystem

SOURCE = PROJECT / "src/python"
PACKAGES = ("elf_static", "go_sbom", "go_static")
PAGES = ("README.md", *sorted(f"docs/{p.name}" for p in (PROJECT / "docs").glob("*.md")))


def parts(block: Block) -> list[str]:
    """What of a block has to be covered."""
    if block.language == "console":
        return [command for command, _ in block.commands]
    lines = block.text.splitlines()
    return lines if block.language == "sh" else lines[:1]


def covers(claim: str, part: str) -> bool:
    return part.startswith(claim[:-1]) if claim.endswith("…") else part == claim


def test_every_block_is_covered() -> None:
    for page in PAGES:
        claims = [claim for claims in COVERED.get(page, {}).values() for claim in claims]
        for block in blocks_of(page):
            for part in parts(block):
                claim = next((claim for claim in claims if covers(claim, part)), None)
                assert claim is not None, (
                    f"{page}:{block.line}: no test runs or checks this: {part}\n"
                    "Let one do it, and name it in tests/end_to_end/covered_blocks.py."
                )
                claims.remove(claim)
        assert not claims, f"{page} does not have (any more): {claims}"


def test_the_tests_that_cover_pages_are_there() -> None:
    for tests in COVERED.values():
        for test in tests:
            file, _, name = test.partition("::")
            assert f"\ndef {name}(" in (PROJECT / "tests" / file).read_text(), test


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        directory = (PROJECT / page).parent
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", (PROJECT / page).read_text()):
            assert (directory / link).exists(), f"{page}: {link}"


def test_every_page_is_in_the_index() -> None:
    index = (PROJECT / "docs/README.md").read_text()
    for page in PAGES:
        name = Path(page).name
        assert name == "README.md" or f"({name})" in index, name


def test_ci_runs_the_two_commands_of_the_readme() -> None:
    ci = (PROJECT / ".ci/run").read_text().splitlines()
    readme = (PROJECT / "README.md").read_text()
    for command in ("./pants package src/go::", "./run-tests"):
        assert f"`{command}`" in readme
        assert command in ci


@pytest.mark.slow
def test_the_commands_for_contributors_select_tests() -> None:
    script = (PROJECT / "run-tests").read_text()
    for block in blocks_of("docs/contributing.md"):
        for line in block.text.splitlines():
            variables = [word for word in shlex.split(line) if "=" in word]
            command, *arguments = shlex.split(line)[len(variables) :]
            assert os.access(PROJECT / command, os.X_OK), line
            for variable in variables:
                assert f"{variable} " in f"PANTS_EXE=/path/to/pants {script}", line
            if command == "bench/fuzz":
                fuzzing.parse(arguments)
            elif arguments == ["fast"]:
                assert "\n    fast)\n" in script
            elif arguments:
                done = subprocess.run(
                    [sys.executable, "-m", "pytest", "--collect-only", "-q", *arguments],
                    cwd=PROJECT,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def packages_in(package: str) -> set[str]:
    return {path.parent.name for path in (SOURCE / package).glob("*/__init__.py")}


def test_the_map_of_the_code_shows_every_package_and_only_files_that_exist() -> None:
    text = (PROJECT / "docs/how-it-works.md").read_text()
    backend, checker = text.split("\n## The checker\n")
    assert set(re.findall(r"^\|(?: \d \|)? `(\w+)/`", backend, re.M)) == packages_in("go_static")
    assert set(re.findall(r"`(\w+)/`", checker)) == packages_in("elf_static")
    for name in re.findall(r"`(\w+/[\w/]+\.\w+)`", text):
        assert any((SOURCE / package / name).is_file() for package in PACKAGES), name
    # The steps of the diagram are the steps of the table, in the same order.
    (diagram,) = (block.text for block in blocks_of("docs/how-it-works.md"))
    table = re.findall(r"^\| \d \| `(\w+)/`", backend, re.M)
    assert re.findall(r"> (\w+)\[", diagram) == table


def test_the_files_that_the_page_for_contributors_names_exist() -> None:
    text = (PROJECT / "docs/contributing.md").read_text()
    # `.pants.env` holds what commands make.
    named = re.findall(r"`(?!\.pants\.env/)([\w.-]+/[\w./-]+)`", text)
    assert len(named) > 30
    for name in named:
        roots = (PROJECT, *(SOURCE / package for package in PACKAGES))
        # The examples of a table of changes use capitals for a name to choose.
        path = re.sub(r"/?\b[A-Z]+(\.\w+)?$", "", name)
        assert any((root / path).exists() for root in (SOURCE, *roots)), name


def test_the_tests_that_the_page_on_security_names_exist() -> None:
    cells = re.findall(r"^\|.*\| (`.*`) \|$", (PROJECT / "docs/security.md").read_text(), re.M)
    assert len(cells) > 10
    for part in (part for cell in cells for part in cell.split("; ")):
        directory, *names = re.findall(r"`(.+?)`", part)
        for name in names or [directory]:
            where = f"{directory}**/{name}" if names and directory.endswith("/") else name
            assert list((PROJECT / "tests").glob(where)), name


def test_every_setting_that_a_page_shows_is_an_option() -> None:
    scopes = {
        each.options_scope: each
        for each in (
            GoSdkSubsystem,
            ElfStaticSubsystem,
            GoGeneratedSubsystem,
            GoReproducibleSubsystem,
            GofmtSubsystem,
            GoVetSubsystem,
            GoStaticSubsystem,
            GoStaticTestSubsystem,
        )
    }
    seen = set()
    for page in PAGES:
        for block in blocks_of(page):
            if block.language != "toml":
                continue
            for scope, settings in toml.loads(block.text).items():
                if scope not in scopes:
                    continue
                for name in settings:
                    seen.add(f"[{scope}].{name}")
                    aware = getattr(scopes[scope], "EnvironmentAware", None)
                    assert hasattr(scopes[scope], name) or hasattr(aware, name), f"{page}: {name}"
    assert "[go-static].isolated_caches" in seen
