"""docs/from-an-ebpf-makefile.md, followed with the sources of src/go/execwatch."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from end_to_end.elf import Binary
from end_to_end.pages import blocks_of, follow
from end_to_end.repository import PROJECT, Repository

PAGE = "docs/from-an-ebpf-makefile.md"
EXECWATCH = PROJECT / "src/go/execwatch"
BTF = "example.com/execwatch/internal/btf"
VERSION = """\
var version string

func printVersion() {
	kernels, _ := btf.Files.ReadDir(".")
	fmt.Println("version", version, "for", len(kernels), "kernel")
}
"""


def agent(directive: str) -> dict[str, str]:
    """The sources of execwatch in the layout of the page."""
    main = (EXECWATCH / "main.go").read_text()
    probe = (EXECWATCH / "internal/probe/probe.go").read_text()
    types = "".join(re.findall(r"^typedef .*\n", _header(), re.MULTILINE))
    return {
        "go.mod": (EXECWATCH / "go.mod").read_text(),
        "go.sum": (EXECWATCH / "go.sum").read_text(),
        "cmd/main.go": main.replace("import (\n", f'import (\n\t"{BTF}"\n').replace(
            "func describe() error {", f"{VERSION}\nfunc describe() error {{\n\tprintVersion()"
        ),
        "internal/probe/probe.go": re.sub(r"//go:generate .*\n", lambda _: directive, probe),
        "bpf/probe.c": (EXECWATCH / "internal/probe/probe.bpf.c")
        .read_text()
        .replace('#include "bpf.h"', "#include <asm/types.h>\n#include <bpf/bpf_helpers.h>"),
        "bpf/include/amd64/asm/types.h": types,
        "bpf/include/arm64/asm/types.h": types,
    }


def _header() -> str:
    return (EXECWATCH / "internal/probe/bpf.h").read_text()


def downloads() -> dict[str, bytes]:
    """What the page downloads, by file name. The declarations of execwatch stand in for those of
    libbpf."""
    helpers = re.sub(r"^typedef .*\n", "", _header(), flags=re.MULTILINE)
    return {
        "bpf_helpers.h": f'#include "bpf_helper_defs.h"\n{helpers}'.encode(),
        "bpf_helper_defs.h": b"",
        "ubuntu-20.04-5.4.0-26-generic.btf": b"types",
    }


def published(build: str, directory: Path) -> str:
    """A BUILD file that downloads from `directory` instead."""
    for name, content in downloads().items():
        (directory / name).write_bytes(content)
        build = re.sub(
            rf'"https://[^"]*/{re.escape(name)}",\s*len=\d+,\s*sha256="[0-9a-f]{{64}}"',
            f'"file://{directory}/{name}", len={len(content)}, '
            f'sha256="{hashlib.sha256(content).hexdigest()}"',
            build,
        )
    return build


def test_a_makefile_for_ebpf_becomes_a_tested_binary_for_two_architectures(
    project: Repository, tmp_path: Path
) -> None:
    blocks = blocks_of(PAGE)
    (directive,) = (block.text for block in blocks if block.text.startswith("//go:generate"))
    project.write(agent(directive))
    follow(
        project,
        [block for block in blocks if not block.file.endswith("BUILD") and block.file],
    )
    for block in blocks:
        if block.file.endswith("BUILD"):
            project.write({block.file: published(block.text, tmp_path)})
    assert "https://" not in "".join(path.read_text() for path in project.root.rglob("BUILD"))

    follow(project, [block for block in blocks if not block.file], VERSION="1.4")

    (copied,) = re.findall(
        r"^COPY dist/(\S+) /agent$", (project.root / "docker/Dockerfile").read_text(), re.MULTILINE
    )
    for architecture in ("amd64", "arm64"):
        path = project.dist[copied.replace("${TARGETARCH}", architecture)]
        binary = Binary.read(path, project.toolbox.go)
        binary.assert_static()
        assert binary.build["GOARCH"] == architecture
    said = project.run(project.dist["agent@goarch=amd64"], "-check")
    assert "version 1.4 for 1 kernel\n" in said
    assert "program count_exec: tracepoint/sched/sched_process_exec" in said
