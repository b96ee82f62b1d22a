"""The command `elf-static`: arguments, and the exit code.

0: every file passes. 1: a file is not static or violates the policy. 2: a file cannot be judged, or
wrong usage. With several files, the worst result decides. For `compare`, see cli/compare.py.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

from elf_static import __version__
from elf_static.cli.compare import add_compare
from elf_static.cli.exit_codes import FAILED, NOT_JUDGED, PASSED, UsageError
from elf_static.elf.bounded_file import Source, UnreadableError
from elf_static.elf.facts import Facts
from elf_static.elf.machines import GO_ARCHITECTURES, GO_SYSTEMS
from elf_static.elf.printable import printable
from elf_static.elf.reader import STANDARD_INPUT, open_path, read_facts, read_source
from elf_static.judge.judgement import Verdict, judge
from elf_static.judge.observation import Observation
from elf_static.judge.policies import BUILT_IN
from elf_static.judge.policy import Policy, PolicyError, load_policy
from elf_static.report.formats import FORMATS
from elf_static.report.model import Report, shown
from elf_static.report.text import render_text


def main(arguments: Sequence[str]) -> int:
    """Run the command, and return its exit code."""
    # Print the verdict whatever the file's name and the terminal's encoding.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    options = _parser().parse_args(arguments)
    try:
        code = options.run(options)
        sys.stdout.flush()
        return int(code)
    except (PolicyError, UsageError) as e:
        sys.stderr.write(f"elf-static: error: {printable(str(e))}\n")
        return NOT_JUDGED
    except BrokenPipeError:
        # The reader closed the pipe; without this, Python complains when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_JUDGED


def _check(options: argparse.Namespace) -> int:
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
    return Report(path, facts, judge(facts, policy, further))


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


def _inspect(options: argparse.Namespace) -> int:
    if options.format == "html":
        return _inspect_as_page(options)
    if options.policy:
        raise UsageError("--policy is for --format html, which shows what the policy says.")
    every = [(shown(path), read_facts(path)) for path in options.files]
    if options.format == "json":
        from elf_static.inspect.as_json import render_inspections

        sys.stdout.write(render_inspections(every))
    else:
        from elf_static.inspect.text import render_inspection

        for path, facts in every:
            sys.stdout.write(render_inspection(path, facts))
    return NOT_JUDGED if any(facts.damage for _, facts in every) else PASSED


def _inspect_as_page(options: argparse.Namespace) -> int:
    from elf_static.inspect.html_page import inspect_file, render_page

    policy = load_policy(options.policy or "default")
    every = [inspect_file(path, shown(path), policy) for path in options.files]
    sys.stdout.write(render_page(every))
    return NOT_JUDGED if any(each.facts.damage for each in every) else PASSED


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # The message quotes arguments, which may be file names from a glob.
        super().error(printable(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="elf-static",
        description="Check whether programs are statically linked and, if not, show why.",
        epilog="Exit codes: 0 every file passes; 1 a file is not static or violates the policy; "
        "2 a file cannot be judged (not ELF, damaged, missing), or wrong usage.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"elf-static {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    check = commands.add_parser(
        "check",
        help="judge files against a policy",
        description="Judge files against a policy. Prints one line for each file that passes.",
        allow_abbrev=False,
    )
    check.set_defaults(run=_check)
    _add_files(check)
    check.add_argument(
        "--policy",
        default="default",
        metavar="POLICY",
        help=f"a TOML file, or one of the built-in policies: {', '.join(BUILT_IN)} "
        "(default: default)",
    )
    check.add_argument(
        "--goos", choices=sorted(GO_SYSTEMS), metavar="GOOS", help="the system the files are for"
    )
    check.add_argument(
        "--goarch",
        choices=sorted(GO_ARCHITECTURES),
        metavar="GOARCH",
        help="the machine the files are for (default: any)",
    )
    check.add_argument(
        "--format", choices=tuple(FORMATS), default="text", help="of the report (default: text)"
    )
    check.add_argument(
        "--report",
        action="append",
        default=[],
        type=_report_argument,
        metavar="FORMAT=FILE",
        help="also write a report to a file; repeatable",
    )
    check.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="color the text report (default: auto, only on a terminal)",
    )
    scratch = check.add_argument_group("starting the program")
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

    inspect = commands.add_parser(
        "inspect",
        help="show all facts of files",
        description="Show all facts of files. The HTML page also shows how much code each module "
        "has, and the findings under a policy, which do not affect the exit code.",
        allow_abbrev=False,
    )
    inspect.set_defaults(run=_inspect)
    _add_files(inspect)
    inspect.add_argument(
        "--format", choices=("text", "json", "html"), default="text", help="(default: text)"
    )
    inspect.add_argument(
        "--policy", metavar="POLICY", help="of the page: as for check (default: default)"
    )
    add_compare(commands)
    return parser


def _add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="ELF files; - is standard input")


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
