"""A limit on the growth of a program: the finding `size-growth`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from elf_static.inspect.code_by_module import Origin
from elf_static.judge import rules
from elf_static.judge.byte_size import parse_size
from elf_static.judge.observation import Observation
from elf_static.report.text import size_words
from elf_static.sizes.changes import Change, ModuleChange, SizeChanges, size_changes
from elf_static.sizes.program import ProgramSizes
from elf_static.sizes.words import came_or_went, share, signed, version_words

DEFAULT_LIMIT = "5%"

# A message names at most this many modules and kinds of content.
_MODULES, _KINDS = 5, 3

# A known module with a smaller part of the growth, in percent, did not cause it.
_CAUSE = 1


class GrowthLimitError(ValueError):
    """The text is no limit. The message completes a sentence that starts with the text."""


@dataclass(frozen=True)
class GrowthLimit:
    """By how much a program may grow: in bytes, or as a part of its old size."""

    text: str
    bytes: int = 0
    share: Fraction | None = None

    @classmethod
    def parse(cls, text: str) -> GrowthLimit:
        """:raises GrowthLimitError: it is neither a size nor a percentage."""
        percent = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) ?%", text)
        if percent:
            return cls(text, share=Fraction(percent[1]) / 100)
        size = parse_size(text)
        if size is None:
            raise GrowthLimitError(
                'is not a limit on growth. Use a size such as "200KB" or "1.5 MiB", or a part of '
                'the old size such as "2%". "0" allows no growth.'
            )
        return cls(text, bytes=size)

    def allowed(self, old: int) -> int:
        """The growth in bytes that a file of `old` bytes may have."""
        return self.bytes if self.share is None else int(old * self.share)

    def words(self, old: int) -> str:
        if self.share is None:
            return self.text
        return f"{self.text} ({size_words(self.allowed(old))})"


def observe_growth(
    old: ProgramSizes, new: ProgramSizes, limit: GrowthLimit, update: str
) -> Iterator[Observation]:
    """
    :param update: the command that accepts the new size.
    """
    changes = size_changes(old, new)
    whole = changes.whole
    if whole.growth <= limit.allowed(old.size):
        return
    causes = ", ".join(_causes(changes)) or "content of no module"
    kinds = ", ".join(f"{kind.name} {signed(kind.growth)}" for kind in changes.kinds[:_KINDS])
    yield Observation(
        rules.SIZE_GROWTH,
        f"grew through {causes}: by {size_words(whole.growth)} ({size_words(whole.old)} → "
        f"{size_words(whole.new)}, {share(whole)}), and the limit is {limit.words(old.size)}. "
        f"By content: {kinds}",
        f"Remove what the program does not need. To accept the new size, run `{update}` and commit "
        "the result.",
    )


def _causes(changes: SizeChanges) -> Iterator[str]:
    grown = [module for module in changes.modules if module.growth > 0 or module.came]
    code = sum(module.growth for module in grown)
    grown.sort(key=lambda module: (not _is_cause(module, code), -module.growth, module.name))
    yield from map(_words, grown[:_MODULES])
    if len(grown) > _MODULES:
        rest = sum(module.growth for module in grown[_MODULES:])
        yield f"{len(grown) - _MODULES} more ({signed(rest)})"


def _is_cause(module: ModuleChange, growth: int) -> bool:
    """The standard library grows because a module uses more of it, and often by more than the
    module itself."""
    if module.origin not in (Origin.MAIN, Origin.DEPENDENCY):
        return False
    return module.came or 100 * module.growth >= _CAUSE * growth


def _words(change: Change) -> str:
    new = came_or_went(change)
    version = version_words(change) if isinstance(change, ModuleChange) else ""
    size = signed(change.growth) if change.growth else "no code of its own"
    return f"{change.name} ({', '.join(filter(None, (new, version, size)))})"
