"""The input: the binary, the format, and facts that the binary does not contain, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Question:
    """`binary` is the file, `name` its name in the document. `requires` is as in the record.

    `directories` has the directories of modules, by module path. The zips of other modules are in
    `downloads`, which has the layout of a module proxy.
    """

    binary: str
    name: str
    format: str
    requires: dict[str, tuple[str, ...]]
    directories: dict[str, str]
    downloads: str

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Question:
        fields = json.loads(text)
        requires = {module: tuple(others) for module, others in fields.pop("requires").items()}
        return cls(**fields, requires=requires)


def escaped(text: str) -> str:
    """A module path or version in the layout of a module proxy
    (https://go.dev/ref/mod#goproxy-protocol)."""
    return "".join(f"!{c.lower()}" if "A" <= c <= "Z" else c for c in text)
