"""The wheels, built once for all tests, in the same way as a user builds them."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
import zipfile
from pathlib import Path

import pytest

from end_to_end.repository import Toolbox
from go_static_testing.compiled import fill_shared_caches
from go_static_testing.go_tool import GoTool
from wheels.install_page import PROJECT, SHOWN_DIRECTORY, TEST_SETTINGS, Pex, download, run, shown

SBOM_PACKAGES = (
    *("beartype", "boolean.py", "click", "cyclonedx-python-lib", "defusedxml", "fastjsonschema"),
    *("isodate", "license-expression", "packageurl-python", "ply", "py-serializable", "pyparsing"),
    *("rdflib", "semantic-version", "sortedcontainers", "spdx-tools", "uritools", "xmltodict"),
    # Pants's own requirements, which restrict its plugins.
    "PyYAML",
)

# The Python of Pants after 2.17, and of its plugins.
NEWER_PYTHONS = ("3.11", "3.12", "3.13", "3.14")


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with this project's wheels, built by the command on the page."""
    directory = tmp_path_factory.mktemp("wheels")
    (command, *_) = shown("sh", {SHOWN_DIRECTORY: str(directory)})
    run(["sh", "-c", command], cwd=PROJECT)
    return directory


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources at another path, with other dates and permissions, and with the environments."""
    copy = tmp_path / "copy"
    for name in ("3rdparty", "src/python", "wheels"):
        shutil.copytree(
            PROJECT / name,
            copy / name,
            symlinks=True,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    for name in ("LICENSE", "README.md", "build-wheels"):
        shutil.copy(PROJECT / name, copy / name)
    (copy / ".pants.env").symlink_to(PROJECT / ".pants.env")
    for path in copy.rglob("*"):
        if path.is_file() and ".pants.env" not in path.parts:
            os.utime(path, (time.time() + 1000, 86400 * 365 * 40))
            path.chmod(path.stat().st_mode & 0o700)
    return copy


@pytest.fixture(scope="session")
def wheelhouse(wheels: Path) -> Path:
    """The same directory, with the wheels' dependencies."""
    download(Path(__file__).with_name("plugin-requirements.txt"), wheels)
    return wheels


@pytest.fixture(scope="session")
def go() -> GoTool:
    """The tests' Go, with a cache that has the standard library."""
    fill_shared_caches()
    return GoTool.find()


@pytest.fixture(scope="session")
def toolbox() -> Toolbox:
    return Toolbox.find(fill_shared_caches())


@pytest.fixture(scope="session")
def pants_version(toolbox: Toolbox, tmp_path_factory: pytest.TempPathFactory) -> str:
    if toolbox.pants == PROJECT / "pants":
        # It takes seconds to say so, and runs no other.
        (version,) = re.findall(
            r'^pants_version = "(.+)"$', (PROJECT / "pants.toml").read_text(), re.MULTILINE
        )
        return str(version)
    directory = tmp_path_factory.mktemp("version")
    (directory / "pants.toml").write_text(TEST_SETTINGS)
    command = [str(toolbox.pants), "--no-pantsd", "--version"]
    return run(command, cwd=directory).stdout.strip()


@pytest.fixture(scope="session")
def pex(wheelhouse: Path, pants_version: str, tmp_path_factory: pytest.TempPathFactory) -> Pex:
    minor = ".".join(pants_version.split(".")[:2])
    download(Path(__file__).with_name(f"pex-for-pants-{minor}.txt"), wheelhouse)
    (wheel,) = wheelhouse.glob("pex-*.whl")
    made = Pex(wheelhouse / "pex", wheel.name.split("-")[1])
    code = tmp_path_factory.mktemp("pex")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(code)
    run(
        [
            *(sys.executable, "-m", "pex", f"pex=={made.version}", "--console-script=pex"),
            *(f"--output-file={made.file}", "--no-pypi", f"--find-links={wheelhouse}"),
            f"--pex-root={tmp_path_factory.mktemp('pex-root')}",
        ],
        cwd=wheelhouse,
        env={"PYTHONPATH": str(code)},
    )
    return made


@pytest.fixture(scope="session")
def sbom_wheelhouse(
    wheelhouse: Path, pants_version: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same directory, with the dependencies of the extra `sbom`: for the launcher's Pants, and
    the other versions that newer Pants needs."""
    pinned = (PROJECT / "3rdparty/python/pants-requirements.txt").read_text()
    entries = re.findall(r"^(\S+)==(\S+ \\\n(?:    --hash=\S+(?: \\)?\n)+)", pinned, re.MULTILINE)
    wanted = [f"{name}=={rest}" for name, rest in entries if name in SBOM_PACKAGES]
    assert len(wanted) == len(SBOM_PACKAGES)
    listed = tmp_path_factory.mktemp("sbom") / "requirements.txt"
    listed.write_text("".join(wanted))
    download(listed, wheelhouse)
    if not pants_version.startswith("2.17."):
        own = Path(__file__).with_name("newer-pants-requirements.txt")
        for python in NEWER_PYTHONS:
            download(own, wheelhouse, "--only-binary=:all:", f"--python-version={python}")
    return wheelhouse
