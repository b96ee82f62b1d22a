"""Starts `elf-static` from the zip archive that contains this file.

Python reads modules from an archive but keeps no bytecode of them. `bytecode_cache` does.
"""

# Only syntax that every Python has, so that an old one says what is wrong.
import sys

if sys.version_info < (3, 9):  # noqa: UP036
    sys.stderr.write(
        "elf-static: error: elf-static needs Python 3.9 or newer, and this is Python {}.{}. "
        "Start it with a newer one: python3.9 elf-static.pyz check FILE\n".format(
            *sys.version_info[:2]
        )
    )
    sys.exit(2)

import bytecode_cache  # type: ignore[import-not-found]

if __name__ == "__main__":
    sys.exit(bytecode_cache.run(__loader__))  # type: ignore[name-defined]
