"""The workflow that publishes the wheels: its own commands run here, as they stand in the file."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from elf_static import __version__
from wheels.install_page import PROJECT

WORKFLOW = yaml.safe_load((PROJECT / ".github/workflows/release.yml").read_text())


def run(
    name: str, directory: Path, tag: str, job: str = "build"
) -> subprocess.CompletedProcess[str]:
    """Run a step of a job, as a runner does."""
    (step,) = (s for s in WORKFLOW["jobs"][job]["steps"] if s.get("name") == name)
    programs = directory.parent / "programs"
    programs.mkdir(exist_ok=True)
    python = programs / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=directory,
        env={
            **os.environ,
            "GITHUB_REF_NAME": tag,
            "GITHUB_REPOSITORY": "acme/pants-go-static",
            "PATH": f"{programs}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_release_workflow_builds_wheels_that_an_index_takes(copy: Path) -> None:
    for name in ("The tag is the version", "Build", "Check as an index does"):
        done = run(name, copy, f"v{__version__}")
        assert done.returncode == 0, f"{name}\n{done.stdout}{done.stderr}"
    assert done.stdout.count("PASSED") == 2
    assert len(list((copy / "dist/wheels").glob("*.whl"))) == 2
    assert (copy / "dist/wheels/elf-static.pyz").is_file()


@pytest.mark.parametrize("tag", ["v0.0.9", f"v{__version__}.1", __version__ + "x"])
def test_a_tag_that_is_not_the_version_is_not_released(tag: str) -> None:
    assert run("The tag is the version", PROJECT, tag).returncode != 0


def test_the_checker_is_released_with_its_checksum(tmp_path: Path) -> None:
    directory = tmp_path / "job"
    directory.mkdir()
    (directory / "elf-static.pyz").write_bytes(b"a file")
    (tmp_path / "programs").mkdir()
    gh = tmp_path / "programs/gh"
    gh.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    gh.chmod(0o755)
    done = run("Release the checker with its SHA-256", directory, "v1.2.3", "release")
    assert done.stdout.splitlines() == [
        *("release", "create", "v1.2.3", "elf-static.pyz"),
        *("--repo", "acme/pants-go-static", "--verify-tag", "--notes"),
        f"SHA-256 of elf-static.pyz: {hashlib.sha256(b'a file').hexdigest()}",
    ]


def test_only_the_publishing_job_may_ask_the_index_for_a_token() -> None:
    """Trusted publishing: no password is stored, and what builds cannot publish."""
    build, publish = WORKFLOW["jobs"]["build"], WORKFLOW["jobs"]["publish"]
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "permissions" not in build
    assert publish["permissions"] == {"id-token": "write"}
    assert not any("run" in step for step in publish["steps"])
    assert WORKFLOW["jobs"]["release"]["permissions"] == {"contents": "write"}
    assert "secrets." not in (PROJECT / ".github/workflows/release.yml").read_text()
