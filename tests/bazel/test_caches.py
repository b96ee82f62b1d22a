"""A file is judged once: on this machine, and with a remote cache on any other."""

from __future__ import annotations

from pathlib import Path

from bazel.conftest import pin
from bazel.machine import HERE, Machine, Ran, Repository
from bazel.test_rule import PASSED
from end_to_end.cache_server import cache_server

BUILT = ("--config=elf_static", "//aspect:arm64", "//aspect:static", "//go:static")


def test_a_second_build_runs_nothing(programs: Repository, tested: Ran, built: Ran) -> None:
    first = programs.bazel("build", *BUILT)
    assert first.code == 0, first.output
    assert programs.bazel("build", *BUILT).processes == {"internal": 1}

    ran = programs.bazel("test", *PASSED)
    assert ran.tests == dict.fromkeys(PASSED, "(cached) PASSED"), ran.output
    assert ran.processes == {"internal": 1}


def test_a_machine_with_a_remote_cache_runs_nothing(bazel: Machine, tmp_path: Path) -> None:
    with cache_server(tmp_path / "cache") as server:
        remote = (f"--remote_cache=grpc://127.0.0.1:{server.port}", "--remote_instance_name=main")
        with bazel.copy(HERE / "repository", "first") as first:
            pin(first, bazel.checker)
            for command in (("test", *PASSED), ("build", *BUILT)):
                ran = first.bazel(command[0], *remote, *command[1:])
                assert ran.code == 0, ran.output
                assert ran.processes["linux-sandbox"]

        with bazel.copy(HERE / "repository", "second") as second:
            pin(second, bazel.checker)
            tested = second.bazel("test", *remote, *PASSED)
            built = second.bazel("build", *remote, *BUILT)
    assert tested.tests == dict.fromkeys(PASSED, "(cached) PASSED"), tested.output
    for ran in (tested, built):
        assert ran.code == 0, ran.output
        assert set(ran.processes) == {"remote cache hit", "internal"}, ran.output
