"""Coverage-guided fuzzing of the checker, of policies, and of the backend's parsers.

Targets take turns, each in its own process. An input that breaks a promise is kept, and the command
to repeat it is printed. Promises: no undocumented exception, no crash of the interpreter, no false
verdict, no report that cannot be parsed, at most a second and 100 MB.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from fuzzing import corpora, mutants
from fuzzing.runner import KEPT, Fuzzer
from fuzzing.targets import TARGETS

# In seconds, so that a long run reaches all targets early, and again with other seeds.
_TURN = 600


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    targets = [options.target] if options.target else list(TARGETS)
    if options.repeat:
        ended = Fuzzer.of(options.target).repeat(options.repeat)
        print(ended.errors or "Nothing broke.", end="\n" if not ended.errors else "")
        return 1 if ended.status else 0
    if options.mutants:
        return mutants.judge(options.mutants, options.seed)
    if options.minimize:
        return corpora.minimize(targets)
    print(f"The seed is {options.seed}. What breaks is kept in {KEPT / 'crashes'}.", flush=True)
    return _fuzz(targets, options)


def _fuzz(targets: Sequence[str], options: argparse.Namespace) -> int:
    shares = sum(TARGETS[target].share for target in targets)
    seconds = int(options.hours * 3600)
    turns = max(1, round(seconds / (_TURN * len(targets))))
    failed = False
    for turn in range(turns):
        for target in targets:
            part = TARGETS[target].share / shares / turns
            executions = int(options.runs * part) if options.runs else -1
            result = Fuzzer.of(target).run(
                options.seed + turn, max(1, int(seconds * part)), executions
            )
            print(result, flush=True)
            failed = failed or bool(result.failure)
    return 1 if failed else 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/fuzz",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--hours", type=float, default=0.1, help="total for all targets (default: 0.1)"
    )
    parser.add_argument("--runs", type=int, help="total inputs for all targets, if time allows")
    parser.add_argument("--target", choices=tuple(TARGETS), help="fuzz only this target")
    parser.add_argument("--seed", type=int, default=seed_of_the_day(), help="default: today's date")
    parser.add_argument("--repeat", type=Path, metavar="FILE", help="check this input of --target")
    parser.add_argument(
        "--mutants",
        type=int,
        metavar="NUMBER",
        help="judge this many damaged forms of real programs, without coverage",
    )
    parser.add_argument(
        "--minimize",
        action="store_true",
        help="add the fewest found inputs with all new coverage to bench/fuzzing/corpus",
    )
    options = parser.parse_args(arguments)
    if options.repeat and not options.target:
        parser.error("--repeat needs --target")
    return options


def seed_of_the_day() -> int:
    return int(date.today().strftime("%Y%m%d"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
