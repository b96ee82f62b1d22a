"""Test files of other ELF readers: elfutils, binutils and pyelftools.

The checker was written without looking at them. Many come from machines, compilers and years that
the corpus lacks; some are damaged on purpose.
"""

from __future__ import annotations

import bz2
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

from elf_static_testing import debian

_PYELFTOOLS = (
    "pyelftools==0.32 "
    "--hash=sha256:6de90ee7b8263e740c8715a925382d4099b354f29ac48ea40d840cf7aa14ace5\n"
)


def held_out_files(kept: Path) -> Iterator[tuple[str, bytes]]:
    """The names and contents of the ELF files among them."""
    archives = [
        debian.source(kept, debian.ARCHIVE, package) for package in ("elfutils", "binutils")
    ]
    for archive in (*archives, _pyelftools(kept)):
        with tarfile.open(archive) as files:
            for member in files:
                file = files.extractfile(member) if member.isfile() else None
                if file is None or not member.size:
                    continue
                data = file.read() if _may_be(member.name) else file.read(4)
                if member.name.endswith(".bz2"):
                    data = bz2.decompress(data)
                if data.startswith(b"\x7fELF"):
                    yield f"{archive.name}: {member.name}", data if len(data) > 4 else b""


def _may_be(name: str) -> bool:
    return "/test" in name


def _pyelftools(kept: Path) -> Path:
    """The archive of its sources, because the installed package has no tests."""
    directory = kept / "pyelftools-0.32"
    archive = directory / "pyelftools-0.32.tar.gz"
    if not archive.exists():
        directory.mkdir(parents=True, exist_ok=True)
        requirements = directory / "requirements.txt"
        requirements.write_text(_PYELFTOOLS)
        command = "-m pip download --quiet --disable-pip-version-check --no-deps --no-input"
        command += " --no-binary=:all: --no-build-isolation --require-hashes"
        subprocess.run(
            [sys.executable, *command.split(), f"--dest={directory}", f"-r{requirements}"],
            check=True,
        )
    return archive
