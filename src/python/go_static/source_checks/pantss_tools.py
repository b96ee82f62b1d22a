"""What the linters of Pants's own Go backend already check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from pants.core.goals.lint import AbstractLintRequest, LintTargetsRequest
from pants.engine.target import Target
from pants.engine.unions import UnionMembership
from pants.option.scope import Scope

from go_static.engine.compat import implicitly, scope_options

GOFMT, GO_VET = "gofmt", "go-vet"


async def checked_by_pants(
    tool: str, targets: Iterable[Target], union_membership: UnionMembership
) -> frozenset[str]:
    """The directories of the `go_package` targets to which Pants applies a tool, unless its options
    or the target skip it.

    :param tool: its options scope.
    """
    linters = [
        cast("type[LintTargetsRequest]", request)
        for request in union_membership.get(AbstractLintRequest)
        if request.tool_id == tool
    ]
    if not linters or (await scope_options(Scope(tool), **implicitly())).options.skip:
        return frozenset()
    return frozenset(
        target.address.spec_path
        for target in targets
        for linter in linters
        if linter.field_set_type.is_applicable(target)
    )
