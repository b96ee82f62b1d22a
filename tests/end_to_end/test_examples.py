"""The example modules in src/go build, are static, and work."""

from __future__ import annotations

from pathlib import Path

import pytest

from end_to_end.elf import Binary
from end_to_end.repository import Repository

# Each program's path in dist, an argument that it answers immediately, and part of the answer.
PROGRAMS = {
    "go.whoami/whoami": ("-version", "dev"),
    "go.site.cmd.siteserver/siteserver": ("-check", ""),
    "go.site.cmd.siteexport/siteexport": ("-version", "dev"),
    "go.site.cmd.sitecheck/sitecheck": ("-version", "dev"),
    "go.agent.cmd.agent/agent": ("-version", "dev"),
    "go.agent.cmd.agentctl/agentctl": ("-version", "dev"),
    # These answers come from generated code: stringer, protobuf, and clang (bpf2go).
    "go.logfilter/logfilter": ("-level=error", ""),
    "go.ledger/ledger": ("sums", ""),
    "go.execwatch/execwatch@goarch=amd64": (
        "-check",
        "program count_exec: tracepoint/sched/sched_process_exec",
    ),
}

# Generated files; none is in the repository.
GENERATED = ("*_string.go", "*.pb.go", "*_bpfel.go", "*_bpfel.o")


@pytest.fixture(scope="module")
def packaged(shared_repository: Repository, examples: Path) -> Repository:
    shared_repository.copy(examples, "go")
    shared_repository.pants("package", "go::").succeeded()
    return shared_repository


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_example_is_static_and_runs(program: str, packaged: Repository) -> None:
    argument, answer = PROGRAMS[program]
    path = packaged.dist[program]

    Binary.read(path, packaged.toolbox.go).assert_static()
    assert answer in packaged.run(path, argument)


def test_the_heavy_example_has_the_size_of_a_real_agent(packaged: Repository) -> None:
    assert packaged.dist["go.agent.cmd.agent/agent"].stat().st_size > 50_000_000


def test_the_examples_build_without_generated_files_in_the_tree(
    packaged: Repository, examples: Path
) -> None:
    for pattern in GENERATED:
        assert not list(examples.rglob(pattern))
        assert not list((packaged.root / "go").rglob(pattern))
    tests = packaged.pants("test", "go/execwatch::", "go/ledger::", "go/logfilter::")
    # Of ELF files, and of Go packages over generated code.
    assert tests.succeeded().log.count("✓") == 4 + 3
