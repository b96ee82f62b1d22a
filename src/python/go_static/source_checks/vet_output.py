"""The output of `go vet`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from go_static.go import sandbox


def without_other_sandboxes(said: str, files: Iterable[str]) -> str:
    """The output with paths in the repository. Since Go 1.26, the build cache holds what vet found,
    with the paths of the sandbox in which it ran first.

    :param files: what `go vet` has read, as paths in the repository.
    """
    for file in files:
        if f"/{sandbox.TREE}/{file}:" in said:
            before = rf"^(\s*(?:vet: )?)\S.*?/{sandbox.TREE}/(?={re.escape(file)}:\d)"
            said = re.sub(before, r"\1", said, flags=re.MULTILINE)
    return said


def messages_of(said: str) -> tuple[str, ...]:
    """The messages in an output. The rest of a message is indented; the name of a package, which
    Go prints before its messages, is part of the first."""
    messages: list[str] = []
    for line in said.splitlines():
        last = messages[-1] if messages else ""
        if line.startswith((" ", "\t")) or (last.startswith("# ") and "\n" not in last):
            messages[-1] = f"{last}\n{line}"
        elif line:
            messages.append(line)
    return tuple(messages)


def without_repetitions(runs: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """The messages of runs for different platforms or tags, without those of an earlier run."""
    seen: set[str] = set()
    result = []
    for messages in runs:
        result.append(tuple(message for message in messages if message not in seen))
        seen.update(result[-1])
    return tuple(result)
