"""The command `elf-static check`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from elf_static.cli.exit_codes import UsageError
from elf_static.cli.growth import add_growth, observe_growth_of
from elf_static.cli.output import FORMATS, Output
from elf_static.cli.parser import DEFAULT_POLICY, add_files
from elf_static.cli.search import Found, Search, is_pattern
from elf_static.elf.bounded_file import Source, UnreadableError
from elf_static.elf.facts import Facts
from elf_static.elf.machines import GO_ARCHITECTURES, GO_SYSTEMS
from elf_static.elf.reader import STANDARD_INPUT, open_path, read_source
from elf_static.judge.judgement import judge
from elf_static.judge.observation import Observation
from elf_static.judge.policies import BUILT_IN
from elf_static.judge.policy import Policy, load_policy
from elf_static.report.model import Report

if TYPE_CHECKING:
    from elf_static.archives.programs import Program


def add_check(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "check",
        help="judge files against a policy",
        description="Judge files against a policy. Prints one line for each file that passes. "
        "Archives (tar, zip, wheel, deb) and images (OCI layouts, docker save) are read without "
        "unpacking them, and each ELF file in them is judged.",
    )
    parser.set_defaults(run=_check)
    add_files(parser)
    parser.add_argument(
        "--recursive",
        action="store_true",
        help="judge every ELF file below a directory, or matching a quoted pattern such as "
        "'dist/**/agent'; each file once, without following links to directories",
    )
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
        "--quiet", action="store_true", help="leave files that pass out of the text report"
    )
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="color the text report (default: auto, only on a terminal)",
    )
    add_growth(parser)
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
            f"--name is for one file, but {len(options.files)} were given. Check each file on its "
            "own, or omit --name."
        )
    policy = _policy(options)
    output = Output(options, policy.name)
    for report in _reports(options, policy):
        output.add(report)
    output.end()
    return output.exit_code


def _policy(options: argparse.Namespace) -> Policy:
    policy = load_policy(options.policy)
    if options.goos:
        policy = replace(policy, goos=options.goos)
    if options.goarch:
        policy = replace(policy, goarch=options.goarch)
    return policy


def _reports(options: argparse.Namespace, policy: Policy) -> Iterator[Report]:
    search = Search()
    for path in options.files:
        name = path if options.name is None else options.name
        if path == STANDARD_INPUT or not (os.path.isdir(path) or is_pattern(path)):
            yield from _file(path, name, policy, options)
            continue
        from elf_static.archives.programs import is_layout, programs_in_layout

        if is_layout(path):
            _not_in_scratch(options)
            yield from _archive(name, programs_in_layout(path), policy, options)
        elif options.recursive:
            found = search.matching(path) if is_pattern(path) else search.below(path)
            yield from _found(path, name, found, policy, options)
        elif is_pattern(path):
            yield from _file(path, name, policy, options)
        else:
            yield _unread(
                name,
                "is a directory, not a regular file; --recursive checks each ELF file below it",
                policy,
            )


def _found(
    path: str, name: str, found: Iterable[Found], policy: Policy, options: argparse.Namespace
) -> Iterator[Report]:
    empty = True
    for each in found:
        empty = False
        below = name + each.path[len(path) :] if each.path.startswith(path) else each.path
        if each.problem:
            yield _unread(below, each.problem, policy)
        else:
            yield from _file(each.path, below, policy, options)
    if empty:
        yield _unread(name, "contains no ELF file", policy)


def _file(path: str, name: str, policy: Policy, options: argparse.Namespace) -> Iterator[Report]:
    """A file, or the programs in an archive."""
    further: tuple[Observation, ...] = ()
    try:
        with open_path(path) as source:
            if source.read_up_to(0, 4) != b"\x7fELF":
                from elf_static.archives.programs import is_archive, programs_in

                if is_archive(source):
                    _not_in_scratch(options)
                    yield from _archive(name, programs_in(source), policy, options)
                    return
            facts = read_source(source)
            further = observe_growth_of(name, source, facts, options)
            if options.run_in_scratch is not None and facts.header and not facts.damage:
                further += _run_in_scratch(path, source, facts, options)
    except UnreadableError as e:
        facts = Facts(size=0, damage=(str(e),))
    yield Report(name, facts, judge(facts, policy, further))


def _archive(
    name: str, programs: Iterator[Program], policy: Policy, options: argparse.Namespace
) -> Iterator[Report]:
    from elf_static.archives.limits import ArchiveError

    name = "standard input" if name == STANDARD_INPUT else name
    empty = True
    try:
        for program in programs:
            empty = False
            path = f"{name}{program.path}"
            if program.source is None:
                yield _unread(path, program.problem, policy)
                continue
            facts = read_source(program.source)
            further = observe_growth_of(path, program.source, facts, options)
            yield Report(path, facts, judge(facts, policy, further))
        if empty:
            yield _unread(name, "contains no ELF file", policy)
    except (ArchiveError, UnreadableError) as e:
        yield _unread(name, str(e), policy)


def _unread(name: str, problem: str, policy: Policy) -> Report:
    facts = Facts(size=0, damage=(problem,))
    return Report(name, facts, judge(facts, policy))


def _not_in_scratch(options: argparse.Namespace) -> None:
    if options.run_in_scratch is not None:
        raise UsageError(
            "--run-in-scratch cannot start programs in an archive or image. Unpack it first."
        )


def _run_in_scratch(
    path: str, source: Source, facts: Facts, options: argparse.Namespace
) -> tuple[Observation, ...]:
    from elf_static.scratch.run import ScratchRun, run_in_scratch

    if path == STANDARD_INPUT:
        raise UsageError("--run-in-scratch cannot start standard input. Name a file.")
    run = ScratchRun(
        path=path,
        arguments=options.run_in_scratch,
        optional=options.run_in_scratch_optional,
        timeout=options.run_in_scratch_timeout,
    )
    return run_in_scratch(run, source, facts)


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
