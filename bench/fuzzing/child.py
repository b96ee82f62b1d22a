"""The process under fuzzing. It may crash, so another process watches it: see `runner.py`.

`python -m fuzzing.child MODULE STATE ARGUMENT…` passes the arguments to libFuzzer; `python -m
fuzzing.child MODULE STATE --repeat FILE` only checks one input.
"""

from __future__ import annotations

import faulthandler
import importlib
import mmap
import os
import random
import sys
import time
import traceback
from pathlib import Path
from typing import Callable

from elf_static_testing.cost import peak_kilobytes
from fuzzing.state import FAILED, MAX_KILOBYTES, MAX_SECONDS, SLOW_OR_LARGE, State

# Packages whose coverage guides the fuzzer.
_INSTRUMENTED = ["elf_static", "go_static", "toml"]


class Checked:
    """A target's `check` with limits. Each input is first written to the state, which outlives this
    process."""

    def __init__(self, check: Callable[[bytes], None], state: mmap.mmap) -> None:
        self.check, self.state, self.seen = check, state, State()
        try:
            self.reset = os.open("/proc/self/clear_refs", os.O_WRONLY)
        except OSError:
            self.reset = -1

    def __call__(self, data: bytes) -> None:
        seen = self.seen
        seen.write(self.state, data)
        # proc(5): resets the peak of memory, so that it is this input's.
        if self.reset >= 0:
            os.write(self.reset, b"5")
        peak = peak_kilobytes()
        started = time.process_time()
        try:
            self.check(data)
        except BaseException:
            traceback.print_exc()
            _end(FAILED)
        seconds = time.process_time() - started
        kilobytes = peak_kilobytes() - peak
        if seconds > MAX_SECONDS or kilobytes > MAX_KILOBYTES:
            print(f"It took {seconds:.2f} s and {kilobytes:,} kB.", file=sys.stderr)
            _end(SLOW_OR_LARGE)
        seen.executions += 1
        seen.slowest = max(seen.slowest, seconds)
        seen.largest = max(seen.largest, kilobytes)


def _end(status: int) -> None:
    """Exit immediately: libFuzzer would report a normal exit as a crash."""
    sys.stderr.flush()
    os._exit(status)


def main(module: str, state_path: str, *arguments: str) -> None:
    with open(state_path, "r+b") as file:
        state = mmap.mmap(file.fileno(), 0)
    if arguments[0] == "--repeat":
        faulthandler.enable()
        check = importlib.import_module(module).check
        # The first input loads modules.
        check(b"")
        Checked(check, state)(Path(arguments[1]).read_bytes())
        return
    try:
        import atheris
    except ModuleNotFoundError:
        target = importlib.import_module(module)
        _without_coverage(Checked(target.check, state), target.WORDS, arguments)
        return
    with atheris.instrument_imports(include=_INSTRUMENTED):
        target = importlib.import_module(module)
        from fuzzing.mutator import mutated

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        if seed % 4:
            return bytes(atheris.Mutate(data, max_size))
        return mutated(data, max_size, random.Random(seed), target.WORDS)

    # libFuzzer restarts itself to merge.
    again = str(Path(state_path).with_name("again"))
    atheris.Setup([again, *arguments], Checked(target.check, state), custom_mutator=mutate)
    atheris.Fuzz()


def _without_coverage(
    check: Callable[[bytes], None], words: tuple[bytes, ...], arguments: tuple[str, ...]
) -> None:
    """Atheris has wheels only for Linux on x86-64. Elsewhere inputs are mutated blindly."""
    import time

    from fuzzing.mutator import mutated

    options = dict(a[1:].split("=", 1) for a in arguments if a.startswith("-"))
    directories = [Path(a) for a in arguments if not a.startswith("-")]
    corpus = [file.read_bytes() for directory in directories for file in directory.iterdir()]
    generator = random.Random(options["seed"])
    end = time.monotonic() + float(options["max_total_time"])
    left = int(options.get("runs", -1))
    while left and time.monotonic() < end:
        data = generator.choice(corpus or [b""])
        check(mutated(data, int(options["max_len"]), generator, words))
        left -= 1
    print(f"stat::no_coverage: {len(corpus)} files were changed blindly", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
