"""docs/packages.md: other targets that use a static binary. tests/wheels tests the images."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import subprocess
import tarfile
import zipfile

from end_to_end.elf import sha256
from end_to_end.pages import blocks_of, follow
from end_to_end.programs import tiny_program
from end_to_end.repository import PROJECT, Repository

PAGE = "docs/packages.md"

AGENT = {
    "agent/go.mod": "module example.com/agent\n\ngo 1.21\n",
    "agent/agent.toml": "",
    "agent/main.go": """\
package main

import "os"

func main() {
	if len(os.Args) > 2 && os.Args[1] == "-write" {
		if err := os.WriteFile(os.Args[2], []byte("written by agent\\n"), 0o644); err != nil {
			panic(err)
		}
	}
	os.Stdout.WriteString("agent 1.0\\n")
}
""",
}
ZONES = {
    "zones/go.mod": "module example.com/zones\n\ngo 1.21\n",
    "zones/main.go": """\
package main

import (
	"os"
	"time"
)

func main() {
	if _, err := time.LoadLocation(os.Args[1]); err != nil {
		println(err.Error())
		os.Exit(1)
	}
}
""",
}


# Builds nFPM from the source of the version that Pants downloads.
NFPM = "2.41.3"


def nfpm(repository: Repository) -> list[str]:
    """Settings with which Pants finds nFPM in an archive laid out like its releases."""
    directory = repository.root.parent / "nfpm"
    built = repository.go(
        "install",
        f"github.com/goreleaser/nfpm/v2/cmd/nfpm@v{NFPM}",
        env={"GOBIN": str(directory), "GOFLAGS": "", "CGO_ENABLED": "0"},
    )
    assert built.returncode == 0, built.stderr
    archive = directory / "nfpm.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(directory / "nfpm", "nfpm")
    checksum = hashlib.sha256(archive.read_bytes()).hexdigest()
    system = "linux_arm64" if platform.machine() == "aarch64" else "linux_x86_64"
    known = f"{NFPM}|{system}|{checksum}|{os.stat(archive).st_size}"
    return [
        f"--nfpm-version={NFPM}",
        f"--nfpm-known-versions=['{known}']",
        f"--nfpm-url-template=file://{archive}",
    ]


def test_an_archive_contains_the_binary_and_its_other_files(shells: Repository) -> None:
    shells.write(AGENT)
    follow(shells, blocks_of(PAGE, "In an archive"))
    shells.pants("package", "agent:agent").succeeded()

    dist = shells.dist
    with tarfile.open(dist["agent/release.tar.gz"]) as archive:
        archive.extractall(shells.root / "unpacked")
    unpacked = shells.root / "unpacked" / "agent" / "agent"
    assert shells.run(unpacked) == "agent 1.0\n"
    assert sha256(unpacked) == sha256(dist["agent/agent"])
    with zipfile.ZipFile(dist["agent/zipped.zip"]) as zipped:
        assert zipped.read("agent/agent") == unpacked.read_bytes()
        assert zipped.getinfo("agent/agent").external_attr >> 16 & 0o111 == 0o111


def test_binaries_are_at_the_paths_on_the_page(shells: Repository) -> None:
    text = (PROJECT / PAGE).read_text()
    rows = re.findall(r"^\| `(.*?)/BUILD` \| `(.*?)` \| `(.*?)` \|$", text, re.M)
    assert [directory for directory, _, _ in rows] == ["agent", "svc/cmd/api", "svc/cmd/api"]
    first, *others = (f"{target}\n" for _, target, _ in rows)
    shells.write(
        {**tiny_program("agent", build=first), **tiny_program("svc/cmd/api", build="".join(others))}
    )

    shells.pants("package", "agent:agent", "svc/cmd/api:").succeeded()

    assert {path for _, _, path in rows} <= set(shells.dist)


def test_other_targets_can_run_a_binary_as_a_tool(shells: Repository) -> None:
    shells.write({**AGENT, "agent/BUILD": blocks_of(PAGE, "In an archive")[0].text})
    follow(shells, blocks_of(PAGE, "As a tool in other targets"))


def test_run_in_scratch_shows_what_an_image_lacks_before_it_is_built(
    shells: Repository,
) -> None:
    blocks = blocks_of(PAGE, "In an image from scratch, or on distroless")
    shells.write(ZONES)
    follow(
        shells,
        [
            block
            for block in blocks
            if block.language == "console" or block.file.startswith("zones/")
        ],
    )
    sizes = {}
    shells.pants("package", "zones:").succeeded()
    for name in ("bare", "complete"):
        sizes[name] = shells.dist[f"zones/{name}"].stat().st_size
    assert 400_000 < sizes["complete"] - sizes["bare"] < 600_000


def test_a_binary_can_be_packaged_for_linux_distributions(shells: Repository) -> None:
    (build,) = blocks_of(PAGE, "As a .deb or an .rpm")
    shells.write({**AGENT, "agent/BUILD": blocks_of(PAGE, "In an archive")[0].text})
    shells.write({build.file: build.text})
    backends = "--backend-packages=+['pants.backend.experimental.nfpm']"
    if shells.pants_version < (2, 23):
        shells.pants(backends, "package", "package::").failed_with(
            "Failed to load the pants.backend.experimental.nfpm.register backend"
        )
        return
    settings = nfpm(shells)
    shells.pants(backends, *settings, "package", "package::").succeeded()

    (deb,) = shells.root.glob("dist/package/deb/agent_1.4.0-1_amd64.deb")
    unpacked = shells.root / "deb"
    subprocess.run(["dpkg-deb", "-x", str(deb), str(unpacked)], check=True)
    assert shells.run(unpacked / "usr/bin/agent") == "agent 1.0\n"
    fields = subprocess.run(
        ["dpkg-deb", "-f", str(deb)], check=True, capture_output=True, text=True
    )
    assert "Depends" not in fields.stdout
    (rpm,) = shells.root.glob("dist/package/rpm/agent-1.4.0-1.x86_64.rpm")
    assert rpm.read_bytes()[:4] == b"\xed\xab\xee\xdb"
