"""The output of `go vet`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from go_static.go import sandbox
from go_static.go.messages import GoMessage
from go_static.listing.cgo_errors import ADVICE, undefined_without_cgo
from go_static.listing.cgo_warnings import CgoUse

# What the builder says while another process compiles the same (_go/waits.go).
_WAITS = re.compile(
    r"^(?:Waiting|Not waiting(?: any longer)?) for .*, which compiles the same packages.*\n?",
    re.MULTILINE,
)


def without_waits(said: str) -> str:
    return _WAITS.sub("", said)


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


def has_undefined(said: str) -> bool:
    """Whether a package does not compile because a name is undefined."""
    return GoMessage.UNDEFINED.is_in(_as_the_compiler(said))


def cgo_reasons(said: str, graph: Mapping[str, tuple[str, ...]], use: CgoUse) -> tuple[str, ...]:
    """What may be undefined because cgo is off. `graph` and `use` are as for
    `undefined_without_cgo`."""
    reasons: dict[str, None] = {}
    for section in re.split(r"^(?=# )", _as_the_compiler(said), flags=re.MULTILINE):
        package = section.partition("\n")[0][len("# ") :]
        reason = undefined_without_cgo(section, package, graph, use)
        if reason:
            reasons[f"{reason}\n\n{ADVICE}"] = None
    return tuple(reasons)


def _as_the_compiler(said: str) -> str:
    """The output of `go vet`, in the form of `go build`. It starts a section with `# a [a.test]`
    and `# [a]`, and a message with `vet: `."""
    said = re.sub(r"^(# \S+) \[.*\]$", r"\1", said, flags=re.MULTILINE)
    said = re.sub(r"^# \[.*\]\n", "", said, flags=re.MULTILINE)
    return re.sub(r"^vet: ", "", said, flags=re.MULTILINE)


def messages_of(said: str) -> tuple[str, ...]:
    """The messages in an output. The rest of a message is indented; the name of a package, which
    Go prints before its messages, is part of the first."""
    messages: list[str] = []
    for line in said.splitlines():
        last = messages[-1] if messages else ""
        if line.startswith((" ", "\t")) or last.rpartition("\n")[2].startswith("# "):
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
