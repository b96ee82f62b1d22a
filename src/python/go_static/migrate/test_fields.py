"""The test fields of the removed `go_package` targets, as `overrides` of their `go_module`."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from go_static.engine import repo_paths
from go_static.migrate.build_file_syntax import UnreadableBuildFileError, calls, parse_build_file
from go_static.migrate.text_edits import BuildFileText

SAME_IN_MODULE = ("skip_tests", "test_timeout", "test_extra_env_vars")
_MODULE = "go_module"


@dataclass(frozen=True)
class PackageTests:
    """The fields of the `go_package` on a line of a BUILD file, as it has them."""

    path: str
    line: int
    fields: tuple[tuple[str, str], ...]

    def override(self, module: str) -> str:
        """The item of `overrides` in a module's directory."""
        directory = repo_paths.relative_to(posixpath.dirname(self.path), module)
        fields = ", ".join(f'"{name}": {text}' for name, text in self.fields)
        return f'"{directory}": {{{fields}}},'


def modules_by_directory(texts: Mapping[str, str]) -> dict[str, str]:
    """The BUILD files with a `go_module`, by their directories."""
    return {posixpath.dirname(path): path for path, text in texts.items() if _module(text)}


def by_module(
    tests: Iterable[PackageTests], modules: Mapping[str, str]
) -> dict[str | None, list[PackageTests]]:
    """The fields, by the directory of the module; None if there is none."""
    found: dict[str | None, list[PackageTests]] = {}
    for package in tests:
        module = repo_paths.nearest(posixpath.dirname(package.path), frozenset(modules))
        found.setdefault(module, []).append(package)
    return found


def with_overrides(text: str, overrides: Iterable[str]) -> str | None:
    """The text of a BUILD file in which the `go_module` has these; None if it has others."""
    module = _module(text)
    if module is None or any(keyword.arg in (None, "overrides") for keyword in module.keywords):
        return None
    lines = [f"        {override}" for override in overrides]
    value = "\n".join(["overrides={", *lines, "    }"])
    file = BuildFileText(text)
    return file.apply(file.last_argument(module, value))


def module_line(text: str) -> int:
    """The line of the `go_module` in a BUILD file, or of the `go_mod` that becomes it."""
    tree = parse_build_file(text)
    return next(call.lineno for name in (_MODULE, "go_mod") for call in calls(tree, name))


def _module(text: str) -> ast.Call | None:
    if _MODULE not in text:
        return None
    try:
        return next(calls(parse_build_file(text), _MODULE), None)
    except UnreadableBuildFileError:
        return None
