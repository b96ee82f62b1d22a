"""Repositories that have only this project's wheels, or its sources, as in docs/install.md.

Pants resolves the plugin itself. It normally downloads pex from the pex releases; here pex is built
from its package on the index. `PANTS_EXE=/path/to/pants` tests another Pants.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from end_to_end.pages import blocks_of
from end_to_end.programs import tiny_program
from end_to_end.repository import PROJECT, Repository, Toolbox
from go_sbom_testing.validators import read_cyclonedx, read_spdx
from wheels.install_page import SBOM, SHOWN_DIRECTORY, TEST_SETTINGS, Pex, shown

README = blocks_of("README.md", "In your repository")


@pytest.fixture
def foreign(tmp_path: Path, toolbox: Toolbox) -> Iterator[Repository]:
    """An empty repository, in which `configure` writes pants.toml."""
    created = Repository(
        tmp_path / "repository",
        toolbox,
        pantsd=True,
        environment=toolbox.environment(tmp_path / "home"),
    )
    created.root.mkdir()
    (tmp_path / "home").mkdir()
    yield created
    created.stop_pantsd()


def configure(repository: Repository, pex: Pex, pants_version: str, configuration: str) -> None:
    """pants.toml: the page's settings, its settings for machines without internet access, and the
    test's own caches. Wheels in the repository are put there, with those that Pants needs."""
    (offline,) = (block for block in tomls(pex) if "[pex-cli]" in block)
    found = re.search(r"^find_links = .*$", configuration, re.M)
    if found and "%(buildroot)s" in found[0]:
        directory = found[0].partition("%(buildroot)s/")[2].rstrip('"]')
        shutil.copytree(pex.file.parent, repository.root / directory)
        offline = re.sub("^find_links = .*$", found[0], offline, flags=re.M)
    caches = repository.toolbox.caches
    configuration = configuration.partition("[python-repos]")[0].replace(
        "[GLOBAL]\n",
        f'[GLOBAL]\nlocal_store_dir = "{caches}/store"\nnamed_caches_dir = "{caches}/named"\n',
    )
    configuration = re.sub(
        '^pants_version = ".*"$', f'pants_version = "{pants_version}"', configuration, flags=re.M
    )
    known = f'known_versions = ["{pex.known_version}"]'
    repository.write({"pants.toml": f"{configuration}\n{offline}{known}\n{TEST_SETTINGS}"})


def tomls(pex: Pex) -> list[str]:
    return shown("toml", {SHOWN_DIRECTORY: str(pex.file.parent)})


def test_the_readmes_example_in_a_repository_of_its_own(
    foreign: Repository, pex: Pex, pants_version: str
) -> None:
    (with_wheels,) = (block.text for block in README if block.language == "toml")
    configure(foreign, pex, pants_version, with_wheels)
    shutil.copytree(PROJECT / "src/go/whoami", foreign.root / "whoami")
    (foreign.root / "whoami" / "BUILD").unlink()

    (commands,) = (block.text for block in README if block.text.startswith("pants tailor"))
    said = [foreign.pants(*line.split()[1:]).succeeded() for line in commands.splitlines()]
    assert "Add go_static_binary target whoami" in said[0].output
    assert "✓ whoami#elf_static_test succeeded" in said[2].log
    assert foreign.pants("run", "whoami", "--", "-version").succeeded().output == "dev\n"
    assert foreign.run(foreign.dist["whoami/whoami"], "-version") == "dev\n"


def test_the_extra_installs_the_libraries_for_a_supply_chain_record(
    foreign: Repository, pex: Pex, pants_version: str, sbom_wheelhouse: Path
) -> None:
    """Pants resolves it together with its own packages, some of which are old."""
    (with_wheels,) = (block for block in tomls(pex) if "pants-go-static==" in block)
    (plugin,) = re.findall(r'plugins = \["(pants-go-static\[sbom\]==\S+)"\]', SBOM.read_text())
    assert sbom_wheelhouse == pex.file.parent
    with_extra = re.sub(r'"pants-go-static==[^"]*"', f'"{plugin}"', with_wheels)
    configure(foreign, pex, pants_version, with_extra)
    foreign.write(
        tiny_program("m", build='go_static_binary(sbom=parametrize("cyclonedx", "spdx"))\n')
    )
    foreign.pants("package", "m").succeeded()
    read_cyclonedx(foreign.dist["m/m@sbom=cyclonedx.cdx.json"])
    read_spdx(foreign.dist["m/m@sbom=spdx.spdx.json"])


def test_the_page_and_the_readme_install_in_the_same_way() -> None:
    """The plugin's entry points register the backend: `backend_packages` does not name it."""
    page = [block.text for block in blocks_of("docs/install.md", "The backend, in your repository")]
    for block in README[1:3]:
        assert block.text in page
    assert "backend_packages" not in README[1].text


def test_the_backend_works_from_sources_without_a_wheel(
    foreign: Repository, pex: Pex, pants_version: str
) -> None:
    (with_sources,) = (block for block in tomls(pex) if "pythonpath" in block)
    configure(foreign, pex, pants_version, with_sources)
    shutil.copytree(
        PROJECT / "src" / "python",
        foreign.root / "3rdparty/pants-go-static/src/python",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    said = foreign.pants("help", "go_static_binary").succeeded()
    assert "A statically linked program, built from a Go `package main`" in said.output
