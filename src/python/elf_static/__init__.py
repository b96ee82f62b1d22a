"""Checks whether a program is statically linked and, if not, why, by reading its ELF file.

`elf-static check FILE…` on the command line; in Python:

    facts = read_facts(Path("dist/agent"))
    judgement = judge(facts, load_policy("default"))

Each package is one step: `elf` reads, `judge` judges, `report` reports; `cli` calls them. They
exchange only frozen records. Needs pyelftools and, for policies, toml.
"""

from __future__ import annotations

# The version of this package, of the backend and of both wheels, defined only here.
__version__ = "0.1.0"
