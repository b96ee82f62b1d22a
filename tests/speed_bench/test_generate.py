"""The module that bench/speed generates, and its edits, built with the real Go."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from go_static_testing.compiled import fill_shared_caches
from go_static_testing.go_tool import GoTool
from speed_bench import edits
from speed_bench.generate import CORE, MODULE, Many, many, source_of
from speed_bench.many_cases import write_files

PACKAGES, BINARIES = 24, 3


@pytest.fixture(scope="module")
def go() -> GoTool:
    fill_shared_caches()
    return GoTool.find()


@pytest.fixture
def module() -> Many:
    return many(PACKAGES, BINARIES)


@pytest.fixture
def written(module: Many, tmp_path: Path) -> Path:
    write_files(module.files(), tmp_path / "many")
    return tmp_path / "many"


def run(go: GoTool, directory: Path, *arguments: str) -> str:
    done = go.run(*arguments, cwd=directory, env={"CGO_ENABLED": "0"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def build(go: GoTool, module: Path) -> None:
    run(go, module, "build", "-trimpath", "-o", f"{module}/out/", "./cmd/...")


def test_the_module_has_the_requested_size(module: Many) -> None:
    assert len(module.imports) == PACKAGES
    assert len(module.binaries) == BINARIES
    large = many(2000, 50)
    assert (len(large.imports), len(large.binaries)) == (2000, 50)
    leaves = [leaf for leaves in large.binaries.values() for leaf in leaves]
    assert sorted(leaves) == sorted(name for name in large.imports if name.startswith("leaf/"))


def test_too_few_packages_are_an_error() -> None:
    with pytest.raises(ValueError, match="^4 packages are too few for 3 binaries$"):
        many(4, 3)


def test_a_comment_edit_needs_a_comment(tmp_path: Path) -> None:
    (tmp_path / "a.go").write_text("package a\n\nconst A = 1 // one\n")
    with pytest.raises(ValueError, match="a.go has no comment$"):
        edits.change_comment(tmp_path / "a.go", 1)
    (tmp_path / "a.go").write_text("package a\n\n// A is one.\nconst A = 1\n")
    edits.change_comment(tmp_path / "a.go", 1)
    edits.change_comment(tmp_path / "a.go", 2)
    assert (tmp_path / "a.go").read_text() == "package a\n\n// A is one. [2]\nconst A = 1\n"


def test_the_module_is_the_same_each_time() -> None:
    program = (
        "import hashlib; from speed_bench.generate import many; "
        "print(hashlib.sha256(repr(many(60, 4).files()).encode()).hexdigest())"
    )
    path = os.pathsep.join(entry for entry in sys.path if entry)
    printed = {
        subprocess.check_output(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            text=True,
        ).strip()
        for seed in ("1", "2")
    }
    assert printed == {hashlib.sha256(repr(many(60, 4).files()).encode()).hexdigest()}


def test_the_module_builds_before_and_after_each_kind_of_edit(
    module: Many, written: Path, go: GoTool
) -> None:
    build(go, written)
    assert sorted(path.name for path in (written / "out").iterdir()) == ["c0", "c1", "c2"]
    unformatted = subprocess.check_output([go.root / "bin" / "gofmt", "-l", written], text=True)
    assert unformatted == ""

    for number, package in enumerate((module.leaf, module.middle, CORE)):
        edits.change_api(written, package, module.user_of(package), number)
    edits.change_code(written / source_of(CORE), 3)
    edits.change_comment(written / source_of(module.leaf), 4)
    edits.change_comment(written / source_of(module.leaf), 5)

    build(go, written)
    printed = subprocess.check_output([written / "out" / "c0"], text=True)
    assert printed.splitlines()[0] == "core"
    first, *rest = (written / source_of(module.leaf)).read_text().splitlines()
    assert first == "// Package l0 is generated. [5]"
    original = module.files()[source_of(module.leaf)].splitlines()
    assert rest[: len(original) - 1] == original[1:]


def test_the_binaries_that_use_a_package_match_go_list(
    module: Many, written: Path, go: GoTool
) -> None:
    listed = run(go, written, "list", "-f", "{{.ImportPath}} {{join .Deps ` `}}", "./cmd/...")
    using: dict[str, set[str]] = {}
    for line in listed.splitlines():
        command, *packages = line.split()
        for package in packages:
            using.setdefault(package, set()).add(command[len(MODULE) + 1 :])
    for package in (module.leaf, module.middle, CORE):
        assert set(module.using(package)) == using[f"{MODULE}/{package}"]
    assert len(module.using(module.leaf)) == 1
    assert len(module.using(CORE)) == BINARIES


def test_every_package_imports_the_core(module: Many) -> None:
    assert all(CORE in imported for name, imported in module.imports.items() if name != CORE)
    assert module.user_of(module.leaf) in module.binaries
    assert CORE in module.imports[module.user_of(CORE)]
