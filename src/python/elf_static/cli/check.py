"""The command `elf-static check`."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from elf_static.cli.exit_codes import FAILED, NOT_JUDGED, PASSED, UsageError
from elf_static.cli.parser import DEFAULT_POLICY, add_files
from elf_static.elf.bounded_file import Source, UnreadableError
from elf_static.elf.facts import Facts
from elf_static.elf.machines import GO_ARCHITECTURES, GO_SYSTEMS
from elf_static.elf.reader import STANDARD_INPUT, open_path, read_source
from elf_static.judge.judgement import Verdict, judge
from elf_static.judge.observation import Observation
from elf_static.judge.policies import BUILT_IN
from elf_static.judge.policy import Policy, load_policy
from elf_static.report.formats import FORMATS
from elf_static.report.model import Report
from elf_static.report.text import render_text


def add_check(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "check",
        help="judge files against a policy",
        description="Judge files against a policy. Prints one line for each file that passes.",
    )
    parser.set_defaults(run=_check)
    add_files(parser)
    parser.add_argument(
        "--name", metavar="NAME", help="the name of the file in reports (default: its path)"
    )
    parser.add_argument(
        "--policy",
        default=DEFAULT_POLICY,
        metavar="POLICY",
        help=f"a TOML file, or one of the built-in policies: {', '.join(BUILT_IN)} "
        f"(default: {DEFAULT_POLICY})",
    )
    parser.add_argument(
        "--goos", choices=sorted(GO_SYSTEMS), metavar="GOOS", help="the system the files are for"
    )
    parser.add_argument(
        "--goarch",
        choices=sorted(GO_ARCHITECTURES),
        metavar="GOARCH",
        help="the machine the files are for (default: any)",
    )
    parser.add_argument(
        "--format", choices=tuple(FORMATS), default="text", help="of the report (default: text)"
    )
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        type=_report_argument,
        metavar="FORMAT=FILE",
        help="also write a report to a file; repeatable",
    )
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="color the text report (default: auto, only on a terminal)",
    )
    scratch = parser.add_argument_group("starting the program")
    scratch.add_argument(
        "--run-in-scratch",
        type=_shell_words,
        metavar="ARGS",
        help="start each program in an empty root file system with these arguments, split as a "
        "shell does (may be empty), and expect exit code 0; --run-in-scratch=--version",
    )
    scratch.add_argument(
        "--run-in-scratch-optional",
        action="store_true",
        help="only warn if this machine cannot isolate the program; if root, run it in a plain "
        "chroot",
    )
    scratch.add_argument(
        "--run-in-scratch-timeout",
        type=_seconds,
        default=60.0,
        metavar="SECONDS",
        help="how long a program may run (default: 60)",
    )


def _check(options: argparse.Namespace) -> int:
    if options.name is not None and len(options.files) > 1:
        raise UsageError(
            f"--name names one file in the reports, and {len(options.files)} were given. Check "
            "each on its own, or leave --name out."
        )
    policy = _policy(options)
    reports = [_report(path, policy, options) for path in options.files]
    _write_reports(options, reports, policy.name)
    return max(_exit_code(report) for report in reports)


def _policy(options: argparse.Namespace) -> Policy:
    policy = load_policy(options.policy)
    if options.goos:
        policy = replace(policy, goos=options.goos)
    if options.goarch:
        policy = replace(policy, goarch=options.goarch)
    return policy


def _report(path: str, policy: Policy, options: argparse.Namespace) -> Report:
    further: tuple[Observation, ...] = ()
    try:
        with open_path(path) as source:
            facts = read_source(source)
            if options.run_in_scratch is not None and facts.header and not facts.damage:
                further = _run_in_scratch(path, source, facts, options)
    except UnreadableError as e:
        facts = Facts(size=0, damage=(str(e),))
    return Report(
        path if options.name is None else options.name, facts, judge(facts, policy, further)
    )


def _run_in_scratch(
    path: str, source: Source, facts: Facts, options: argparse.Namespace
) -> tuple[Observation, ...]:
    from elf_static.scratch.run import ScratchRun, run_in_scratch

    if path == STANDARD_INPUT:
        raise UsageError("--run-in-scratch starts files, and not standard input.")
    run = ScratchRun(
        path=path,
        arguments=options.run_in_scratch,
        optional=options.run_in_scratch_optional,
        timeout=options.run_in_scratch_timeout,
    )
    return run_in_scratch(run, source, facts)


def _exit_code(report: Report) -> int:
    if report.judgement.passed:
        return PASSED
    return NOT_JUDGED if report.judgement.verdict is Verdict.UNDETERMINED else FAILED


def _write_reports(options: argparse.Namespace, reports: Sequence[Report], policy: str) -> None:
    if options.format == "text":
        sys.stdout.write(render_text(reports, policy, color=_in_color(options.color)))
    else:
        sys.stdout.write(FORMATS[options.format](reports, policy))
    for kind, path in options.report:
        try:
            with open(
                path, "w", encoding="utf-8", errors="backslashreplace", opener=_open_to_write
            ) as file:
                file.write(FORMATS[kind](reports, policy))
        except OSError as e:
            reason = "nothing reads from it" if e.errno == errno.ENXIO else e.strerror
            raise UsageError(f"The report {path} cannot be written: {reason}.") from None


def _open_to_write(path: str, flags: int) -> int:
    """Without waiting for a reader of a named pipe."""
    descriptor = os.open(path, flags | os.O_NONBLOCK, 0o666)
    os.set_blocking(descriptor, True)
    return descriptor


def _in_color(choice: str) -> bool:
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def _report_argument(value: str) -> tuple[str, str]:
    kind, separator, path = value.partition("=")
    if not separator or not path or kind not in FORMATS:
        raise argparse.ArgumentTypeError(
            f"{value!r} is not FORMAT=FILE with a format of {', '.join(FORMATS)}"
        )
    return kind, path


def _shell_words(value: str) -> tuple[str, ...]:
    import shlex

    try:
        return tuple(shlex.split(value))
    except ValueError as e:
        raise argparse.ArgumentTypeError(f"{value!r} cannot be split into arguments: {e}") from None


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86400:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of seconds")
    return seconds
