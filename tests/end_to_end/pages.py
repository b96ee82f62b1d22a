"""The pages of docs/, for tests that follow their instructions.

A block whose first line is a comment with a path (`# hello/BUILD`) shows that file. A `console`
block is a session: commands, each with lines of its output in order.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass

from end_to_end.repository import PROJECT, Repository

# The output of a failing command contains one of these.
_FAILED = ("[ERROR]", "✕", "Needs your attention:")


@dataclass(frozen=True)
class Block:
    """A fenced block; `line` is the line on which its text starts."""

    page: str
    line: int
    language: str
    text: str

    @property
    def file(self) -> str:
        """The path of the file that the block shows, or an empty string."""
        found = re.match(r"(?:#|//) ([\w.-]+(?:/[\w.-]+)*)\n", self.text)
        return found[1] if found and self.language != "console" else ""

    @property
    def commands(self) -> list[tuple[str, str]]:
        """The commands of a session, each with the output shown."""
        parts = re.split(r"^\$ (.*)\n", self.text, flags=re.MULTILINE)
        assert not parts[0], f"{self.page}:{self.line}: a session starts with a command"
        return list(zip(parts[1::2], parts[2::2]))


def blocks_of(page: str, title: str = "") -> list[Block]:
    """The fenced blocks of a page, or of its section with this title. `page` is a path in the
    project."""
    text = (PROJECT / page).read_text()
    start, end = 0, len(text)
    if title:
        start = text.index(f"\n## {title}\n")
        end = text.find("\n## ", start + 1) % (len(text) + 1)
    return [
        Block(page, text.count("\n", 0, found.start(2)) + 1, found[1], found[2])
        for found in re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE).finditer(
            text, start, end
        )
    ]


def shell(
    repository: Repository, command: str, *, fails: bool = False, pants: str = "", **variables: str
) -> str:
    """The output of a command that a shell runs in a repository. `pants` are additional arguments
    for each `pants` that the command starts."""
    programs = repository.root.parent / "programs"
    programs.mkdir(exist_ok=True)
    program = programs / "pants"
    program.write_text(f'#!/bin/sh\nexec "{repository.toolbox.pants}" {pants} "$@"\n')
    program.chmod(0o755)
    environment = {**repository.environment, **variables}
    environment["PATH"] = f"{programs}:{environment['PATH']}"
    done = subprocess.run(
        ["sh", "-euc", command],
        cwd=repository.root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=900,
    )
    assert (done.returncode != 0) == fails, f"$ {command}\n{done.stdout}"
    return done.stdout


def follow(repository: Repository, blocks: Iterable[Block], **variables: str) -> None:
    """Write the files and run the sessions of a page in order, and compare the output."""
    for block in blocks:
        if block.file:
            repository.write({block.file: block.text})
        elif block.language == "console":
            for command, shown in block.commands:
                said = shell(
                    repository,
                    command,
                    fails=any(sign in shown for sign in _FAILED),
                    pants="--pantsd --no-dynamic-ui --no-colors",
                    **variables,
                )
                assert_said(shown, said, f"{block.page}:{block.line}: {command}")


def assert_said(shown: str, said: str, where: str) -> None:
    """Check that the output contains the shown lines in order."""
    lines = iter(_comparable(said))
    for line in _comparable(shown):
        assert line in lines, f"{where}\nnot said (there): {line}\n\n{said}"


def _comparable(text: str) -> list[str]:
    """The lines of an output without times, the release of Go, and anything specific to the
    machine."""
    lines = []
    for line in text.splitlines():
        line = re.sub(r"^\d\d:\d\d:\d\d\.\d\d ", "", line)
        line = re.sub(r" in \d+\.\d\ds", "", line)
        # Newer Pants prints the duration of each process, before what a goal says of it.
        line = re.sub(r" \((\d+m)?\d+(\.\d+)?m?s\)(?= - |$)", "", line)
        # And what a checker has checked, where there may be several results.
        line = re.sub(r"^([✓✕] go-static-vet) \([^)]*\) (?=failed|succeeded)", r"\1 ", line)
        line = re.sub(r"\bgo1\.\d+(\.\d+)?\b", "go1.N", line)
        line = re.sub(r"\b\d+(\.\d+)? MB\b", "N MB", line)
        lines.append(" ".join(line.split()))
    return [line for line in lines if line]
