"""The program to isolate, and how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from elf_static.elf.bounded_file import Source
from elf_static.scratch.accounts import Account


class Way(Enum):
    """How to isolate the program, which cannot tell the first two apart."""

    USER_NAMESPACE = "namespaces of a user namespace"
    NAMESPACES = "namespaces of root"
    CHROOT = "chroot"


@dataclass(frozen=True)
class Program:
    """The file that is open as `source`, to run as `name` for at most `timeout` seconds."""

    source: Source
    name: str
    arguments: tuple[str, ...]
    timeout: float


@dataclass(frozen=True)
class Setup:
    """`account` is the account to become; None keeps the current one. The program's root is created
    in `directory`."""

    program: Program
    way: Way
    account: Account | None
    directory: str
