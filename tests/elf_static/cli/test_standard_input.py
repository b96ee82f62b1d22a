"""Standard input: files, pipes, and neither."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": str(Path(__file__).resolve().parents[3] / "src" / "python"),
}

_WITH_A_LIMIT = """
import resource, sys
import elf_static.elf.bounded_file
from elf_static.cli.main import main

elf_static.elf.bounded_file.MAX_COPIED = 1 << 20
if sys.argv[1] == "no room":
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 10, 1 << 10))
sys.exit(main(["check", "-"]))
"""


@pytest.mark.parametrize(
    ("case", "size", "reason"),
    [
        (
            "no room",
            4096,
            "cannot be copied to a temporary file: File too large; pass a file instead, or set "
            "TMPDIR to a directory with more space",
        ),
        (
            "too large",
            1 << 20,
            "is larger than 1048576 bytes, the limit for standard input; pass a file instead",
        ),
    ],
)
def test_standard_input_is_copied_up_to_a_limit(case: str, size: int, reason: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITH_A_LIMIT, case],
        input=b"\x7fELF" + bytes(size),
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, b"")
    start = f"standard input: cannot be judged\n  ES001 readable: {reason}\n"
    assert done.stdout.decode().startswith(start)


@pytest.mark.parametrize(
    ("redirection", "reason"),
    [
        ("0<&-", "cannot be read: Bad file descriptor"),
        ("0</dev/null", "is not an ELF file: it is empty"),
        ("0>/dev/null", "cannot be read: Bad file descriptor"),
    ],
)
def test_unreadable_standard_input_is_an_error(redirection: str, reason: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m elf_static check - {redirection}', sys.executable],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, "")
    assert f"ES001 readable: {reason}\n" in done.stdout
