"""docs/elsewhere.md: the checker in pre-commit, GitHub Actions, GitLab CI and images.

For Bazel, see tests/bazel.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
import yaml

from go_static_testing.go_tool import GoTool
from go_static_testing.servers import Network
from wheels.elsewhere_page import Job, OneFile, block, variables_of
from wheels.install_page import PROJECT, run

NOT_STATIC = "ES004"


@pytest.fixture(scope="session")
def static(go: GoTool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A static program, built by the command on the page."""
    root = tmp_path_factory.mktemp("static")
    (root / "go.mod").write_text("module example.com/agent\n\ngo 1.21\n")
    (root / "main.go").write_text("package main\n\nfunc main() {}\n")
    (command,) = [step["run"] for step in workflow() if "run" in step]
    path = f"{go.search_path}:{os.environ['PATH']}"
    run(["sh", "-c", command], cwd=root, env={"PATH": path, "GOCACHE": str(go.cache)})
    return root / "dist/agent"


@pytest.fixture
def job(wheels: Path, static: Path, tmp_path: Path) -> Iterator[Job]:
    """A job in a checkout with the program."""
    checker = (wheels / "elf-static.pyz").read_bytes()
    authority = trustme.CA()
    certificates = tmp_path / "certificates.pem"
    authority.cert_pem.write_to_path(str(certificates))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    root = tmp_path / "checkout"
    (root / "dist").mkdir(parents=True)
    shutil.copy2(static, root / "dist/agent")
    with Network(authority).serving() as network:
        network.sites["files.example.com"] = OneFile(checker)
        yield Job(root, checker, network, variables_of(network, certificates, temporary))


def workflow() -> list[dict[str, str]]:
    steps: list[dict[str, str]] = yaml.safe_load(block("GitHub Actions"))["jobs"]["static"]["steps"]
    return steps


def inputs_of_the_action(job: Job) -> dict[str, str]:
    """As in the workflow on the page."""
    (step,) = [step for step in workflow() if "pants-go-static" in step.get("uses", "")]
    inputs: dict[str, str] = yaml.safe_load(job.pinned(yaml.safe_dump(step["with"])))
    return inputs


def inputs_of_the_component(job: Job) -> dict[str, str]:
    """As in the .gitlab-ci.yml on the page."""
    (included,) = yaml.safe_load(job.pinned(block("GitLab CI")))["include"]
    assert included["component"].partition("@")[0].endswith("/elf-static")
    inputs: dict[str, str] = included["inputs"]
    return inputs


def make_dynamic(program: Path) -> None:
    source = program.with_suffix(".c")
    source.write_text("int main(void) { return 0; }\n")
    subprocess.run(["gcc", "-o", program, source], check=True)
    source.unlink()


def test_the_action_judges_the_programs(job: Job) -> None:
    inputs = inputs_of_the_action(job)
    done = job.action(inputs)
    assert done.code == 0, done.output

    make_dynamic(job.root / inputs["files"])
    done = job.action(inputs)
    assert done.code == 1
    # An annotation of the run, at the file.
    assert re.search(rf"^::error file=dist/agent,.*{NOT_STATIC}", done.output, re.M), done.output


def test_the_action_takes_one_path_a_line_as_it_is(job: Job) -> None:
    name = "dist/$(touch made) `touch made`; touch made # 'a\" b"
    shutil.copy(job.root / "dist/agent", job.root / name)
    inputs = {**inputs_of_the_action(job), "files": f"dist/agent\n\n{name}\n"}
    done = job.action(inputs)
    assert done.code == 0, done.output

    done = job.action({**inputs, "policy": "$(touch made)"})
    assert done.code == 2
    assert not (job.root / "made").exists()

    make_dynamic(job.root / name)
    assert job.action(inputs).code == 1


def test_the_action_runs_no_checker_that_it_has_not_verified(job: Job) -> None:
    inputs = inputs_of_the_action(job)
    # Would pass everything.
    job.network.sites["files.example.com"] = OneFile(b"print('ran')\n")
    done = job.action(inputs)
    assert done.code == 2
    assert "The checker does not have the SHA-256 in `sha256`, but " in done.output
    assert "ran" not in done.output.split()

    done = job.action({**inputs, "sha256": ""})
    assert done.code == 2
    assert "`checker` is an address, so `sha256` is required" in done.output


def test_the_action_takes_a_checker_from_the_workspace(job: Job) -> None:
    (job.root / "tools").mkdir()
    (job.root / "tools/elf-static.pyz").write_bytes(job.checker)
    inputs = {**inputs_of_the_action(job), "checker": "tools/elf-static.pyz", "sha256": ""}
    done = job.action(inputs)
    assert done.code == 0, done.output
    assert job.action({**inputs, "sha256": "1" * 64}).code == 2
    assert not job.network.visits


def test_the_component_judges_the_programs(job: Job) -> None:
    inputs = inputs_of_the_component(job)
    done = job.component(inputs)
    assert done.code == 0, done.output
    (artifact,) = job.root.glob("*.xml")
    assert ElementTree.parse(artifact).getroot().get("failures") == "0"

    make_dynamic(job.root / inputs["files"])
    done = job.component(inputs)
    assert done.code == 1
    assert NOT_STATIC in done.output
    assert NOT_STATIC in artifact.read_text()


def test_the_component_runs_no_checker_that_it_has_not_verified(job: Job) -> None:
    inputs = inputs_of_the_component(job)
    job.network.sites["files.example.com"] = OneFile(b"print('ran')\n")
    done = job.component(inputs)
    assert done.code != 0
    assert "elf-static.pyz: FAILED" in done.output
    assert "ran" not in done.output.split()


def test_the_component_takes_one_path_a_line_as_it_is(job: Job) -> None:
    name = "dist/$(touch made) `touch made`; touch made # 'a\" b"
    shutil.copy(job.root / "dist/agent", job.root / name)
    done = job.component({**inputs_of_the_component(job), "files": f"dist/agent\n{name}"})
    assert done.code == 0, done.output
    assert not (job.root / "made").exists()


def test_the_commands_for_anywhere_else_work(job: Job) -> None:
    commands = job.pinned(block("Anywhere else"))
    done = job.run(["sh", "-euc", commands])
    assert done.code == 0, done.output
    assert "dist/agent: static" in done.output

    make_dynamic(job.root / "dist/agent")
    done = job.run(["sh", "-euc", commands])
    assert (done.code, NOT_STATIC in done.output) == (1, True)


def test_an_image_with_another_program_is_not_built(job: Job, tmp_path: Path) -> None:
    containerfile = job.pinned(block("An image"))
    done = job.image(containerfile, tmp_path / "first")
    assert done.code == 0, done.output
    assert [path.name for path in (tmp_path / "first/last").iterdir()] == ["agent"]

    make_dynamic(job.root / "dist/agent")
    done = job.image(containerfile, tmp_path / "second")
    assert (done.code, NOT_STATIC in done.output) == (1, True)
    assert not (tmp_path / "second/last").exists()


def test_the_hook_rejects_a_commit_with_another_program(job: Job, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    run([sys.executable, "-m", "venv", str(environment)], cwd=tmp_path)
    pinned = Path(__file__).with_name("pre-commit-requirements.txt")
    pip = [str(environment / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "--no-deps", "-r", str(pinned)], cwd=tmp_path)
    published = publish(tmp_path / "published")
    git = git_in(job.root)
    settings = block("pre-commit").replace("https://git.example.com/pants-go-static", published)
    (job.root / ".pre-commit-config.yaml").write_text(settings)
    # Not a program: nothing that the hook judges.
    (job.root / "data").write_bytes(b"\0\1\2")
    run([*git, "init", "-q"], cwd=job.root)
    run([*git, "add", "."], cwd=job.root)
    # This machine's own way to a package index.
    variables = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}
    variables["PATH"] = f"{environment / 'bin'}:{os.environ['PATH']}"
    desk = replace(job, variables=variables)

    done = desk.run(["pre-commit", "install"])
    assert done.code == 0, done.output
    done = desk.run([*git, "commit", "-m", "Add the agent"])
    assert done.code == 0, done.output
    assert re.search(r"programs are statically linked\.+Passed", done.output), done.output

    make_dynamic(job.root / "dist/agent")
    run([*git, "add", "."], cwd=job.root)
    done = desk.run([*git, "commit", "-m", "Change the agent"])
    assert done.code == 1
    assert re.search(r"programs are statically linked\.+Failed", done.output), done.output
    assert f"{NOT_STATIC} interpreter" in done.output


def publish(repository: Path) -> str:
    """A repository with the files of this one, at the version on the page."""
    listed = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=PROJECT
    )
    for name in filter(None, listed.decode().split("\0")):
        # A file may have been deleted and not committed.
        if (PROJECT / name).is_file():
            (repository / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, repository / name)
    git = git_in(repository)
    (hook,) = yaml.safe_load(block("pre-commit"))["repos"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["tag", hook["rev"]]):
        run([*git, *arguments], cwd=repository)
    return f"file://{repository}"


def git_in(repository: Path) -> list[str]:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    return ["git", "-C", str(repository), *identity]
