"""The targets, one module each. Each has `check(data)`, which raises if a promise is broken, and
`WORDS`, which are inserted into inputs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """`max_size` is the size limit of an input, in bytes; `share` is the target's part of a long
    run."""

    max_size: int
    share: int


TARGETS = {
    "elf": Target(1 << 16, 4),
    "pages": Target(1 << 16, 1),
    "archives": Target(1 << 16, 2),
    "build_info": Target(1 << 19, 1),
    "policies": Target(1 << 14, 1),
    "mod_files": Target(1 << 14, 1),
    "go_files": Target(1 << 16, 1),
    "go_output": Target(1 << 14, 1),
}
