"""A real Bazel from Debian's packages, unpacked but not installed.

Debian's stable releases have Bazel 4; unstable has Bazel 7 (`bazel-bootstrap`). With a compiler and
all that they need, the packages make a root file system of their own. apt checks Debian's
signatures as usual.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

_KEPT = Path(__file__).resolve().parents[2] / ".pants.env"

_PACKAGES = (
    *("base-files", "bash", "bazel-bootstrap", "coreutils", "dash", "default-jre-headless"),
    *("diffutils", "file", "findutils", "g++", "git", "grep", "gzip", "libc6-dev", "mawk"),
    *("mount", "sed", "tar", "util-linux"),
)
# Bazel needs a Java to run, and no compiler of its own choice.
_LEFT_OUT = ("build-essential", "default-jdk-headless", "zlib1g-dev")

_APT = """\
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Cache "{directory}/cache";
Dir::Etc::SourceList "{directory}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "{directory}/lists";
Dir::State::Status "{directory}/status";
"""

_ACCOUNTS = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "group": "root:x:0:\n",
}


class UnavailableError(Exception):
    """Bazel cannot be installed on this machine; says why, in one line."""


def installed_bazel() -> Path:
    """A root file system with Bazel, which is made once.

    :raises UnavailableError: there is none for this machine.
    """
    _check_machine()
    key = zlib.crc32(Path(__file__).read_bytes())
    root = _KEPT / f"bazel-{key:08x}"
    if not root.is_dir():
        _KEPT.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="bazel.", dir=_KEPT) as work:
            made = _unpack(_download(Path(work)), Path(work) / "root")
            # Another run of the tests may have made it meanwhile. Keep the first one.
            with contextlib.suppress(OSError):
                made.rename(root)
    return root


def _check_machine() -> None:
    needed = ("apt-get", "dpkg-deb", "nsenter", "unshare")
    missing = [tool for tool in needed if shutil.which(tool) is None]
    if missing:
        raise UnavailableError(f"not on PATH: {' '.join(missing)}")
    if os.geteuid() != 0:
        raise UnavailableError("only root can give it a root file system of its own")
    try:
        _run(["unshare", "--mount", "--pid", "--fork", "true"])
    except subprocess.CalledProcessError as e:
        raise UnavailableError(f"this machine has no namespaces: {_last_line(e)}") from None


def _download(work: Path) -> list[Path]:
    """The packages, and all that they depend on."""
    for name in ("lists/partial", "cache/archives/partial"):
        (work / name).mkdir(parents=True)
    (work / "apt.conf").write_text(_APT.format(directory=work))
    (work / "sources.list").write_text(f"deb {_mirror()} sid main\n")
    (work / "status").write_text("".join(map(_as_if_installed, _LEFT_OUT)))
    environment = {**os.environ, "APT_CONFIG": str(work / "apt.conf"), "LC_ALL": "C.UTF-8"}
    try:
        _run(["apt-get", "update", "--error-on=any"], environment)
        _run(["apt-get", "install", "--download-only", "--yes", *_PACKAGES], environment)
    except subprocess.CalledProcessError as e:
        raise UnavailableError(f"Debian's packages cannot be had: {_last_line(e)}") from None
    return sorted((work / "cache/archives").glob("*.deb"))


def _as_if_installed(package: str) -> str:
    return (
        f"Package: {package}\nStatus: install ok installed\nArchitecture: all\n"
        "Version: 99:1\nMaintainer: nobody\nDescription: left out\n\n"
    )


def _mirror() -> str:
    """The archive from which this machine downloads Debian's packages."""
    said = _run(["apt-get", "indextargets", "--format=$(REPO_URI)"])
    for line in said.splitlines():
        if line.rstrip("/").endswith("/debian"):
            return line
    raise UnavailableError("apt on this machine has no source with Debian's packages")


def _unpack(packages: Sequence[Path], root: Path) -> Path:
    root.mkdir()
    for package in packages:
        _run(["dpkg-deb", "--extract", str(package), str(root)])
        package.unlink()
    for name, text in _ACCOUNTS.items():
        (root / "etc" / name).write_text(text)
    return root


def _run(command: Sequence[str], environment: dict[str, str] | None = None) -> str:
    return subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _last_line(failed: subprocess.CalledProcessError) -> str:
    lines = (failed.stderr or failed.stdout or "").strip().splitlines()
    return lines[-1] if lines else f"exit code {failed.returncode}"
