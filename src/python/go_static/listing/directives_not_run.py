"""`//go:generate` directives in a program that no `go_codegen` runs."""

from __future__ import annotations

import logging
import posixpath
from collections.abc import Iterable, Mapping

from go_static.codegen.inputs import package_directories

logger = logging.getLogger(__name__)

# So many files are named.
_SHOWN = 3

# Said by this process, which may be pantsd: once is enough, however often files change.
_SAID: set[str] = set()


def say_once(message: str) -> None:
    if message and message not in _SAID:
        _SAID.add(message)
        logger.info(message)


def directives_not_run(
    packages: Mapping[str, tuple[str, ...]],
    with_directives: frozenset[str],
    generated: Iterable[str],
) -> str:
    """The message about files with directives that no target runs; empty if there are none.

    :param packages: the Go files of each package of the program.
    :param generated: the packages of all `go_codegen` targets, as paths in the repository.
    """
    own = {file for files in packages.values() for file in files}
    files = sorted(with_directives & own)
    run = set(package_directories(generated, files))
    left = [file for file in files if posixpath.dirname(file) not in run]
    if not left:
        return ""
    more = f" and {len(left) - _SHOWN} more files" if len(left) > _SHOWN else ""
    return (
        f"No target runs the `//go:generate` directives in {', '.join(left[:_SHOWN])}{more}, so "
        "the generated files in the repository are used as they are. To generate them for each "
        'build, add `go_codegen(name="generate", packages=["."])` to the BUILD file there, and '
        "name it in the `codegen` of the binary."
    )
