"""How reports and findings word the change of a size."""

from __future__ import annotations

from elf_static.inspect.code_by_module import Origin
from elf_static.report.text import size_words
from elf_static.sizes.changes import Change, ModuleChange


def signed(size: int) -> str:
    if not size:
        return "0"
    return f"{'+' if size > 0 else '−'}{size_words(abs(size))}"


def share(change: Change) -> str:
    """The growth in percent of the old size."""
    return f"{100 * change.growth / change.old:+.1f} %" if change.old else "new"


def came_or_went(change: Change) -> str:
    return "new" if change.came else "gone" if change.went else ""


def version_words(module: ModuleChange) -> str:
    """The version that changed, or that of a module that came or went; else empty."""
    old, new = module.old_version, module.new_version
    if module.origin is Origin.MAIN or old == new:
        return ""
    return f"{old} → {new}" if old and new else old or new
