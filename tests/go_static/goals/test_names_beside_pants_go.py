"""Names that must differ from those of Pants's own Go backend, for both to be enabled."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from pants.backend.experimental.go import register as pants_go
from pants.core.goals.run import RunFieldSet
from pants.core.goals.test import TestRequest
from pants.engine.unions import UnionRule

from go_static import register


def names(rules: Iterable[object]) -> set[str]:
    """Newer Pants makes rules for each of these classes, whose ids contain only its name."""
    found = {rule.union_member for rule in rules if isinstance(rule, UnionRule)}
    return {
        member.__name__
        for member in found
        if inspect.isclass(member) and issubclass(member, (RunFieldSet, TestRequest))
    }


def test_the_tests_and_the_programs_have_names_of_their_own() -> None:
    ours = names(register.rules())
    pantss = names(pants_go.rules())  # type: ignore[no-untyped-call]

    assert {"GoTestRequest", "GoBinaryFieldSet"} <= pantss
    assert len(ours) > 4
    assert not ours & pantss
