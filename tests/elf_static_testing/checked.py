"""What `elf-static check` says of the files in archives and directories."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[2] / "src" / "python"


@dataclass(frozen=True)
class Checked:
    """`problems` has, for each file that cannot be judged, why."""

    exit_code: int
    verdicts: Mapping[str, str]
    problems: Mapping[str, str]
    errors: str


def check(*arguments: object, cwd: Path, **options: Any) -> Checked:
    done = run("--format=json", *arguments, cwd=cwd, **options)
    files = json.loads(done.stdout)["files"] if done.stdout else []
    paths = [file["path"] for file in files]
    assert len(paths) == len(set(paths)), paths
    return Checked(
        done.returncode,
        {file["path"]: file["verdict"] for file in files},
        {
            file["path"]: file["findings"][0]["message"]
            for file in files
            if file["verdict"] == "undetermined"
        },
        done.stderr,
    )


def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """`elf-static check`, which must not end with a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "elf_static", "check", *map(str, arguments)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done
