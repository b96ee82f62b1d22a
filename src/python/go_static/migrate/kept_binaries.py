"""The `go_binary` targets that stay with Pants's own Go backend. Its targets for their modules must
stay with them."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from go_static.engine import repo_paths
from go_static.migrate.build_file import BINARY, MODULE, migrate_build_file
from go_static.migrate.build_file_syntax import UnreadableBuildFileError, calls, parse_build_file


@dataclass(frozen=True)
class KeptBinary:
    """`directories` are those in which its main package may be."""

    place: str
    directories: tuple[str, ...]


def kept_binaries(path: str, text: str, is_migrated: bool) -> tuple[KeptBinary, ...]:
    """Those in the BUILD file `path`. If it is migrated, only those without a counterpart."""
    if BINARY not in text:
        return ()
    directory = posixpath.dirname(path)
    try:
        tree = parse_build_file(text)
    except UnreadableBuildFileError as e:
        return (KeptBinary(f"{path}:{e.line}", (directory,)),)
    kept = migrate_build_file(path, text, replace_modules=False).kept if is_migrated else None
    return tuple(
        KeptBinary(f"{path}:{call.lineno}", (directory, *_main_directories(call, directory)))
        for call in calls(tree, BINARY)
        if kept is None or call.lineno in kept
    )


def directories_of_modules(build_files: Mapping[str, str]) -> frozenset[str]:
    """The directories with a `go_mod`. The keys of `build_files` are paths."""
    return frozenset(
        posixpath.dirname(path) for path, text in build_files.items() if _has_module(text)
    )


def who_needs(
    directory: str, modules: frozenset[str], kept: Iterable[KeptBinary]
) -> KeptBinary | None:
    """The first of the kept binaries that is in the same module as `directory`."""
    module = repo_paths.nearest(directory, modules)
    for binary in kept:
        if any(repo_paths.nearest(d, modules) == module for d in binary.directories):
            return binary
    return None


def _has_module(text: str) -> bool:
    if MODULE not in text:
        return False
    try:
        return any(calls(parse_build_file(text), MODULE))
    except UnreadableBuildFileError:
        return True


def _main_directories(call: ast.Call, directory: str) -> Iterator[str]:
    """The directories of all addresses in the field `main`, which need not be a literal."""
    for keyword in call.keywords:
        if keyword.arg != "main":
            continue
        for node in ast.walk(keyword.value):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                address = node.value.partition("#")[0].partition("@")[0]
                path = address.rpartition(":")[0] if ":" in address else address
                yield directory if address.startswith(":") else path.lstrip("/")
