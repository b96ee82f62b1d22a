"""Runs programs in a root file system of their own.

They see the network of the machine, and so the servers of a test. What they mount or leave running
ends with the namespace, even if this process is killed.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_ENTER = Path(__file__).with_name("enter.sh")
_APART = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")


@dataclass(frozen=True)
class Namespace:
    """`pid` is its first process, as seen from outside. Programs run as `user`."""

    pid: int
    user: int

    def run(
        self, command: Sequence[str], cwd: Path, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a program, and return what it printed, errors too."""
        enter = ("nsenter", f"--target={self.pid}", "--mount", "--pid", f"--wdns={cwd}")
        account = (f"--setuid={self.user}", f"--setgid={self.user}")
        return subprocess.run(
            [*enter, *account, *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=500,
        )


@contextlib.contextmanager
def namespace(root: Path, directories: Sequence[Path], user: int) -> Iterator[Namespace]:
    """A namespace with a root file system, and directories of this machine at their own paths."""
    process = subprocess.Popen(
        [*_APART, _ENTER, root, *directories],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout and process.stderr
    try:
        if process.stdout.readline() != "ready\n":
            raise AssertionError(f"{_ENTER.name} failed:\n{process.stderr.read()}")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield Namespace(int(children[0]), user)
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()
        process.stderr.close()
