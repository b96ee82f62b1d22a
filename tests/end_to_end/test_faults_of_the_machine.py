"""A machine that fails: the disk fills, or caches are gone, read-only or altered.

After each fault, the next run is correct. A run that cannot continue says why.
"""

from __future__ import annotations

import concurrent.futures
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

from end_to_end.elf import sha256
from end_to_end.machines import isolated_pants
from end_to_end.programs import tiny_program
from end_to_end.repository import Repository, Result, Toolbox
from go_static_testing.compiled import new_caches
from go_static_testing.proxy import ModuleProxy, go_sum


def named(repository: Repository) -> Path:
    return repository.toolbox.caches / "named"


def test_two_runs_at_once_can_share_caches(toolbox: Toolbox, tmp_path: Path) -> None:
    caches = tmp_path / "caches"
    shutil.copytree(new_caches(), caches)
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


def test_named_caches_deleted_while_pantsd_runs_are_created_again(own: Repository) -> None:
    own.pantsd = True
    own.pants("package", "::").succeeded()
    shutil.rmtree(named(own))
    own.write(tiny_program("m", "changed"))

    own.pants("package", "::").succeeded()

    assert own.run(own.dist["m/m"]) == "changed\n"


def run_with(repository: Repository, mounts: str, *arguments: str) -> Result:
    command = isolated_pants(repository, *arguments, "package", "::", mounts=mounts)
    done = subprocess.run(
        command,
        cwd=repository.root,
        env=repository.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Result(shlex.join(command), done.returncode, done.stdout, done.stderr)


def test_with_read_only_named_caches_a_build_works_and_a_download_is_an_error(
    own: Repository, tmp_path: Path
) -> None:
    cache = shlex.quote(str(named(own)))
    mounts = f"mount --bind {cache} {cache}\nmount -o remount,bind,ro {cache}"

    # Go works without writing to its build cache, but it cannot unpack a module.
    run_with(own, mounts).succeeded()
    assert own.run(own.dist["m/m"]) == "hello\n"
    proxy = ModuleProxy(tmp_path / "proxy")
    proxy.publish(MODULE, "v1.0.0", LIBRARY)
    own.write(program_with_a_module())
    own.environment.update({"GOPROXY": proxy.url, "GONOSUMDB": "*"})
    run_with(own, mounts).failed_with(
        "Modules that m/go.mod requires could not be downloaded", "read-only file system"
    )
    own.pants("package", "::").succeeded()
    assert own.run(own.dist["m/m"]) == "the real one\n"


def test_a_disk_that_fills_during_a_build_leaves_no_wrong_result(own: Repository) -> None:
    """The SDK takes 140 MB and the program 1.5 MB."""
    sandboxes, store = own.root.parent / "sandboxes", own.toolbox.caches / "store"
    for directory, room, arguments in (
        (sandboxes, "30m", [f"--local-execution-root-dir={sandboxes}"]),
        (store, "100m", []),
        (own.root / "dist", "1m", []),
    ):
        directory.mkdir(exist_ok=True)
        mounts = f"mount -t tmpfs -o size={room} tmpfs {shlex.quote(str(directory))}"

        result = run_with(own, mounts, *arguments)

        assert result.exit_code != 0, result.all_text
        assert re.search("No space left on device|MDB_MAP_FULL", result.log), result.all_text
        assert own.dist == {}
    own.pants("package", "test", "::").succeeded()
    assert own.run(own.dist["m/m"]) == "hello\n"


def test_named_caches_on_a_full_disk_only_cost_time(own: Repository) -> None:
    mounts = f"mount -t tmpfs -o size=100k tmpfs {shlex.quote(str(named(own)))}"

    run_with(own, mounts).succeeded()

    assert own.run(own.dist["m/m"]) == "hello\n"


MODULE = "corp.example.com/poisoned"
LIBRARY = {"lib.go": 'package lib\n\nconst Text = "the real one"\n'}


def program_with_a_module() -> dict[str, str]:
    return {
        "m/go.mod": f"module example.com/m\n\ngo 1.21\n\nrequire {MODULE} v1.0.0\n",
        "m/go.sum": go_sum(MODULE, "v1.0.0", LIBRARY),
        "m/main.go": (
            f'package main\n\nimport lib "{MODULE}"\n\nfunc main() {{ println(lib.Text) }}\n'
        ),
    }


def test_altered_caches_affect_only_builds_that_use_them(own: Repository, tmp_path: Path) -> None:
    """The cases in the table of docs/security.md."""
    own.pantsd = True
    proxy = ModuleProxy(tmp_path / "proxy")
    proxy.publish(MODULE, "v1.0.0", LIBRARY)
    reaching = {"GOPROXY": proxy.url, "GONOSUMDB": "*"}
    own.write(program_with_a_module())
    own.pants("package", "::", env=reaching).succeeded()
    assert own.run(own.dist["m/m"]) == "the real one\n"
    right = sha256(own.dist["m/m"])

    (unpacked,) = named(own).rglob(f"{MODULE}@v1.0.0/lib.go")
    os.chmod(unpacked, 0o644)
    unpacked.write_text('package lib\n\nconst Text = "the evil one"\n')
    # Edit another file, so that Pants has no result and Go compiles again.
    own.write({"m/x.go": "package main\n"})
    own.pants("package", "::").succeeded()
    assert own.run(own.dist["m/m"]) == "the evil one\n"

    own.pants("--go-static-isolated-caches", "package", "::").succeeded()
    assert own.run(own.dist["m/m"]) == "the real one\n"
    (own.root / "m/x.go").unlink()
    own.pants("package", "::").succeeded()
    assert sha256(own.dist["m/m"]) == right


def test_go_sum_detects_an_altered_zip(own: Repository, tmp_path: Path) -> None:
    proxy = ModuleProxy(tmp_path / "proxy")
    proxy.publish(MODULE, "v1.0.0", LIBRARY)
    own.environment.update({"GOPROXY": proxy.url, "GONOSUMDB": "*"})
    own.write(program_with_a_module())
    own.pants("package", "::").succeeded()
    (kept,) = named(own).rglob(f"{MODULE}/@v/v1.0.0.zip")
    kept.write_bytes(kept.read_bytes().replace(b"the real one", b"the evil one"))
    kept.with_suffix(".ziphash").unlink()
    shutil.rmtree(own.toolbox.caches / "store")

    own.pants("package", "::").failed_with("zip: checksum error")


def test_an_isolated_build_ignores_altered_objects_in_gos_build_cache(
    own: Repository,
) -> None:
    own.pantsd = True
    own.pants("package", "::").succeeded()
    right = sha256(own.dist["m/m"])
    for stored in (named(own) / "go_static_build").rglob("*-d"):
        content = bytearray(stored.read_bytes() or b"\0")
        content[len(content) // 2] ^= 1
        stored.chmod(0o644)
        stored.write_bytes(content)

    own.pants("--go-static-isolated-caches", "package", "::").succeeded()

    assert sha256(own.dist["m/m"]) == right
