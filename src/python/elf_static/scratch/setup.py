"""What to run in isolation, and how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from elf_static.elf.bounded_file import Source
from elf_static.scratch.accounts import Account


class Way(Enum):
    """How the program is kept apart. The first two are the same to it."""

    USER_NAMESPACE = "namespaces of a user namespace"
    NAMESPACES = "namespaces of root"
    CHROOT = "chroot"


@dataclass(frozen=True)
class Program:
    """What to run: the file that is open as `source`, under `name`."""

    source: Source
    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Setup:
    """`account` is the one to become, None to stay who one is. In `directory` the root of the
    program is made."""

    program: Program
    way: Way
    account: Account | None
    directory: str
