"""Whether a program is statically linked, and if it is not, why: read from its ELF file.

`elf-static check FILE…` on the command line; in Python:

    facts = read_facts(Path("dist/agent"))
    judgement = judge(facts, load_policy("default"))

Each package is one step: `elf` reads, `judge` judges, `report` reports; `cli` calls them. They
know of each other only through frozen records. Needs pyelftools and, for policies, toml.
"""

from __future__ import annotations

# The one place of the version: of this package, of the backend, and of the wheels of both.
__version__ = "0.1.0"
