"""The checks before a commit: `.ci/check`, and `.ci/check-subject` for the message."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from launcher.project import SOURCE

TWO_TYPES = "def f(x):\n    return x\n"
FAULTS = {
    "bench/measured.py": TWO_TYPES,
    "bench/reproducible": TWO_TYPES,
    "docs/generated.py": TWO_TYPES,
    "src/go/main.go": "package main\nfunc  main() {}\n",
    "src/python/go_static/builder/_go/go.mod": "module builder\n\ngo 1.21\n",
    "src/python/go_static/builder/_go/main.go": (
        'package main\n\nimport "fmt"\n\nfunc main() { fmt.Printf("%d", "x") }\n'
    ),
    "src/python/product.py": TWO_TYPES,
    "tests/test_it.py": TWO_TYPES,
    "wheels/metadata.py": "import os\n" + TWO_TYPES + "x =  1\n",
    "script": "#!/bin/sh\nrm $1\n",
    "sourced.sh": "# shellcheck shell=sh\necho $2\n",
}


def test_every_kind_of_fault_is_reported_in_one_run(tmp_path: Path) -> None:
    for name in (".ci", "3rdparty/python"):
        shutil.copytree(SOURCE / name, tmp_path / name)
    shutil.copy(SOURCE / "pyproject.toml", tmp_path)
    (tmp_path / ".pants.env").symlink_to(SOURCE / ".pants.env")
    for name, text in FAULTS.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for command in (["init", "-q"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)

    done = subprocess.run([tmp_path / ".ci/check"], capture_output=True, text=True, check=False)

    assert done.returncode == 1, done
    output = done.stdout + done.stderr
    for part in (
        "Would reformat: wheels/metadata.py",
        "`os` imported but unused",
        "gofmt would change:\nsrc/go/main.go\n",
        'fmt.Printf format %d has arg "x" of wrong type string',
        "In script line 2:\nrm $1",
        "In sourced.sh line 2:\necho $2",
        "wheels/metadata.py:2: error: Function is missing a type annotation",
        *(
            f"{name}:1: error: Function is missing a type annotation"
            for name, text in FAULTS.items()
            if text == TWO_TYPES
        ),
    ):
        assert part in output, output


@pytest.mark.parametrize(
    "message",
    [
        "x" * 72,
        "ä" * 72 + "\n\n" + "x" * 100,
        "# a comment\n\n" + "x" * 72 + f"\n# ------------------------ >8 ---\n{'x' * 100}\n",
        f'Revert "{"x" * 72}"',
        f"fixup! {'x' * 72}",
    ],
)
def test_a_subject_of_up_to_72_characters_is_accepted(message: str, tmp_path: Path) -> None:
    assert check_subject(message, tmp_path) == (0, "")


@pytest.mark.parametrize("message", ["x" * 73, "# a comment\n" + "x" * 73, f"{'x' * 36}\n" * 2])
def test_a_longer_subject_is_rejected(message: str, tmp_path: Path) -> None:
    exit_code, errors = check_subject(message, tmp_path)

    assert exit_code == 1
    assert errors.startswith("The commit subject is 73 characters long; the limit is 72: xxx")


def check_subject(message: str, directory: Path) -> tuple[int, str]:
    file = directory / "COMMIT_EDITMSG"
    file.write_text(message, encoding="utf-8")
    done = subprocess.run(
        [SOURCE / ".ci/check-subject", file], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr
