"""Programs from Debian packages, for any of its architectures, unpacked but not installed.

apt uses its own directories for this, so it needs no privileges and changes nothing on the machine.
It checks Debian's signatures as usual.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ARCHIVE = "bookworm"
# The last release with upx-ucl that runs on this one.
ARCHIVE_OF_UPX = "bullseye"


def unpack(directory: Path, suite: str, architecture: str, packages: Iterable[str]) -> Path:
    """The contents of the packages, below a directory that is created once."""
    packages = tuple(packages)
    result = directory / "-".join((suite, architecture, *packages))
    if result.is_dir():
        return result
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise AssertionError(
                f"{tool} is not there: these tests take real programs out of Debian's packages. "
                "Run them on Debian (a container will do)."
            )
    work = directory / f"{result.name}.{os.getpid()}"
    for name in ("packages", "contents"):
        (work / name).mkdir(parents=True)
    apt = _apt(suite, architecture)
    _run([*apt.command, "download", *packages], work / "packages")
    for package in (work / "packages").iterdir():
        _run(["dpkg-deb", "--extract", str(package), str(work / "contents")], work)
    # Two runs of the tests may have unpacked the same package. Keep the first one.
    with contextlib.suppress(OSError):
        (work / "contents").rename(result)
    shutil.rmtree(work)
    return result


def source(directory: Path, suite: str, package: str) -> Path:
    """The archive of a package's original sources, downloaded once."""
    result = directory / f"{suite}-source-{package}"
    if not result.is_dir():
        work = directory / f"{result.name}.{os.getpid()}"
        work.mkdir(parents=True)
        apt = _apt(suite, "amd64", "deb-src")
        _run([*apt.command, "source", "--download-only", package], work)
        with contextlib.suppress(OSError):
            work.rename(result)
        shutil.rmtree(work, ignore_errors=True)
    (archive,) = (file for file in result.glob("*.orig.tar.*") if file.suffix != ".asc")
    return archive


@dataclass(frozen=True)
class _Apt:
    """An apt with the lists of one archive. Its directory is deleted when this process ends."""

    command: tuple[str, ...]
    directory: tempfile.TemporaryDirectory[str]


@functools.cache
def _apt(suite: str, architecture: str, kind: str = "deb") -> _Apt:
    """Created once, because the lists are larger than the packages."""
    directory = tempfile.TemporaryDirectory(prefix="elf_static_apt_")
    work = Path(directory.name)
    for name in ("lists/partial", "cache/archives/partial"):
        (work / name).mkdir(parents=True)
    (work / "sources.list").write_text(f"{kind} {_mirror()} {suite} main\n")
    (work / "status").write_text("")
    options = {
        "APT::Architecture": architecture,
        "APT::Architectures::": architecture,
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "Dir::Cache": str(work / "cache"),
        "Dir::Etc::SourceList": str(work / "sources.list"),
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": str(work / "lists"),
        "Dir::State::Status": str(work / "status"),
    }
    command = ("apt-get", *(f"--option={key}={value}" for key, value in options.items()))
    _run([*command, "update"], work)
    return _Apt(command, directory)


def _mirror() -> str:
    """The archive from which this machine downloads Debian's packages."""
    targets = _run(["apt-get", "indextargets", "--format=$(REPO_URI) $(RELEASE)"], Path("/"))
    for line in targets.splitlines():
        uri, _, _ = line.partition(" ")
        if uri.rstrip("/").endswith("/debian"):
            return uri
    raise AssertionError(
        "apt on this machine has no source with Debian's packages, which these tests need."
    )


def _run(command: list[str], cwd: Path) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
