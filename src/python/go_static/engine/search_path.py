"""Where programs of the machine are looked for."""

from __future__ import annotations

import os
from collections.abc import Iterable


def search_directories(entries: Iterable[str]) -> tuple[str, ...]:
    """The directories to look in, in order and once each. An empty or relative entry of a PATH
    means the current directory, which in a sandbox is not the one that the user meant."""
    absolute = (os.path.normpath(entry) for entry in entries if os.path.isabs(entry))
    return tuple(dict.fromkeys(absolute))
