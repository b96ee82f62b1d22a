"""Published third-party programs, with only the BUILD files that `pants tailor` writes.

`--all-releases` builds more than one.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from end_to_end.elf import Binary
from end_to_end.repository import Repository

# A key-value store and a message broker, unmodified.
PROGRAMS = {
    "go.etcd.io/bbolt@v1.4.3": ("program.cmd.bbolt/bbolt", "version", "bbolt Version: 1.4.3"),
    "github.com/nats-io/nats-server/v2@v2.12.0": ("program/nats-server", "-version", "v2.12.0"),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "module" in metafunc.fixturenames:
        every = metafunc.config.getoption("all_releases")
        metafunc.parametrize("module", list(PROGRAMS)[: None if every else 1])


def test_a_published_program_builds_unchanged(
    module: str, project: Repository, tmp_path: Path
) -> None:
    output, argument, version = PROGRAMS[module]
    fetched = project.go(
        "mod", "download", "-json", module, env={"GOMODCACHE": str(tmp_path / "mod"), "GOFLAGS": ""}
    )
    assert fetched.returncode == 0, fetched.stdout + fetched.stderr
    shutil.copytree(json.loads(fetched.stdout)["Dir"], project.root / "program")
    for path in [project.root / "program", *(project.root / "program").rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)

    project.pants("tailor", "::").succeeded()
    project.pants("package", "::").succeeded()

    for binary in project.dist.values():
        Binary.read(binary, project.toolbox.go).assert_static()
    said = project.run(project.dist[output], argument)
    assert version in said
