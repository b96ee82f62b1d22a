"""What is fuzzed, a module each. Each has `check(data)`, which raises on whatever breaks a promise,
and `WORDS`, which are put into inputs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """`max_size` is of an input, in bytes; `share` is the part of a long run that it gets."""

    max_size: int
    share: int


TARGETS = {
    "elf": Target(1 << 16, 4),
    "pages": Target(1 << 16, 1),
    "build_info": Target(1 << 19, 1),
    "policies": Target(1 << 14, 1),
    "mod_files": Target(1 << 14, 1),
    "go_files": Target(1 << 16, 1),
    "go_output": Target(1 << 14, 1),
}
