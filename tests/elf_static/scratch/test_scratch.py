"""Starting programs in an empty root file system, for real."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from elf_static.elf.reader import open_path, read_source
from elf_static.judge.severity import Severity
from elf_static.scratch import run as scratch_run
from elf_static.scratch.run import ScratchRun, run_in_scratch
from elf_static_testing import identities
from elf_static_testing.corpus import Corpus
from elf_static_testing.identities import of_root, run_as

pytestmark = pytest.mark.slow

PROGRAM = """\
package main

import (
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		entries, err := os.ReadDir("/")
		if err != nil || len(entries) != 1 || len(os.Environ()) != 0 {
			println("not empty", len(entries), len(os.Environ()))
			os.Exit(1)
		}
		return
	}
	switch os.Args[1] {
	case "fail":
		println("no \\x1b[31mconfiguration")
		os.Exit(7)
	case "die":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		time.Sleep(time.Hour)
	case "sleep":
		println("waiting")
		time.Sleep(time.Hour)
	case "serve":
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		go listener.Accept()
		if _, err := net.Dial("tcp", listener.Addr().String()); err != nil {
			panic(err)
		}
	case "work":
		var group sync.WaitGroup
		for i := 0; i < 200; i++ {
			group.Add(1)
			go func() {
				defer group.Done()
				runtime.LockOSThread() // one thread each
				time.Sleep(100 * time.Millisecond)
				buffer := make([]byte, 4<<20)
				for i := range buffer {
					buffer[i] = 1
				}
			}()
		}
		group.Wait()
	case "pipe":
		read, write, _ := os.Pipe()
		read.Close()
		syscall.Dup2(int(write.Fd()), 1)
		os.Stdout.Write([]byte("x")) // Go takes the signal's action for this descriptor.
	case "flood":
		for {
			println("more and more")
		}
	}
}
"""


@pytest.fixture(scope="module")
def program(corpus: Corpus) -> Path:
    return corpus.go.build("scratch", "-tags=netgo,osusergo", "-trimpath", main=PROGRAM)


def _messages(
    path: Path, *arguments: str, optional: bool = False, timeout: float = 30
) -> list[str]:
    run = ScratchRun(str(path), arguments, optional=optional, timeout=timeout)
    with open_path(str(path)) as source:
        observations = run_in_scratch(run, source, read_source(source))
    return [
        (f"{each.severity.value}: " if each.severity else "") + each.message
        for each in observations
    ]


def test_a_static_program_starts_alone(program: Path) -> None:
    assert _messages(program) == []
    assert _messages(program, "anything") == []


def test_exit_status_and_output_are_reported(program: Path) -> None:
    where = "was started in an empty root file system; it printed"
    assert _messages(program, "fail") == [
        f"exited with 7 when `scratch fail` {where}: no \\x1b[31mconfiguration"
    ]
    assert _messages(program, "die") == [
        f"was killed by signal 9 (Killed) when `scratch die` {where} nothing"
    ]
    assert _messages(program, "sleep", timeout=0.3) == [
        f"did not end within 0.3 s when `scratch sleep` {where}: waiting"
    ]


def test_a_program_that_prints_endlessly_is_stopped(program: Path) -> None:
    (message,) = _messages(program, "flood", timeout=0.5)
    assert message.startswith("did not end within 0.5 s")
    assert len(message) < 5000


def test_a_program_may_use_loopback_threads_and_memory(corpus: Corpus, program: Path) -> None:
    assert _messages(program, "serve") == []
    assert _messages(program, "work") == []
    if os.uname().machine == "x86_64":
        flags = ("scratch-386", "-tags=netgo,osusergo", "-trimpath")
        small = corpus.go.build(*flags, main=PROGRAM, environment={"GOARCH": "386"})
        assert _messages(small) == []
        assert _messages(small, "work") == []


def test_signals_that_python_ignores_are_not_ignored(program: Path) -> None:
    (message,) = _messages(program, "pipe")
    assert message.startswith("was killed by signal 13 (Broken pipe)")


def test_a_dynamic_program_does_not_start(named: dict[str, Path]) -> None:
    (message,) = _messages(named["dynamic"])
    assert message == (
        "could not be started in an empty root file system: No such file or directory "
        "(its loader does not exist)"
    )


def test_programs_for_other_machines_and_systems_are_refused(
    named: dict[str, Path],
) -> None:
    assert _messages(named["linux-s390x"])[0].startswith(
        "cannot be started here: it is for s390x, but this machine is "
    )
    assert _messages(named["freebsd-amd64"]) == [
        "cannot be started here: it is for freebsd, but this machine runs Linux"
    ]
    (optional,) = _messages(named["linux-s390x"], optional=True)
    assert optional.startswith("warn: cannot be started here")


def test_a_machine_without_user_namespaces_is_an_error(
    program: Path,
) -> None:
    # In a namespace with only one user, which allows no further namespaces.
    source = Path(scratch_run.__file__).parents[2]
    test = (
        "import sys; from pathlib import Path\n"
        "from elf_static.elf.reader import open_path, read_source\n"
        "from elf_static.scratch.run import ScratchRun, run_in_scratch\n"
        "run = ScratchRun(sys.argv[1], (), optional=len(sys.argv) > 2, timeout=10)\n"
        "with open_path(sys.argv[1]) as source:\n"
        "    for o in run_in_scratch(run, source, read_source(source)):\n"
        "        print(o.severity, o.message, o.fix)\n"
    )
    script = (
        f'echo 0 >/proc/sys/user/max_user_namespaces && exec \'{sys.executable}\' -c "$TEST" "$@"'
    )
    for arguments, severity in (((), None), (("optional",), Severity.WARN)):
        done = subprocess.run(
            [
                "unshare",
                "--user",
                "--map-root-user",
                "sh",
                "-c",
                script,
                "sh",
                str(program),
                *arguments,
            ],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": os.pathsep.join([str(source), *sys.path]),
                "TEST": test,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(
            f"{severity} cannot be started in an empty root file system on this machine: "
            "user namespace: No space left on device (see the limits in /proc/sys/user) Allow "
        ), done
        assert "run_in_scratch_optional" in done.stdout


@of_root
def test_a_chroot_must_be_allowed_and_is_reported(program: Path) -> None:
    refused = (
        "user namespace: No space left on device (see the limits in /proc/sys/user); "
        "mount namespace: Operation not permitted"
    )
    nothing = "cannot be started in an empty root file system on this machine: "
    alone = (
        "warn: ran in a plain chroot and could reach this machine's network, because the machine "
        "refused the full isolation: "
    )
    container = identities.root_of_a_container
    assert run_as(container, lambda: _messages(program)) == [nothing + refused]
    assert run_as(container, lambda: _messages(program, optional=True)) == [alone + refused]
    failed = run_as(container, lambda: _messages(program, "fail", optional=True))
    assert failed[0] == alone + refused
    assert failed[1].startswith("exited with 7 when `scratch fail` was started")

    without = run_as(identities.root_without_chroot, lambda: _messages(program, optional=True))
    assert without[0].startswith(f"warn: {nothing}{refused}; chroot: ")
    assert without[0].endswith("Operation not permitted")


@of_root
def test_root_in_another_user_namespace_is_refused_because_it_has_no_limits(
    program: Path,
) -> None:
    for optional, level in ((False, ""), (True, "warn: ")):
        assert run_as(
            identities.root_as_in_unshare_map_root_user,
            partial(_messages, program, optional=optional),
        ) == [
            f"{level}cannot be started in an empty root file system on this machine: limit of "
            "processes: the kernel exempts root, which this user is outside its user namespace; "
            "run the test as another user"
        ]


@of_root
def test_the_chroot_is_in_the_temporary_directory_and_is_deleted(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run_as(
        identities.root_of_a_container,
        lambda: _messages(program, "sleep", timeout=0.2, optional=True),
    )
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_behind(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert _messages(program, "fail") and _messages(program, "sleep", timeout=0.2)
    assert list(tmp_path.iterdir()) == []
