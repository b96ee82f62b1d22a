"""A developer's edits in a tree."""

from __future__ import annotations

import re
from pathlib import Path

from speed_bench.generate import source_of


def change_comment(file: Path, number: int) -> None:
    """Change the first comment, without moving a line.

    :raises ValueError: no line of the file is only a comment.
    """
    text, found = re.subn(
        r"^(//.*?)(?: \[\d+\])?$", rf"\1 [{number}]", file.read_text(), count=1, flags=re.MULTILINE
    )
    if not found:
        raise ValueError(f"{file} has no comment")
    file.write_text(text)


def change_code(file: Path, number: int) -> None:
    """Add code that the program runs."""
    with file.open("a") as stream:
        stream.write(
            f'\nvar edit{number} = []string{{"edit {number}"}}\n'
            f"\nfunc init() {{\n\tif len(edit{number}) > 1 {{\n"
            f"\t\tprintln(edit{number}[1])\n\t}}\n}}\n"
        )


def change_api(module: Path, package: str, user: str, number: int) -> None:
    """Add an exported function to a package, and use it in another package or a command."""
    name = package.rpartition("/")[2]
    with (module / source_of(package)).open("a") as stream:
        stream.write(
            f"\n// Added{number} is new.\n"
            f'func Added{number}() string {{\n\treturn Name() + " {number}"\n}}\n'
        )
    with (module / source_of(user)).open("a") as stream:
        stream.write(f"\nvar added{number} = {name}.Added{number}()\n")


def require(module: Path, main: str, required: str, version: str, sums: str) -> None:
    """Require one more module, with its go.sum lines, and import it from a file of a command."""
    with (module / "go.mod").open("a") as stream:
        stream.write(f"\nrequire {required} {version}\n")
    with (module / "go.sum").open("a") as stream:
        stream.write(sums)
    name = required.rpartition("/")[2]
    (module / main / f"{name}.go").write_text(f'package main\n\nimport _ "{required}"\n')
