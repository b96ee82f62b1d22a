"""The names of `compat`, in Pants 2.17: functions that return a `Get`.

Pants's rule visitor follows any callable that is annotated as returning an awaitable and reads the
`Get`s in its source, resolving names in the function's module and its closure
(pants/engine/internals/rule_visitor.py at release_2.17.1).
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Callable, Union, get_type_hints

from pants.core.goals.package import BuiltPackage, EnvironmentAwarePackageRequest
from pants.core.goals.test import TestResult
from pants.core.util_rules.archive import ExtractedArchive, MaybeExtractArchiveRequest
from pants.engine.addresses import UnparsedAddressInputs
from pants.engine.env_vars import EnvironmentVars, EnvironmentVarsRequest
from pants.engine.fs import (
    AddPrefix,
    CreateDigest,
    Digest,
    DigestContents,
    DigestEntries,
    DigestSubset,
    DownloadFile,
    FileContent,
    FileEntry,
    MergeDigests,
    PathGlobs,
    Paths,
    RemovePrefix,
    Snapshot,
    SymlinkEntry,
)
from pants.engine.internals.graph import Owners, OwnersRequest
from pants.engine.process import FallibleProcessResult, Process, ProcessExecutionEnvironment
from pants.engine.rules import Get, MultiGet, collect_rules
from pants.engine.rules import rule as _get_style_rule
from pants.engine.target import (
    FieldSetsPerTarget,
    FieldSetsPerTargetRequest,
    HydratedSources,
    HydrateSourcesRequest,
    SourcesPaths,
    SourcesPathsRequest,
    Targets,
)
from pants.option.scope import Scope, ScopedOptions

if TYPE_CHECKING:
    _Get = Get[Any]
else:
    # The rule visitor ignores functions that return a `Get[…]`.
    _Get = Get

Entry = Union[FileContent, FileEntry, SymlinkEntry]
# With more groups, each subset is cut out of a smaller one, which is faster.
_GROUPS = 64


def implicitly(*args: object) -> dict[str, Any]:
    return {"_implicit": args}


def _asking_for(output_type: type, request_type: type) -> Callable[..., _Get]:
    """The function that takes a request and returns the `Get` for it."""

    def call(request: Any, **_: Any) -> _Get:
        return Get(output_type, request_type, request)

    return call


def rule(*args: Any, **kwargs: Any) -> Any:
    """Register a rule with Pants, and give its callers a function that returns a `Get` for it
    (calling the rule itself would run it inline, without memoization)."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        registered = _get_style_rule(**kwargs)(function)
        hints = get_type_hints(function)
        output_type = hints.pop("return")
        call = _asking_for(output_type, next(iter(hints.values())))
        vars(call)["rule"] = registered.rule
        return call

    return decorate(args[0]) if args else decorate


add_prefix = _asking_for(Digest, AddPrefix)
create_digest = _asking_for(Digest, CreateDigest)
digest_subset_to_digest = _asking_for(Digest, DigestSubset)
digest_to_snapshot = _asking_for(Snapshot, Digest)
get_digest_contents = _asking_for(DigestContents, Digest)
get_digest_entries = _asking_for(DigestEntries, Digest)
merge_digests = _asking_for(Digest, MergeDigests)
path_globs_to_digest = _asking_for(Digest, PathGlobs)
path_globs_to_paths = _asking_for(Paths, PathGlobs)
remove_prefix = _asking_for(Digest, RemovePrefix)
download_file = _asking_for(Digest, DownloadFile)
environment_vars_subset = _asking_for(EnvironmentVars, EnvironmentVarsRequest)
execute_process = _asking_for(FallibleProcessResult, Process)
hydrate_sources = _asking_for(HydratedSources, HydrateSourcesRequest)
resolve_source_paths = _asking_for(SourcesPaths, SourcesPathsRequest)
environment_aware_package = _asking_for(BuiltPackage, EnvironmentAwarePackageRequest)
find_owners = _asking_for(Owners, OwnersRequest)
maybe_extract_archive = _asking_for(ExtractedArchive, MaybeExtractArchiveRequest)
find_valid_field_sets = _asking_for(FieldSetsPerTarget, FieldSetsPerTargetRequest)
scope_options = _asking_for(ScopedOptions, Scope)


async def concurrently(*calls: Any) -> tuple[Any, ...]:
    """The results of calls of rules, and of functions that call rules. `MultiGet` does not support
    such functions, so all are advanced in step, each to its next `Get`."""
    if not isinstance(calls[0], (Get, Coroutine)):
        (calls,) = calls
    running = {number: call.__await__() for number, call in enumerate(calls)}
    answers: dict[int, Any] = dict.fromkeys(running)
    results: dict[int, Any] = {}
    while running:
        asked = {}
        for number, call in list(running.items()):
            try:
                asked[number] = call.send(answers[number])
            except StopIteration as end:
                results[number] = end.value
                del running[number]
        gets = [g for a in asked.values() for g in (a if isinstance(a, tuple) else (a,))]
        got = iter(await MultiGet(gets))
        for number, a in asked.items():
            answers[number] = tuple(next(got) for _ in a) if isinstance(a, tuple) else next(got)
    return tuple(results[number] for number in sorted(results))


@dataclass(frozen=True)
class DigestsRequest:
    requests: tuple[tuple[Entry, ...], ...]


@dataclass(frozen=True)
class Digests:
    """In the order of the requests."""

    digests: tuple[Digest, ...]


async def create_digests(requests: Iterable[tuple[Entry, ...]]) -> tuple[Digest, ...]:
    """A digest for each tuple of entries, all at the top level.

    In Pants 2.17 every `CreateDigest` has the same hash, so the engine compares each one with all
    earlier ones (Pants #21725): 2,000 took 1.7 s. So there is one for each group of tuples, and the
    digests are subsets of it. An edit changes two groups; the engine remembers the others.
    """
    requests = tuple(requests)
    groups: dict[int, list[tuple[Entry, ...]]] = {}
    for entries in dict.fromkeys(requests):
        groups.setdefault(hash(entries) % _GROUPS, []).append(entries)
    made = await MultiGet(
        Get(Digests, DigestsRequest, DigestsRequest(tuple(group))) for group in groups.values()
    )
    digests = {
        entries: digest
        for group, result in zip(groups.values(), made)
        for entries, digest in zip(group, result.digests)
    }
    return tuple(digests[entries] for entries in requests)


@_get_style_rule
async def create_digests_together(request: DigestsRequest) -> Digests:
    together = await Get(
        Digest,
        CreateDigest(
            replace(entry, path=f"{number}/{entry.path}")
            for number, entries in enumerate(request.requests)
            for entry in entries
        ),
    )
    numbers = [str(number) for number in range(len(request.requests))]
    parts = await MultiGet(
        Get(Digest, DigestSubset(together, PathGlobs([f"{number}/*"]))) for number in numbers
    )
    digests = await MultiGet(
        Get(Digest, RemovePrefix(part, number)) for part, number in zip(parts, numbers)
    )
    return Digests(digests)


def rules() -> Iterable[object]:
    return collect_rules()


def execute_process_in(request: Process, environment: ProcessExecutionEnvironment) -> _Get:
    return Get(FallibleProcessResult, {request: Process, environment: ProcessExecutionEnvironment})


def resolve_targets(_implicit: Any) -> _Get:
    return Get(Targets, UnparsedAddressInputs, _implicit[0])


def test_result(*attempts: Any, **fields: Any) -> TestResult:
    return TestResult.from_fallible_process_result(attempts[-1], **fields)
