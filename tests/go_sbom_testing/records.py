"""Records of binaries, from build information as `go version -m` shows it."""

from __future__ import annotations

import textwrap
from pathlib import Path

from elf_static.elf.go_build_info import parse
from go_sbom.modules import record_of
from go_sbom.question import Question
from go_sbom.record import STANDARD_LIBRARY, Record

# From a real program; the shapes below add to it.
PLAIN = """\
    path	example.com/agent/cmd/agent
    mod	example.com/agent	(devel)
    dep	github.com/BurntSushi/toml	v1.4.0	h1:kuoIxZQy2WRRk1pttg9asf+WVv6tWQuBNVmK8+nqPr0=
    dep	github.com/docker/docker	v28.0.0+incompatible
    dep	golang.org/x/sys	v0.47.0	h1:o7XGOvZQCADBQQ4Y7VNq2dRWQR7JmOUW8Kxx4ZsNgWs=
    build	-buildmode=exe
    build	-compiler=gc
    build	-tags=netgo,osusergo
    build	-trimpath=true
    build	CGO_ENABLED=0
    build	GOARCH=amd64
    build	GOOS=linux
    build	GOAMD64=v1
"""

# `replace` with a version of another module, twice with the same one, and with a directory.
REPLACED = """\
    path	example.com/agent
    mod	example.com/agent	(devel)
    dep	example.com/lib	v1.0.0
    =>	./lib	(devel)\t
    dep	example.com/old	v1.2.0
    =>	example.com/fork	v1.9.0	h1:kuoIxZQy2WRRk1pttg9asf+WVv6tWQuBNVmK8+nqPr0=
    dep	example.com/older	v1.1.0
    =>	example.com/fork	v1.9.0	h1:kuoIxZQy2WRRk1pttg9asf+WVv6tWQuBNVmK8+nqPr0=
    build	GOOS=linux
"""

# A command in another module; it contains no module of the repository.
THIRD_PARTY = """\
    path	golang.org/x/tools/cmd/stringer
    mod	golang.org/x/tools	v0.47.0	h1:o7XGOvZQCADBQQ4Y7VNq2dRWQR7JmOUW8Kxx4ZsNgWs=
    dep	golang.org/x/mod	v0.38.0	h1:kuoIxZQy2WRRk1pttg9asf+WVv6tWQuBNVmK8+nqPr0=
    build	GOOS=linux
"""

# Another module of the repository, from a go.work.
WORKSPACE = """\
    path	example.com/agent
    mod	example.com/agent	(devel)
    dep	example.com/lib	(devel)
    build	GOOS=linux
"""

SHA256 = "0123456789abcdef" * 4


def record(
    info: str,
    requires: dict[str, tuple[str, ...]] | None = None,
    directories: dict[str, Path] | None = None,
    downloads: Path = Path("/nowhere"),
    go: str = "go1.26.6",
) -> Record:
    """By default, `requires` says that the main module imports from all others."""
    build_info = parse(go, textwrap.dedent(info).encode())
    assert build_info.main is not None
    everything = (*(module.path for module in build_info.modules), STANDARD_LIBRARY)
    question = Question(
        binary="",
        name="agent",
        format="",
        requires=requires or {build_info.main.path: everything},
        directories={module: str(path) for module, path in (directories or {}).items()},
        downloads=str(downloads),
    )
    return record_of(build_info, question, SHA256)
