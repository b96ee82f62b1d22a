"""What Pants's own Go backend already checks and tests."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

from pants.core.goals.lint import AbstractLintRequest
from pants.core.goals.test import TestRequest
from pants.engine.target import Target
from pants.engine.unions import UnionMembership
from pants.option.scope import Scope

from go_static.engine.compat import implicitly, scope_options


class PantssTool(Enum):
    """Its options scopes."""

    GOFMT = "gofmt"
    GO_VET = "go-vet"
    GO_TEST = "go-test"


async def applied_by_pants(
    tool: PantssTool, targets: Iterable[Target], union_membership: UnionMembership
) -> frozenset[str]:
    """The directories of the `go_package` targets to which Pants applies a tool, unless its options
    or the target skip it."""
    requests: list[Any] = [
        request
        for base in (AbstractLintRequest, TestRequest)
        for request in union_membership.get(base)
        if request.tool_subsystem.options_scope == tool.value
    ]
    if not requests or (await scope_options(Scope(tool.value), **implicitly())).options.skip:
        return frozenset()
    return frozenset(
        target.address.spec_path
        for target in targets
        for request in requests
        if request.field_set_type.is_applicable(target)
    )
