"""The BUILD files on the pages have valid targets, fields and values."""

from __future__ import annotations

import re

import pytest

from end_to_end.pages import blocks_of
from go_static.targets.types import GoStaticExecutableTarget
from go_static_testing.engine import Repository

PAGES = (
    "README.md",
    "docs/cgo.md",
    "docs/code-generation.md",
    "docs/features.md",
    "docs/policies.md",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_build_file_of_a_page_is_one(page: str, repository: Repository) -> None:
    repository.configure(env={"VERSION": "1.4"})
    for block in blocks_of(page):
        if block.language != "python" or block.file:
            continue
        # A snippet may show the same target in two ways; each gets a name of its own here.
        first, *rest = re.split(r"_binary\((?!\s*name)", block.text)
        named = (f'_binary(name="target{number}", {part}' for number, part in enumerate(rest))
        text = "".join((first, *named))
        repository.write({"m/BUILD": text})
        targets = repository.targets()
        assert targets
        for address, target in targets.items():
            if isinstance(target, GoStaticExecutableTarget):
                assert repository.settings(address).platform.goos == "linux"
