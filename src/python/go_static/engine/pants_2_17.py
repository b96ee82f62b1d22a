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


def rule(*args: Any, **kwargs: Any) -> Any:
    """Register a rule with Pants, and give its callers a function that returns a `Get` for it
    (calling the rule itself would run it inline, without memoization)."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        registered = _get_style_rule(**kwargs)(function)
        hints = get_type_hints(function)
        output_type = hints.pop("return")
        request_type = next(iter(hints.values()))

        def call(request: Any, **_: Any) -> _Get:
            return Get(output_type, request_type, request)

        vars(call)["rule"] = registered.rule
        return call

    return decorate(args[0]) if args else decorate


def add_prefix(request: AddPrefix) -> _Get:
    return Get(Digest, AddPrefix, request)


def create_digest(request: CreateDigest) -> _Get:
    return Get(Digest, CreateDigest, request)


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


def digest_subset_to_digest(request: DigestSubset) -> _Get:
    return Get(Digest, DigestSubset, request)


def digest_to_snapshot(request: Digest) -> _Get:
    return Get(Snapshot, Digest, request)


def get_digest_contents(request: Digest) -> _Get:
    return Get(DigestContents, Digest, request)


def get_digest_entries(request: Digest) -> _Get:
    return Get(DigestEntries, Digest, request)


def merge_digests(request: MergeDigests) -> _Get:
    return Get(Digest, MergeDigests, request)


def path_globs_to_digest(request: PathGlobs) -> _Get:
    return Get(Digest, PathGlobs, request)


def path_globs_to_paths(request: PathGlobs) -> _Get:
    return Get(Paths, PathGlobs, request)


def remove_prefix(request: RemovePrefix) -> _Get:
    return Get(Digest, RemovePrefix, request)


def download_file(request: DownloadFile, **_: Any) -> _Get:
    return Get(Digest, DownloadFile, request)


def environment_vars_subset(request: EnvironmentVarsRequest, **_: Any) -> _Get:
    return Get(EnvironmentVars, EnvironmentVarsRequest, request)


def execute_process(request: Process, **_: Any) -> _Get:
    return Get(FallibleProcessResult, Process, request)


def execute_process_in(request: Process, environment: ProcessExecutionEnvironment) -> _Get:
    return Get(FallibleProcessResult, {request: Process, environment: ProcessExecutionEnvironment})


def hydrate_sources(request: HydrateSourcesRequest, **_: Any) -> _Get:
    return Get(HydratedSources, HydrateSourcesRequest, request)


def resolve_source_paths(request: SourcesPathsRequest, **_: Any) -> _Get:
    return Get(SourcesPaths, SourcesPathsRequest, request)


def environment_aware_package(request: EnvironmentAwarePackageRequest) -> _Get:
    return Get(BuiltPackage, EnvironmentAwarePackageRequest, request)


def find_owners(request: OwnersRequest, **_: Any) -> _Get:
    return Get(Owners, OwnersRequest, request)


def maybe_extract_archive(request: MaybeExtractArchiveRequest, **_: Any) -> _Get:
    return Get(ExtractedArchive, MaybeExtractArchiveRequest, request)


def find_valid_field_sets(request: FieldSetsPerTargetRequest[Any], **_: Any) -> _Get:
    return Get(FieldSetsPerTarget, FieldSetsPerTargetRequest, request)


def scope_options(scope: Scope, **_: Any) -> _Get:
    return Get(ScopedOptions, Scope, scope)


def resolve_targets(_implicit: Any) -> _Get:
    return Get(Targets, UnparsedAddressInputs, _implicit[0])


def test_result(*attempts: Any, **fields: Any) -> TestResult:
    return TestResult.from_fallible_process_result(attempts[-1], **fields)
