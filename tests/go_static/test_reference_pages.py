"""docs/targets.md and docs/options.md match the code."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from go_static.targets.types import GoStaticBinaryTarget

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", DOCS / "reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["targets.md", "options.md"])
def test_a_page_is_current(page: str, reference: ModuleType) -> None:
    current = (DOCS / page).read_text() == reference.pages()[page]
    assert current, f"Run docs/generate, and commit docs/{page}."


def test_every_field_that_users_write_is_on_the_page_on_targets(reference: ModuleType) -> None:
    _, _, rest = reference.pages()["targets.md"].partition("\n## `go_static_binary`\n")
    section, _, _ = rest.partition("\n## ")
    fields = {
        f.alias for f in (*GoStaticBinaryTarget.core_fields, *GoStaticBinaryTarget.moved_fields)
    }
    assert [alias for alias in fields if f"`{alias}`" not in section] == []
    assert 'default `"linux"`' in section
