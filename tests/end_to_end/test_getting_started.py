"""docs/getting-started.md, followed in an empty repository."""

from __future__ import annotations

from end_to_end.pages import blocks_of, follow
from end_to_end.repository import Repository

PAGE = "docs/getting-started.md"


def test_every_step_of_the_page_works_from_an_empty_directory(project: Repository) -> None:
    settings, *rest = blocks_of(PAGE)
    # This block installs from wheels; tests/wheels follows docs/install.md.
    (installed,) = [b for b in blocks_of("docs/install.md") if 'plugins = ["pants-go' in b.text]
    assert settings.text.partition("\n")[2] == installed.text

    follow(project, rest)
