"""elf-static.pyz: one file that any CPython runs, alone in a directory."""

from __future__ import annotations

import glob
import os
import re
import resource
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from elf_static import __version__
from elf_static_testing.images import docker_save
from wheels.install_page import PROJECT, SHOWN_DIRECTORY, shown

# The tests' own, and those that a version manager has.
PYTHONS = sorted(
    {
        os.path.realpath(python): python
        for python in (
            sys.executable,
            *glob.glob(os.path.expanduser("~/.pyenv/versions/3.9.*/bin/python3")),
            *glob.glob(os.path.expanduser("~/.pyenv/versions/3.1[0-9].*/bin/python3")),
            *(f"/usr/bin/python3.{minor}" for minor in range(9, 15)),
        )
        if os.path.exists(python)
    }.values()
)


@pytest.fixture
def alone(wheels: Path, tmp_path: Path) -> Path:
    """The file, alone in an otherwise empty directory."""
    directory = tmp_path / "alone"
    directory.mkdir()
    os.link(wheels / "elf-static.pyz", directory / "elf-static.pyz")
    return directory


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


def start(
    directory: Path, *arguments: str, python: str = sys.executable, **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "elf-static.pyz", *arguments],
        cwd=directory,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **env},
        capture_output=True,
        text=True,
        check=False,
    )


def kept(home: Path) -> list[Path]:
    return sorted((home / ".cache").rglob("*.bytecode"))


def test_it_contains_the_checker_what_it_needs_and_all_licences(wheels: Path) -> None:
    with zipfile.ZipFile(wheels / "elf-static.pyz") as archive:
        names = set(archive.namelist())
        licences = {n: archive.read(n).decode() for n in names if n.startswith("licences/")}
    source = PROJECT / "src/python"
    ours = {
        str(path.relative_to(source))
        for path in (source / "elf_static").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours <= names
    assert {"elftools/__init__.py", "elftools/elf/structs.py", "toml/decoder.py"} <= names
    assert {name.partition("/")[0] for name in names} == {
        *("__main__.py", "bytecode_cache.py", "elf_static", "elftools", "licences", "toml")
    }
    assert not any(name.startswith(("elftools/dwarf/", "elftools/ehabi/")) for name in names)
    assert sorted(licences) == [
        f"licences/{name}" for name in ("construct", "elf-static", "pyelftools", "toml")
    ]
    assert licences["licences/elf-static"] == (PROJECT / "LICENSE").read_text()
    assert "public domain" in licences["licences/pyelftools"]
    for name in ("construct", "toml"):
        assert "Permission is hereby granted" in licences[f"licences/{name}"]


def test_it_is_a_program_of_its_own(alone: Path) -> None:
    done = subprocess.run(
        [str(alone / "elf-static.pyz"), "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"elf-static {__version__}\n"


def test_the_command_of_the_page_runs_it(wheels: Path, tmp_path: Path) -> None:
    (command,) = (
        block for block in shown("sh", {SHOWN_DIRECTORY: str(wheels)}) if "elf-static.pyz" in block
    )
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "agent").symlink_to("/bin/true")
    done = subprocess.run(
        ["sh", "-ec", command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("dist/agent: not static, ")


@pytest.mark.parametrize("python", PYTHONS)
def test_every_python_runs_it(python: str, alone: Path, home: Path) -> None:
    for _ in range(2):
        done = start(alone, "check", "--name=true", "/bin/true", python=python, HOME=str(home))
        assert (done.returncode, done.stderr) == (1, "")
        assert done.stdout.startswith("true: not static, ")
    assert len(kept(home)) == 1
    for arguments in (("check", "--policy=strict"), ("inspect", "--format=html"), ("inspect",)):
        done = start(alone, *arguments, "/bin/true", python=python, HOME=str(home))
        assert done.stderr == ""
        assert len(done.stdout) > 500
    assert os.listdir(alone) == ["elf-static.pyz"]


def test_alone_it_gives_a_verdict_for_every_program_of_the_machine(alone: Path, home: Path) -> None:
    start(alone, "--version", HOME=str(home))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = start(alone, "check", "--recursive", "/usr/bin", HOME=str(home))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode in (1, 2), done.stderr) == (True, "")
    *_, last = done.stdout.splitlines()
    count = int(last.partition(" files: ")[0])
    elf = {
        (os.stat(entry.path).st_dev, os.stat(entry.path).st_ino)
        for entry in os.scandir("/usr/bin")
        if entry.is_file() and Path(entry.path).read_bytes()[:4] == b"\x7fELF"
    }
    assert count == len(elf) > 200
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert seconds / count < 0.02
    assert os.listdir(alone) == ["elf-static.pyz"]


def test_it_reads_an_image(alone: Path, home: Path) -> None:
    content = Path("/bin/true").resolve().read_bytes()
    image = docker_save([[("usr/bin/true", content)], [("usr/bin/.wh.true", b""), ("t", content)]])
    (alone / "image.tar").write_bytes(image)
    done = start(alone, "check", "image.tar", HOME=str(home))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("image.tar!/t: not static, ")


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="CPython 3.14 reads zstd")
def test_without_zstd_it_says_what_is_needed(alone: Path, home: Path) -> None:
    (alone / "a.tar.zst").write_bytes(b"\x28\xb5\x2f\xfd" + bytes(100))
    # Without the packages that are installed.
    done = subprocess.run(
        [sys.executable, "-S", "elf-static.pyz", "check", "a.tar.zst"],
        cwd=alone,
        env={"HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert (done.returncode, done.stderr) == (2, "")
    assert (
        f"is compressed with zstd, which this Python ({version}) cannot read; use Python 3.14, "
        "install backports.zstd, or decompress it first\n"
    ) in done.stdout


def test_an_old_python_is_told_what_is_needed(alone: Path) -> None:
    old = [
        python
        for pattern in ("2.7", "3.6", "3.7", "3.8")
        for python in glob.glob(os.path.expanduser(f"~/.pyenv/versions/{pattern}.*/bin/python"))
    ]
    with zipfile.ZipFile(alone / "elf-static.pyz") as archive:
        start_up = archive.read("__main__.py").decode()
    # As an old Python would see it, on machines that have none.
    assert re.search(r"^if sys\.version_info < \(3, 9\):.*$", start_up, re.MULTILINE)
    compile(start_up.replace("(3, 9)", "(4, 0)"), "__main__.py", "exec")
    told = subprocess.run(
        [sys.executable, "-c", start_up.replace("(3, 9)", "(4, 0)")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith("elf-static: error: elf-static needs Python 3.9 or newer, and ")
    for python in old:
        done = start(alone, "check", "/bin/true", python=python)
        assert (done.returncode, done.stdout) == (2, "")
        assert re.fullmatch(
            r"elf-static: error: elf-static needs Python 3\.9 or newer, and this is Python "
            r"(2\.7|3\.[678])\. Start it with a newer one: python3\.9 elf-static\.pyz check FILE\n",
            done.stderr,
        )


def test_its_bytecode_is_kept_where_only_the_user_can_write(alone: Path, home: Path) -> None:
    start(alone, "--version", HOME=str(home))
    (file,) = kept(home)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    # What a command needs besides is added.
    size = file.stat().st_size
    start(alone, "inspect", "--format=html", "/bin/true", HOME=str(home))
    assert kept(home) == [file] and file.stat().st_size > size
    before = file.stat().st_ino
    start(alone, "inspect", "--format=html", "/bin/true", HOME=str(home))
    assert file.stat().st_ino == before


def test_bytecode_of_another_is_never_run(alone: Path, home: Path, tmp_path: Path) -> None:
    start(alone, "--version", HOME=str(home))
    (file,) = kept(home)
    script = Path(__file__).with_name("poisoned_bytecode.py")
    poison = subprocess.run(
        [sys.executable, str(script)], input=file.read_bytes(), capture_output=True, check=True
    ).stdout

    def poisoned() -> bool:
        done = start(alone, "--version", HOME=str(home))
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout != f"elf-static {__version__}\n"

    # It would work: only who can write the file decides.
    file.write_bytes(poison)
    assert poisoned()
    for path, mode in ((file, 0o620), (file.parent, 0o770), (home, 0o777)):
        right = stat.S_IMODE(path.stat().st_mode)
        file.write_bytes(poison)
        path.chmod(mode)
        assert not poisoned(), path
        path.chmod(right)
    if os.geteuid() == 0:
        for path in (file, file.parent, home):
            file.write_bytes(poison)
            os.chown(path, 1234, -1)
            assert not poisoned(), path
            os.chown(path, 0, -1)
    file.unlink(missing_ok=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(poison)
    elsewhere.chmod(0o600)
    file.symlink_to(elsewhere)
    assert not poisoned()


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 4096])
def test_damaged_bytecode_is_replaced(damage: bytes, alone: Path, home: Path) -> None:
    start(alone, "--version", HOME=str(home))
    (file,) = kept(home)
    good = file.read_bytes()
    for data in (damage, good[: len(good) // 2] + damage):
        file.write_bytes(data)
        done = start(alone, "--version", HOME=str(home))
        assert (done.stdout, done.stderr) == (f"elf-static {__version__}\n", "")
        assert len(file.read_bytes()) > 4096


def test_without_a_place_for_bytecode_it_works(alone: Path, home: Path) -> None:
    for env in ({}, {"HOME": ""}, {"HOME": "relative"}, {"HOME": "/none"}, {"HOME": "/dev/null"}):
        done = start(alone, "--version", **env)
        assert (done.stdout, done.stderr) == (f"elf-static {__version__}\n", "")
    start(alone, "--version", HOME=str(home), PYTHONDONTWRITEBYTECODE="1")
    assert not kept(home)


def test_each_version_of_the_file_has_its_own_bytecode_and_old_ones_go(
    alone: Path, home: Path
) -> None:
    start(alone, "--version", HOME=str(home))
    (first,) = kept(home)
    file = alone / "elf-static.pyz"
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("licences/another", "")
    for number in range(12):
        old = first.with_name(f"old-{number}.bytecode")
        old.write_bytes(b"")
        os.utime(old, (number, number))
    start(alone, "--version", HOME=str(home))
    left = kept(home)
    assert first in left and len(left) == 8
    assert len([path for path in left if not path.name.startswith("old-")]) == 2
