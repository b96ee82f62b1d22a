"""The wheels: they are reproducible and complete, and the checker works without Pants."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

from elf_static import __version__
from elf_static_testing.go_programs import GoBuilder
from end_to_end.elf import sha256
from go_static_testing.go_tool import GoTool
from wheels.install_page import INSTALL, PROJECT, SBOM, SHOWN_DIRECTORY, run, shown

PACKAGES = {"elf-static": ("elf_static",), "pants-go-static": ("go_sbom", "go_static")}


def archive(wheels: Path, name: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(
        wheels / f"{name.replace('-', '_')}-{__version__}-py3-none-any.whl",
    )


def metadata(wheels: Path, name: str) -> Message:
    return message_from_string(_dist_info(wheels, name, "METADATA"))


def _dist_info(wheels: Path, name: str, file: str) -> str:
    with archive(wheels, name) as wheel:
        return wheel.read(f"{name.replace('-', '_')}-{__version__}.dist-info/{file}").decode()


def test_the_same_sources_give_the_same_bytes(copy: Path, wheels: Path, tmp_path: Path) -> None:
    second = tmp_path / "second"
    environment = {"SOURCE_DATE_EPOCH": "1700000000", "TZ": "Asia/Kolkata", "PYTHONPATH": "/none"}
    run([str(copy / "build-wheels"), str(second)], cwd=tmp_path, env=environment)
    names = sorted(path.name for path in second.iterdir())
    assert len(names) == len(PACKAGES) + 1 and "elf-static.pyz" in names
    for name in names:
        assert sha256(second / name) == sha256(wheels / name), name


def test_wrong_usage_is_an_error(tmp_path: Path) -> None:
    for arguments in (["--help"], [str(tmp_path / "a"), str(tmp_path / "b")]):
        command = [str(PROJECT / "build-wheels"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (1, "Usage: ./build-wheels [DIRECTORY]\n")
    assert not list(tmp_path.iterdir())


def test_a_missing_section_of_the_readme_is_an_error(copy: Path, tmp_path: Path) -> None:
    readme = copy / "README.md"
    readme.write_text(readme.read_text().replace("## What the test reports", "## Another title"))
    done = subprocess.run(
        [str(copy / "build-wheels"), str(tmp_path / "second")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "README.md has nothing titled 'What the test reports'" in done.stderr


@pytest.mark.parametrize(("name", "packages"), PACKAGES.items())
def test_a_wheel_contains_exactly_its_packages(
    name: str, packages: tuple[str, ...], wheels: Path
) -> None:
    source = PROJECT / "src" / "python"
    expected = {
        str(path.relative_to(source))
        for package in packages
        for path in (source / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with archive(wheels, name) as wheel:
        names = {entry for entry in wheel.namelist() if ".dist-info/" not in entry}
    assert names == expected
    assert {f"{package}/py.typed" for package in packages} <= names
    if name == "pants-go-static":
        sources = {f"go_static/builder/_go/{file}" for file in ("compile.sh", "go.mod", "main.go")}
        assert sources <= names
    if name == "elf-static":
        assert {
            "elf_static/judge/policies/strict.toml",
            "elf_static/inspect/html_page.css",
        } <= names


@pytest.mark.parametrize("name", PACKAGES)
def test_a_wheel_has_complete_metadata(name: str, wheels: Path) -> None:
    said = metadata(wheels, name)
    assert (said["Name"], said["Version"]) == (name, __version__)
    assert (said["License-Expression"], said["Requires-Python"]) == ("Apache-2.0", ">=3.9")
    assert "Typing :: Typed" in said.get_all("Classifier", [])
    assert _dist_info(wheels, name, "licenses/LICENSE") == (PROJECT / "LICENSE").read_text()

    description = said.get_payload()
    assert isinstance(description, str)
    assert description.startswith(f"# {name}\n\n{said['Summary']}.\n\n")
    # Nothing links into the repository: an index cannot follow such a link.
    assert not re.findall(r"\]\((?!https?:)", description)


def test_the_checker_needs_two_packages(wheels: Path) -> None:
    needed = metadata(wheels, "elf-static").get_all("Requires-Dist", [])
    assert needed == ["pyelftools<1,>=0.32", "toml<1,>=0.10.2"]


def test_the_backend_requires_the_checker_of_its_version_and_lists_supported_pants(
    wheels: Path,
) -> None:
    needed = metadata(wheels, "pants-go-static").get_all("Requires-Dist", [])
    assert needed == [
        f"elf-static=={__version__}",
        "pantsbuild-pants<2.34,>=2.17.1; extra == 'pants'",
        "cyclonedx-python-lib!=10.4.0,<12,>=10; extra == 'sbom'",
        "fastjsonschema<3,>=2.21; extra == 'sbom'",
        "packageurl-python<1,>=0.17; extra == 'sbom'",
        "spdx-tools<0.9,>=0.8.3; extra == 'sbom'",
    ]
    entry_points = configparser.ConfigParser()
    entry_points.read_string(_dist_info(wheels, "pants-go-static", "entry_points.txt"))
    assert dict(entry_points["pantsbuild.plugin"]) == {
        name: f"go_static.register:{name}" for name in ("rules", "target_types")
    }


@pytest.mark.parametrize("page", [INSTALL, SBOM])
def test_the_pages_install_the_current_version_of_the_wheels(page: Path) -> None:
    versions = re.findall(
        r"(?:elf-static|pants-go-static)(?:\[sbom\])?==([\w.]+)", page.read_text()
    )
    assert set(versions) == {__version__}


def test_the_page_on_installing_lists_the_tested_versions() -> None:
    page = INSTALL.read_text()
    directory = Path(__file__).parent
    of_wheels = _pinned(directory / "plugin-requirements.txt")
    of_pants = {
        file.stem.rpartition("-")[2]: _pinned(file) for file in directory.glob("pex-for-pants-*")
    }
    table = re.findall(r"^\| (2\.\d+)\.\d+ \| ([\d.]+) \| `(.+)` \|$", page, re.MULTILINE)
    assert of_pants == {pants: {f"pex=={pex}", *packages.split()} for pants, pex, packages in table}

    (version,) = set(re.findall(r'^pants_version = "(2\.\d+)', page, re.MULTILINE))
    (download,) = re.findall(r"^pip download .*", page, re.MULTILINE)
    needed = {name for name in of_wheels | of_pants[version] if not name.startswith("pex==")}
    assert set(re.findall(r"\S+==\S+", download)) == needed


def _pinned(requirements: Path) -> set[str]:
    return set(re.findall(r"^\S+==\S+", requirements.read_text(), re.MULTILINE))


def test_the_checker_works_in_a_bare_environment(
    go: GoTool, wheelhouse: Path, tmp_path: Path
) -> None:
    """As on the page, with local packages instead of an index."""
    (tmp_path / "dist").mkdir()
    static = ("-tags=netgo,osusergo", "-trimpath", "-buildvcs=false")
    GoBuilder(go.command, tmp_path, go.cache).build("dist/agent", *static)
    # Not the tests' environment, which has packages.
    python = Path(sys.base_prefix, "bin", "python3")
    environment = tmp_path / "environment"
    (commands,) = (
        block
        for block in shown(
            "sh",
            {
                SHOWN_DIRECTORY: str(wheelhouse),
                "/srv/elf-static": str(environment),
                "python3 -m": f"{python} -m",
            },
        )
        if "venv" in block
    )
    done = run(["sh", "-ec", commands], cwd=tmp_path, env={"PIP_NO_INDEX": "1", "PYTHONPATH": ""})
    assert done.stdout.splitlines()[-1].startswith("dist/agent: static, linux/")

    command = str(environment / "bin" / "elf-static")
    assert run([command, "--version"], cwd=tmp_path).stdout == f"elf-static {__version__}\n"
    strict = run([command, "check", "--policy=strict", "dist/agent"], cwd=tmp_path)
    assert strict.stdout == done.stdout.splitlines()[-1] + "\n"
    page = run([command, "inspect", "--format=html", "dist/agent"], cwd=tmp_path).stdout
    assert "Code by module" in page
    judged = subprocess.run([command, "check", str(python)], capture_output=True, check=False)
    assert (judged.returncode, judged.stderr) == (1, b"")
