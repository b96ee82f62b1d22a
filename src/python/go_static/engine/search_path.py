"""Where to search for the machine's programs."""

from __future__ import annotations

import os
from collections.abc import Iterable


def search_directories(entries: Iterable[str]) -> tuple[str, ...]:
    """The directories to search, in order, without duplicates. Empty and relative entries of a PATH
    refer to the current directory, which in a sandbox is not what the user meant."""
    absolute = (os.path.normpath(entry) for entry in entries if os.path.isabs(entry))
    return tuple(dict.fromkeys(absolute))
