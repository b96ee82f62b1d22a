"""Fuzzes one target for a time, and returns the result."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from fuzzing import state
from fuzzing.state import State
from fuzzing.targets import TARGETS

PROJECT = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).parent / "corpus"
KEPT = PROJECT / ".pants.env" / "fuzz"

# In seconds. A process is killed if neither it nor libFuzzer's timer ends it.
_MAX_INPUT = 20
_PATIENCE = 60


@dataclass(frozen=True)
class Result:
    """`coverage` is libFuzzer's count of bytecode edges and comparisons. `failure` says what broke
    and how to repeat it, or is empty."""

    target: str
    executions: int
    coverage: int
    seconds: float
    slowest: float
    largest: int
    failure: str = ""

    def __str__(self) -> str:
        return (
            f"{self.target}: {self.executions:,} executions in {self.seconds:.0f} s, coverage "
            f"{self.coverage:,}, slowest {self.slowest * 1000:.0f} ms, largest "
            f"{self.largest / 1000:.1f} MB{self.failure and chr(10)}{self.failure}"
        )


@dataclass(frozen=True)
class Fuzzer:
    """`module` is the target's module. `found` is the directory for inputs that reach new code,
    `crashes` the one for inputs that break a promise."""

    module: str
    corpus: Path
    found: Path
    crashes: Path
    max_size: int = 1 << 16

    @classmethod
    def of(cls, target: str, kept: Path = KEPT) -> Fuzzer:
        return cls(
            f"fuzzing.targets.{target}",
            CORPUS / target,
            kept / "found" / target,
            kept / "crashes",
            TARGETS[target].max_size,
        )

    @property
    def target(self) -> str:
        return self.module.rpartition(".")[2]

    def run(self, seed: int, seconds: int, executions: int = -1) -> Result:
        """Run until a promise is broken, the time is up, or the number of executions is reached."""
        self.found.mkdir(parents=True, exist_ok=True)
        self.crashes.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        seen, coverage, failure = State(), 0, ""
        while not failure:
            left = seconds - int(time.monotonic() - started)
            remaining = executions - seen.executions if executions >= 0 else -1
            if left <= 0 or remaining == 0:
                break
            ended = self._start(
                f"-seed={seed}",
                f"-max_total_time={left}",
                f"-runs={remaining}",
                f"-max_len={self.max_size}",
                # Use long inputs from the start: they reveal slow code and deep
                # recursion.
                "-len_control=0",
                f"-timeout={_MAX_INPUT}",
                "-rss_limit_mb=4096",
                "-print_final_stats=1",
                str(self.found),
                str(self.corpus),
                patience=left + _PATIENCE,
            )
            seen.executions += ended.state.executions
            seen.slowest = max(seen.slowest, ended.state.slowest)
            seen.largest = max(seen.largest, ended.state.largest)
            coverage = max([coverage, *map(int, re.findall(r" cov: (\d+) ", ended.errors))])
            if ended.status == 0:
                break
            failure = self._failure(ended)
            seed += 1
        taken = time.monotonic() - started
        return Result(
            self.target, seen.executions, coverage, taken, seen.slowest, seen.largest, failure
        )

    def repeat(self, file: Path) -> Ended:
        """Check one input, without coverage."""
        return self._start("--repeat", str(file.resolve()), patience=_PATIENCE)

    def merge(self, directory: Path) -> Ended:
        """Write inputs to the directory that cover as much as the corpus and all found inputs."""
        arguments = ("-merge=1", f"-max_len={self.max_size}")
        directories = map(str, (directory, self.corpus, self.found))
        return self._start(*arguments, *directories, patience=3600)

    def _failure(self, ended: Ended) -> str:
        """Empty if the input is too slow only when coverage is measured."""
        data = ended.state.data
        file = self.crashes / f"{self.target}-{hashlib.sha256(data).hexdigest()[:12]}"
        file.write_bytes(data)
        again = self.repeat(file)
        if again.status == 0 and ended.status == state.SLOW_OR_LARGE:
            file.unlink()
            return ""
        told = ended if again.status == 0 else again
        lines = told.errors.strip().splitlines()
        text = "\n".join(f"    {line[:500]}" for line in lines[-25:])
        shown = repr(data[:400]) + (" …" if len(data) > 400 else "")
        once = " (not when repeated alone)" if again.status == 0 else ""
        return (
            f"  {self.target} broke: {told.how}{once}\n{text}\n"
            f"  input ({len(data)} bytes): {shown}\n"
            f"  To repeat it: bench/fuzz --target {self.target} --repeat {file}"
        )

    def _start(self, *arguments: str, patience: float) -> Ended:
        # libFuzzer writes files to its working directory. They are not needed: the state
        # has the input.
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory, "state")
            file.write_bytes(bytes(state.SIZE))
            command = [sys.executable, "-m", "fuzzing.child", self.module, str(file)]
            again = Path(directory, "again")
            again.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
            again.chmod(0o755)
            process = subprocess.Popen(
                [*command, *arguments],
                cwd=directory,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
            try:
                _, errors = process.communicate(timeout=patience)
            except subprocess.TimeoutExpired:
                process.kill()
                _, errors = process.communicate()
            return Ended(process.returncode, errors, State.read(file.read_bytes()))


@dataclass(frozen=True)
class Ended:
    """How a process ended, and how far it got."""

    status: int
    errors: str
    state: State

    @property
    def how(self) -> str:
        if self.status < 0:
            return f"the interpreter was ended by {signal.Signals(-self.status).name}"
        return {
            state.FAILED: "a promise, or an error that nobody expected",
            state.SLOW_OR_LARGE: "it took too much",
        }.get(self.status, f"the interpreter crashed or hung (exit code {self.status})")
