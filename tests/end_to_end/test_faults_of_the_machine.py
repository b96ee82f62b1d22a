"""A machine that fails: the disk fills, or caches are gone, read-only or altered.

After each fault, the next run is correct. A run that cannot continue says why. One pantsd serves
all tests: starting Pants costs more than all else here.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from end_to_end.elf import sha256
from end_to_end.machines import machine
from end_to_end.programs import tiny_program
from end_to_end.repository import Repository, Toolbox
from go_static_testing.proxy import ModuleProxy, go_sum


def named(repository: Repository) -> Path:
    return repository.toolbox.caches / "named"


@dataclass(frozen=True)
class Mounts:
    """A mount namespace, in which Pants and its pantsd run."""

    process: int

    def entering(self, script: str) -> list[str]:
        """A command that runs a script in the namespace."""
        namespaces = ("--user", "--mount", "--preserve-credentials", f"--target={self.process}")
        return ["nsenter", *namespaces, "sh", "-euc", script, "sh"]

    def run(self, script: str) -> None:
        subprocess.run(self.entering(script), check=True)

    @contextlib.contextmanager
    def tmpfs(self, directory: Path, size: str) -> Iterator[None]:
        """A disk of a size over a directory."""
        directory.mkdir(exist_ok=True)
        quoted = shlex.quote(str(directory))
        self.run(f"mount -t tmpfs -o size={size} tmpfs {quoted}")
        yield
        self.run(f"umount {quoted}")

    @contextlib.contextmanager
    def read_only(self, directory: Path) -> Iterator[None]:
        quoted = shlex.quote(str(directory))
        self.run(f"mount --bind {quoted} {quoted}\nmount -o remount,bind,ro {quoted}")
        yield
        self.run(f"umount {quoted}")


@pytest.fixture(scope="module")
def mounts() -> Iterator[Mounts]:
    script = "echo ready; exec sleep infinity"
    with subprocess.Popen(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-euc", script],
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        yield Mounts(process.pid)
        process.kill()


@pytest.fixture(scope="module")
def shared_machine(
    module_path: Path, toolbox: Toolbox, warm_caches: Path, mounts: Mounts
) -> Iterator[Repository]:
    root = module_path / "machine"
    with machine(root, toolbox, None, caches=warm_caches) as created:
        pants = root / "pants-in-namespace"
        command = f'cd {shlex.quote(str(created.root))} && exec "{toolbox.pants}" "$@"'
        pants.write_text(f'#!/bin/sh\nexec {shlex.join(mounts.entering(command))} "$@"\n')
        pants.chmod(0o755)
        created.toolbox = dataclasses.replace(created.toolbox, pants=pants)
        created.pantsd = True
        # Pants lays out in one directory, for as long as it runs, what processes read.
        mounts.run(f"mount -t tmpfs tmpfs {shlex.quote(created.environment['TMPDIR'])}")
        yield created


@pytest.fixture
def failing(shared_machine: Repository, warm_caches: Path) -> Repository:
    """The machine of all these tests, emptied, with the named caches that it had at first."""
    shared_machine.clear()
    shutil.rmtree(named(shared_machine))
    shutil.copytree(warm_caches / "named", named(shared_machine), symlinks=True)
    return shared_machine


def test_two_runs_at_once_can_share_caches(
    toolbox: Toolbox, tmp_path: Path, warm_caches: Path
) -> None:
    caches = tmp_path / "caches"
    shutil.copytree(warm_caches, caches, symlinks=True)
    repositories = [
        Repository.create(tmp_path / name / "repository", toolbox, caches=caches)
        for name in ("one", "two")
    ]
    for repository in repositories:
        repository.write(tiny_program("m"))
    with concurrent.futures.ThreadPoolExecutor() as both:
        for result in both.map(lambda r: r.pants("package", "test", "::"), repositories):
            result.succeeded()
    one, two = (sha256(repository.dist["m/m"]) for repository in repositories)
    assert one == two


LIBRARY = {"lib.go": 'package lib\n\nconst Text = "the real one"\n'}


def program_with(module: str, tmp_path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """A program whose module no other test has downloaded, and the settings to download it."""
    proxy = ModuleProxy(tmp_path / "proxy")
    proxy.publish(module, "v1.0.0", LIBRARY)
    program = {
        "m/go.mod": f"module example.com/m\n\ngo 1.21\n\nrequire {module} v1.0.0\n",
        "m/go.sum": go_sum(module, "v1.0.0", LIBRARY),
        "m/main.go": (
            f'package main\n\nimport lib "{module}"\n\nfunc main() {{ println(lib.Text) }}\n'
        ),
        "m/BUILD": 'go_module(name="mod")\n\ngo_static_binary()\n',
    }
    return program, {"GOPROXY": proxy.url, "GONOSUMDB": "*"}


def test_a_disk_that_fills_during_a_build_leaves_no_wrong_result(
    failing: Repository, mounts: Mounts
) -> None:
    """The SDK takes 140 MB and the program 1.5 MB. This has to be the first test of this machine,
    whose pantsd lays the SDK out for all of them."""
    failing.write(tiny_program("m", "no space"))

    def assert_no_space(repository: Repository) -> None:
        result = repository.pants("package", "::")
        assert result.exit_code != 0, result.all_text
        assert re.search("No space left on device|MDB_MAP_FULL", result.log), result.all_text
        assert repository.dist == {}

    with mounts.tmpfs(failing.toolbox.caches / "store", "100m"):
        assert_no_space(dataclasses.replace(failing, pantsd=False))
    resize = f"mount -o remount,size=%s {shlex.quote(failing.environment['TMPDIR'])}"
    mounts.run(resize % "30m")
    assert_no_space(failing)
    mounts.run(resize % "1g")
    with mounts.tmpfs(failing.root / "dist", "1m"):
        assert_no_space(failing)
    failing.pants("package", "test", "::").succeeded()
    assert failing.run(failing.dist["m/m"]) == "no space\n"


def test_with_read_only_named_caches_a_build_works_and_a_download_is_an_error(
    failing: Repository, mounts: Mounts, tmp_path: Path
) -> None:
    program, reaching = program_with("corp.example.com/unpacked", tmp_path)
    failing.write(tiny_program("m", "read-only"))

    # Go works without writing to its build cache, but it cannot unpack a module.
    with mounts.read_only(named(failing)):
        failing.pants("package", "::").succeeded()
        assert failing.run(failing.dist["m/m"]) == "read-only\n"
        failing.write(program)
        failing.pants("package", "::", env=reaching).failed_with(
            "Modules that m/go.mod requires could not be downloaded", "read-only file system"
        )
    failing.pants("package", "::", env=reaching).succeeded()
    assert failing.run(failing.dist["m/m"]) == "the real one\n"


def test_named_caches_on_a_full_disk_only_cost_time(failing: Repository, mounts: Mounts) -> None:
    failing.write(tiny_program("m", "full"))

    with mounts.tmpfs(named(failing), "100k"):
        failing.pants("package", "::").succeeded()

    assert failing.run(failing.dist["m/m"]) == "full\n"


def test_named_caches_deleted_while_pantsd_runs_are_created_again(failing: Repository) -> None:
    failing.write(tiny_program("m"))
    failing.pants("package", "::").succeeded()
    shutil.rmtree(named(failing))
    failing.write(tiny_program("m", "changed"))

    failing.pants("package", "::").succeeded()

    assert failing.run(failing.dist["m/m"]) == "changed\n"


def test_altered_caches_affect_only_builds_that_use_them(
    failing: Repository, tmp_path: Path
) -> None:
    """The cases in the table of docs/security.md."""
    module = "corp.example.com/poisoned"
    program, reaching = program_with(module, tmp_path)
    failing.write(program)
    failing.pants("package", "::", env=reaching).succeeded()
    assert failing.run(failing.dist["m/m"]) == "the real one\n"
    right = sha256(failing.dist["m/m"])

    (unpacked,) = named(failing).rglob(f"{module}@v1.0.0/lib.go")
    os.chmod(unpacked, 0o644)
    unpacked.write_text('package lib\n\nconst Text = "the evil one"\n')
    # Edit another file, so that Pants has no result and Go compiles again.
    failing.write({"m/x.go": "package main\n"})
    failing.pants("package", "::").succeeded()
    assert failing.run(failing.dist["m/m"]) == "the evil one\n"

    (failing.root / "m/x.go").unlink()
    failing.pants("package", "::").succeeded()
    assert sha256(failing.dist["m/m"]) == right
    for stored in (named(failing) / "go_static_build").rglob("*-d"):
        content = bytearray(stored.read_bytes() or b"\0")
        content[len(content) // 2] ^= 1
        stored.chmod(0o644)
        stored.write_bytes(content)
    failing.dist["m/m"].unlink()
    failing.pants("--go-static-isolated-caches", "package", "::").succeeded()
    assert sha256(failing.dist["m/m"]) == right


def test_go_sum_detects_an_altered_zip(failing: Repository, tmp_path: Path) -> None:
    module = "corp.example.com/altered"
    program, reaching = program_with(module, tmp_path)
    failing.write(program)
    failing.pants("package", "::", env=reaching).succeeded()
    (kept,) = named(failing).rglob(f"{module}/@v/v1.0.0.zip")
    kept.write_bytes(kept.read_bytes().replace(b"the real one", b"the evil one"))
    kept.with_suffix(".ziphash").unlink()
    # Pants has no result for another go.mod.
    failing.write({"m/go.mod": program["m/go.mod"].replace("go 1.21", "go 1.21.0")})

    failing.pants("package", "::", env=reaching).failed_with("zip: checksum error")
