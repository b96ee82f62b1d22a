"""The repositories in bazel/examples, and what docs/elsewhere.md shows."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from bazel.conftest import pin
from bazel.machine import HERE, PROJECT, Machine, Repository
from end_to_end.pages import blocks_of


def change(repository: Repository, file: str, old: str, new: str) -> None:
    path = repository.root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_example_in_c(bazel: Machine) -> None:
    with bazel.repository(bazel.clone / "bazel/examples/c") as example:
        ran = example.bazel("test", "//...")
        assert ran.tests == {"//:hello_static_test": "PASSED"}, ran.output

        change(example, "BUILD.bazel", '    linkopts = ["-static"],', "")
        ran = example.bazel("test", "//...")
        assert ran.tests == {"//:hello_static_test": "FAILED"}, ran.output
        assert "//:hello: not static" in ran.output


def test_the_example_for_rules_go(bazel: Machine) -> None:
    with bazel.repository(bazel.clone / "bazel/examples/rules_go") as example:
        ran = example.bazel("build", "//...")
        assert ran.code == 0, ran.output

        change(example, "cmd/agent/BUILD.bazel", '    static = "on",', '    linkmode = "pie",')
        ran = example.bazel("build", "//...")
        assert ran.code == 1
        assert "//cmd/agent:agent: not static" in ran.output


def test_what_the_page_shows(bazel: Machine) -> None:
    module, rc, build = (block.text for block in blocks_of("docs/elsewhere.md", "Bazel"))
    example = PROJECT / "bazel/examples/rules_go"
    assert (example / ".bazelrc").read_text() == rc

    root = bazel.directory / "page"
    root.mkdir()
    remote = bazel.directory / "published"
    commit = publish(PROJECT / "bazel", remote)
    module = module.replace("0123456789abcdef0123456789abcdef01234567", commit)
    module = module.replace("https://git.example.com/pants-go-static", f"file://{remote}")
    (root / "MODULE.bazel").write_text(module)
    (root / ".bazelrc").write_text(rc)
    (root / "BUILD.bazel").write_text(build + (HERE / "page.BUILD.bazel").read_text())
    (root / "main.go").write_text((HERE / "repository/go/main.go").read_text())
    (root / "policy.toml").write_text('extends = "any-language"\n')
    with bazel.repository(root, from_git=True) as page:
        pin(page, bazel.checker)
        ran = page.bazel("test", "//...")
        assert ran.tests == {"//:agent_static_test": "PASSED"}, ran.output
        assert ran.code == 0


def publish(module: Path, repository: Path) -> str:
    """A git repository with the module in the directory `bazel`; returns the commit."""
    shutil.copytree(module, repository / "bazel", ignore=shutil.ignore_patterns("bazel-*"))
    git = ("git", "-C", str(repository), "-c", "user.name=t", "-c", "user.email=t@example.com")
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "x")):
        subprocess.run([*git, *arguments], check=True)
    return subprocess.check_output([*git, "rev-parse", "HEAD"], text=True).strip()
