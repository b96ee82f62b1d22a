"""What is asked for, and what its asker knows that is not in the binary: a JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Question:
    """`binary` is the file, `name` what it is called where it goes to.

    `requires` is that of the record. `directories` has the modules whose files are at hand in a
    directory, by module path; the zips of the others are below `downloads`, which is laid out as a
    module proxy's URLs are.
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
