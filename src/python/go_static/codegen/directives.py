"""The `//go:generate` directives of Go files, and the Go code that they run.

The syntax is that of `go help generate`.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from go_static.engine import repo_paths
from go_static.go.messages import GoMessage

_PREFIX = "//go:generate"


@dataclass(frozen=True)
class Directive:
    """`file` is a path in the repository, `command` the text after `//go:generate`."""

    file: str
    line: int
    command: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {_PREFIX} {self.command}"


def parse_directives(file: str, text: str) -> Iterator[Directive]:
    """The directives of a Go file: lines that start with the prefix and a space or a tab."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith((f"{_PREFIX} ", f"{_PREFIX}\t")):
            yield Directive(file, number, line[len(_PREFIX) :].strip())


# Flags of `go run` whose value is the next word.
_FLAGS_WITH_VALUES = frozenset(
    f"-{flag}"
    for flag in [
        "C",
        "asmflags",
        "buildmode",
        "compiler",
        "exec",
        "gccgoflags",
        "gcflags",
        "installsuffix",
        "ldflags",
        "mod",
        "modfile",
        "o",
        "overlay",
        "p",
        "pgo",
        "pkgdir",
        "tags",
        "toolexec",
    ]
)


def local_packages(
    directives: Iterable[Directive], module_path: str, module_directory: str
) -> tuple[str, ...]:
    """The directories of the Go code that the directives run, as `go run ./gen` or with an import
    path of their module."""
    found = set()
    for directive in directives:
        package = package_run(directive)
        if not package:
            continue
        if package.startswith(".") or package.endswith(".go"):
            path = posixpath.dirname(package) if package.endswith(".go") else package
            base = posixpath.dirname(directive.file)
            directory = repo_paths.join(base, path)
        elif package == module_path or package.startswith(f"{module_path}/"):
            relative = package[len(module_path) :].lstrip("/")
            directory = repo_paths.join(module_directory, relative)
        else:
            continue
        found.add(directory)
    return tuple(sorted(directory for directory in found if not repo_paths.is_outside(directory)))


def package_run(directive: Directive) -> str:
    """The package or file that a directive gives to `go run`; empty for other directives."""
    try:
        words = shlex.split(directive.command)
    except ValueError:
        # `go generate` itself reports the error.
        return ""
    if words[:2] != ["go", "run"]:
        return ""
    rest = iter(words[2:])
    for word in rest:
        if not word.startswith("-"):
            return word
        if word.replace("--", "-") in _FLAGS_WITH_VALUES:
            next(rest, "")
    return ""


def failed_directive(
    output: str, directory: str, directives: Iterable[Directive]
) -> Directive | None:
    """The directive that failed, according to `go generate`, which ran in `directory`."""
    by_place = {(d.file, d.line): d for d in directives}
    for match in GoMessage.FAILED_DIRECTIVE.pattern.finditer(output):
        file = posixpath.normpath(posixpath.join(directory, match["file"]))
        directive = by_place.get((file, int(match["line"])))
        if directive is not None:
            return directive
    return None
