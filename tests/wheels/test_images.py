"""The images in docs/packages.md, in a repository with a fake Docker that has no engine.

It interprets FROM, COPY, USER and ENTRYPOINT in the Dockerfile and writes the image's files to a
directory. Pants, its build context and the binary are real. These tests are here because Pants
before 2.33 parses Dockerfiles with a package from an index.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from end_to_end.pages import blocks_of
from end_to_end.programs import tiny_program
from end_to_end.repository import Repository, Toolbox
from wheels.install_page import Pex, download

PAGE = "docs/packages.md"
SECTION = "In an image from scratch, or on distroless"

DOCKER = """\
#!{python}
import json, pathlib, shutil, sys

if sys.argv[1] == "-v":
    sys.exit(print("Docker version 24.0.7, build afdd53b"))
context = pathlib.Path(sys.argv[-1])
dockerfile = pathlib.Path(sys.argv[sys.argv.index("--file") + 1]).read_text()
image = pathlib.Path("{images}") / sys.argv[sys.argv.index("--tag") + 1]
root = image / "root"
root.mkdir(parents=True)
settings = {{}}
for line in dockerfile.splitlines():
    word, _, rest = line.partition(" ")
    if word == "COPY":
        source, target = rest.split()
        shutil.copy2(context / source, root / target.lstrip("/"))
    elif word in ("FROM", "USER", "ENTRYPOINT"):
        settings[word] = rest
    elif word not in ("", "#"):
        sys.exit(f"unknown: {{line}}")
(image / "settings.json").write_text(json.dumps(settings))
print("writing image sha256:" + "0" * 64, file=sys.stderr)
"""


# Follows the settings on the page, which end in the section [python].
PARSER = """
enable_resolves = true
resolves = {dockerfile = "dockerfile.lock"}
invalid_lockfile_behavior = "ignore"

[dockerfile-parser]
install_from_resolve = "dockerfile"
"""


@pytest.fixture
def with_docker(
    tmp_path: Path, toolbox: Toolbox, pex: Pex, pants_version: str, wheelhouse: Path
) -> Iterator[Repository]:
    requirements = Path(__file__).with_name("dockerfile-requirements.txt")
    download(requirements, wheelhouse)
    (constraints,) = (block for block in blocks_of(PAGE, SECTION) if block.file == "pants.toml")
    has_parser = tuple(map(int, pants_version.split(".")[:2])) < (2, 33)
    created = Repository.create(
        tmp_path / "repository",
        toolbox,
        pantsd=True,
        backends=("go_static", "pants.backend.docker"),
        options=f"""
{constraints.text + PARSER if has_parser else ""}
[python-repos]
indexes = []
find_links = ["file://{wheelhouse}"]

[pex-cli]
url_template = "file://{pex.file}"
known_versions = ["{pex.known_version}"]
""",
    )
    created.write({"dockerfile.lock": requirements.read_text()})
    programs = tmp_path / "docker"
    programs.mkdir()
    docker = programs / "docker"
    docker.write_text(DOCKER.format(python=sys.executable, images=tmp_path / "images"))
    docker.chmod(0o755)
    created.environment["PATH"] += f":{programs}"
    yield created
    created.stop_pantsd()


def test_an_image_that_contains_only_the_binary_works(
    with_docker: Repository, tmp_path: Path
) -> None:
    with_docker.write(tiny_program("agent", "alone"))
    page = blocks_of(PAGE, SECTION)
    with_docker.write({block.file: block.text for block in page if block.file.startswith("image/")})

    with_docker.pants("package", "image:").succeeded()

    images = tmp_path / "images"
    assert sorted(path.name for path in images.iterdir()) == ["distroless:latest", "scratch:latest"]
    root = images / "scratch:latest" / "root"
    assert [path.name for path in root.iterdir()] == ["agent"]
    # As an engine starts it: in that root, as that user.
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "chroot", str(root), "/agent"],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "alone\n")
    assert (images / "distroless:latest" / "root" / "agent").read_bytes() == (
        root / "agent"
    ).read_bytes()
