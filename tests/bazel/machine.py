"""A machine with Bazel, and repositories on it."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bazel.installed import installed_bazel
from bazel.namespace import Namespace, namespace

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
# Has the rules, and not the code, of the module of the same name.
RULES_GO = HERE / "rules_go"

# Bazel runs as any user, as everywhere: its sandbox gives root other rights than that.
_USER = 1000
# In the namespace. At one path, or no two machines would share a remote cache.
_GO_BUILD = "/var/tmp/go-build"
# Debian's Bazel asks for these modules, but Debian does not package them. Nothing here uses them.
_NOT_IN_DEBIAN = ("apple_support", "buildozer", "protobuf", "zlib")

_BAZELRC = """\
import /etc/bazel/bazelrc
startup --server_javabase=/usr/lib/jvm/default-java
startup --output_user_root={work}/output
common --noenable_workspace --lockfile_mode=off
common --color=no --curses=no --noshow_loading_progress --show_progress_rate_limit=60
build --nosandbox_debug --spawn_strategy=linux-sandbox
# This project, and the Go that it brings, may be below /tmp.
build --noincompatible_sandbox_hermetic_tmp
build --action_env=PATH={go}/bin:/usr/bin:/bin --test_env=PATH=/usr/bin:/bin
build --action_env=GOCACHE={go_build} --sandbox_writable_path={go_build}
test --test_output=errors --test_summary=short
"""


@dataclass(frozen=True)
class Ran:
    """A command of Bazel that has ended."""

    code: int
    output: str

    @property
    def tests(self) -> dict[str, str]:
        """The tests that ran, each with its status, such as PASSED or (cached) PASSED."""
        status = r"^(//\S+)\s+((?:\(cached\) )?(?:PASSED|FAILED|TIMEOUT|NO STATUS))"
        return dict(re.findall(status, self.output, re.MULTILINE))

    @property
    def processes(self) -> dict[str, int]:
        """How many processes there were of each kind, such as linux-sandbox or internal."""
        (said,) = re.findall(r"INFO: \d+ process(?:es)?: (.*)\.$", self.output, re.MULTILINE)
        return {kind: int(count) for count, kind in re.findall(r"(\d+) ([^,]+)", said)}


@dataclass(frozen=True)
class Repository:
    """A repository with a Bazel server of its own, which runs until it is stopped."""

    root: Path
    inside: Namespace
    bazelrc: Path

    def bazel(self, *arguments: str) -> Ran:
        """Run a command of Bazel."""
        environment = {
            "HOME": "/var/tmp",
            "LC_ALL": "C.UTF-8",
            "PATH": "/usr/bin:/bin",
            "USER": "builder",
        }
        command = ["/usr/bin/bazel", "--nosystem_rc", f"--bazelrc={self.bazelrc}", *arguments]
        done = self.inside.run(command, self.root, environment)
        return Ran(done.returncode, f"$ bazel {shlex.join(arguments)}\n{done.stdout}")

    def read(self, path: str) -> str:
        """A file of the repository, or an output, whose links lead into the namespace."""
        done = self.inside.run(["cat", path], self.root, {"PATH": "/usr/bin:/bin"})
        assert done.returncode == 0, done.stdout
        return done.stdout


@dataclass(frozen=True)
class Machine:
    """A directory that is a machine's disk. In `clone` is what a clone of this repository has for
    Bazel, after `./build-wheels`."""

    directory: Path
    clone: Path
    inside: Namespace
    go: Path

    @property
    def checker(self) -> Path:
        return self.clone / "dist/wheels/elf-static.pyz"

    @contextlib.contextmanager
    def copy(self, files: Path, name: str) -> Iterator[Repository]:
        """A repository with a copy of these files."""
        root = self.directory / name
        shutil.copytree(files, root)
        with self.repository(root) as created:
            yield created

    @contextlib.contextmanager
    def repository(self, root: Path, *, from_git: bool = False) -> Iterator[Repository]:
        """The repository at a path. With `from_git`, it says itself where the module elf_static
        is."""
        work = self.directory / f"{root.name}.bazel"
        work.mkdir()
        settings = _BAZELRC.format(work=work, go=self.go, go_build=_GO_BUILD)
        if "rules_go" in (root / "MODULE.bazel").read_text():
            settings += f"common --override_module=rules_go={RULES_GO}\n"
        if not from_git:
            settings += f"common --override_module=elf_static={self.clone / 'bazel'}\n"
        for module in _NOT_IN_DEBIAN:
            stub = work / module
            stub.mkdir()
            (stub / "MODULE.bazel").write_text(f'module(name = "{module}")\n')
            (stub / "BUILD.bazel").touch()
            settings += f"common --override_module={module}={stub}\n"
        bazelrc = work / "bazelrc"
        bazelrc.write_text(settings)
        created = Repository(root, self.inside, bazelrc)
        _give_away(root)
        _give_away(work)
        try:
            yield created
        finally:
            created.bazel("shutdown")


def _give_away(directory: Path) -> None:
    """Have the user of the namespace own a directory and what is in it."""
    for path in (directory, *directory.rglob("*")):
        os.chown(path, _USER, _USER, follow_symlinks=False)


@contextlib.contextmanager
def machine(directory: Path, go: Path) -> Iterator[Machine]:
    """A machine with Bazel, and with the clone.

    :raises UnavailableError: this one cannot have it.
    """
    root = installed_bazel()
    clone = directory / "clone"
    shutil.copytree(PROJECT / "bazel", clone / "bazel", ignore=shutil.ignore_patterns("bazel-*"))
    subprocess.run([PROJECT / "build-wheels", clone / "dist/wheels"], check=True)
    directory.chmod(0o755)
    with namespace(root, (directory, RULES_GO, go), _USER) as inside:
        inside.run(["mkdir", _GO_BUILD], Path("/"), {"PATH": "/usr/bin"})
        yield Machine(directory, clone, inside, go)
