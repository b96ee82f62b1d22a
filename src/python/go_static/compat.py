"""One set of names for the engine of Pants 2.17 and of Pants 2.20 and later.

Rules in this backend are written in the call-by-name style of current Pants:
`await merge_digests(MergeDigests(…))`, `await find_sdk(SdkRequest(…), **implicitly())`. Pants 2.17
has `Get` instead, so there this module supplies functions of the same names that return one.
Dropping Pants 2.17 means deleting the last branch and importing the names where they are used.

What the 2.17 side relies on: Pants's rule visitor follows any callable that is annotated as
returning an awaitable and reads the `Get`s in its source, resolving names in the function's
module and its closure (pants/engine/internals/rule_visitor.py at release_2.17.1). On the modern
side the visitor sees only real rules, so there the names are the rules themselves.

A rule of this backend that others call takes one request, its first parameter, and any number of
subsystems or other values that the engine supplies; callers pass the request and `**implicitly()`.
What needs no memory of its own is an async function; a rule of the same module that calls it stands
below it, for the visitor to find it.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from typing import TYPE_CHECKING, Any, Callable, TypeVar, overload

from pants.core.goals.package import BuiltPackage, EnvironmentAwarePackageRequest
from pants.core.goals.test import TestResult
from pants.core.util_rules.archive import ExtractedArchive, MaybeExtractArchiveRequest
from pants.engine.addresses import UnparsedAddressInputs
from pants.engine.fs import (
    AddPrefix,
    CreateDigest,
    Digest,
    DigestContents,
    DigestEntries,
    DigestSubset,
    DownloadFile,
    MergeDigests,
    PathGlobs,
    Paths,
    RemovePrefix,
    Snapshot,
)
from pants.engine.platform import Platform
from pants.engine.process import FallibleProcessResult, Process, ProcessExecutionEnvironment
from pants.option.global_options import KeepSandboxes
from pants.version import PANTS_SEMVER, Version

_HAS_CALL_BY_NAME = Version("2.20.0.dev0") <= PANTS_SEMVER

if TYPE_CHECKING:
    # The interface, as type checkers see it; the branches below provide it.
    from pants.core.util_rules.environments import EnvironmentField as EnvironmentField
    from pants.engine.addresses import Addresses
    from pants.engine.env_vars import EnvironmentVars, EnvironmentVarsRequest
    from pants.engine.internals.graph import Owners, OwnersRequest
    from pants.engine.rules import collect_rules as collect_rules
    from pants.engine.rules import rule as rule
    from pants.engine.target import (
        FieldSetsPerTarget,
        FieldSetsPerTargetRequest,
        HydratedSources,
        HydrateSourcesRequest,
        SourcesPaths,
        SourcesPathsRequest,
        Targets,
    )

    _T = TypeVar("_T")
    _U = TypeVar("_U")
    _Call = Coroutine[Any, Any, _T]

    def implicitly(*args: object) -> dict[str, Any]: ...
    @overload
    async def concurrently(calls: Iterable[_Call[_T]], /) -> tuple[_T, ...]: ...
    @overload
    async def concurrently(first: _Call[_T], second: _Call[_U], /) -> tuple[_T, _U]: ...
    async def concurrently(*calls: Any) -> Any: ...
    async def add_prefix(request: AddPrefix) -> Digest: ...
    async def create_digest(request: CreateDigest) -> Digest: ...
    async def digest_subset_to_digest(request: DigestSubset) -> Digest: ...
    async def digest_to_snapshot(request: Digest) -> Snapshot: ...
    async def get_digest_contents(request: Digest) -> DigestContents: ...
    async def get_digest_entries(request: Digest) -> DigestEntries: ...
    async def merge_digests(request: MergeDigests) -> Digest: ...
    async def path_globs_to_digest(request: PathGlobs) -> Digest: ...
    async def path_globs_to_paths(request: PathGlobs) -> Paths: ...
    async def remove_prefix(request: RemovePrefix) -> Digest: ...
    async def download_file(request: DownloadFile, **implicit: Any) -> Digest: ...
    async def environment_vars_subset(
        request: EnvironmentVarsRequest, **implicit: Any
    ) -> EnvironmentVars: ...
    async def execute_process(request: Process, **implicit: Any) -> FallibleProcessResult: ...
    async def execute_process_in(
        request: Process, environment: ProcessExecutionEnvironment
    ) -> FallibleProcessResult: ...
    async def hydrate_sources(
        request: HydrateSourcesRequest, **implicit: Any
    ) -> HydratedSources: ...
    async def resolve_source_paths(
        request: SourcesPathsRequest, **implicit: Any
    ) -> SourcesPaths: ...
    async def environment_aware_package(
        request: EnvironmentAwarePackageRequest,
    ) -> BuiltPackage: ...
    async def find_owners(request: OwnersRequest, **implicit: Any) -> Owners: ...
    async def maybe_extract_archive(
        request: MaybeExtractArchiveRequest, **implicit: Any
    ) -> ExtractedArchive: ...
    async def find_valid_field_sets(
        request: FieldSetsPerTargetRequest[Any], **implicit: Any
    ) -> FieldSetsPerTarget[Any]: ...
    async def resolve_targets(**implicit: Any) -> Targets: ...
    async def resolve_unparsed_address_inputs(
        request: UnparsedAddressInputs, **implicit: Any
    ) -> Addresses: ...
    def test_result(result: FallibleProcessResult, **fields: Any) -> TestResult: ...

elif _HAS_CALL_BY_NAME:
    try:
        from pants.core.environments.target_types import EnvironmentField
    except ImportError:  # Pants before 2.28
        from pants.core.util_rules.environments import EnvironmentField
    from pants.core.goals.package import environment_aware_package
    from pants.core.util_rules.archive import maybe_extract_archive
    from pants.core.util_rules.env_vars import environment_vars_subset
    from pants.engine.download_file import download_file
    from pants.engine.internals.graph import (
        find_owners,
        find_valid_field_sets,
        hydrate_sources,
        resolve_source_paths,
        resolve_targets,
        resolve_unparsed_address_inputs,
    )
    from pants.engine.intrinsics import (
        add_prefix,
        create_digest,
        digest_subset_to_digest,
        digest_to_snapshot,
        execute_process,
        get_digest_contents,
        get_digest_entries,
        merge_digests,
        path_globs_to_digest,
        path_globs_to_paths,
        remove_prefix,
    )
    from pants.engine.rules import collect_rules, concurrently, implicitly, rule

    # Calls with all arguments, which need no implicit ones.
    async def execute_process_in(
        request: Process, environment: ProcessExecutionEnvironment
    ) -> FallibleProcessResult:
        return await execute_process(request, environment)

    def test_result(result: Any, **fields: Any) -> TestResult:
        return TestResult.from_fallible_process_result((result,), **fields)

else:
    from typing import get_type_hints

    from pants.core.util_rules.environments import EnvironmentField
    from pants.engine.addresses import Addresses
    from pants.engine.env_vars import EnvironmentVars, EnvironmentVarsRequest
    from pants.engine.internals.graph import Owners, OwnersRequest
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

    async def concurrently(*calls: Any) -> tuple[Any, ...]:
        """The results of calls of rules, and of functions that call rules. `MultiGet` knows none of
        these; they are led on side by side, each to what it awaits next."""
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

    # There all collections have one hash, so that the engine compares a `CreateDigest` with each
    # that it has seen: 2,000 of them took 1.7 seconds. Pants has mended that since (#21725). Other
    # collections are left alone: some there have no hash of their own (`SyntheticAddressMaps`).
    CreateDigest.__hash__ = tuple.__hash__

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

            def call(request: Any, **_: Any) -> Get:
                return Get(output_type, request_type, request)

            call.rule = registered.rule
            return call

        return decorate(args[0]) if args else decorate

    def add_prefix(request: AddPrefix) -> Get:
        return Get(Digest, AddPrefix, request)

    def create_digest(request: CreateDigest) -> Get:
        return Get(Digest, CreateDigest, request)

    def digest_subset_to_digest(request: DigestSubset) -> Get:
        return Get(Digest, DigestSubset, request)

    def digest_to_snapshot(request: Digest) -> Get:
        return Get(Snapshot, Digest, request)

    def get_digest_contents(request: Digest) -> Get:
        return Get(DigestContents, Digest, request)

    def get_digest_entries(request: Digest) -> Get:
        return Get(DigestEntries, Digest, request)

    def merge_digests(request: MergeDigests) -> Get:
        return Get(Digest, MergeDigests, request)

    def path_globs_to_digest(request: PathGlobs) -> Get:
        return Get(Digest, PathGlobs, request)

    def path_globs_to_paths(request: PathGlobs) -> Get:
        return Get(Paths, PathGlobs, request)

    def remove_prefix(request: RemovePrefix) -> Get:
        return Get(Digest, RemovePrefix, request)

    def download_file(request: DownloadFile, **_: Any) -> Get:
        return Get(Digest, DownloadFile, request)

    def environment_vars_subset(request: EnvironmentVarsRequest, **_: Any) -> Get:
        return Get(EnvironmentVars, EnvironmentVarsRequest, request)

    def execute_process(request: Process, **_: Any) -> Get:
        return Get(FallibleProcessResult, Process, request)

    def execute_process_in(request: Process, environment: ProcessExecutionEnvironment) -> Get:
        return Get(
            FallibleProcessResult, {request: Process, environment: ProcessExecutionEnvironment}
        )

    def hydrate_sources(request: HydrateSourcesRequest, **_: Any) -> Get:
        return Get(HydratedSources, HydrateSourcesRequest, request)

    def resolve_source_paths(request: SourcesPathsRequest, **_: Any) -> Get:
        return Get(SourcesPaths, SourcesPathsRequest, request)

    def environment_aware_package(request: EnvironmentAwarePackageRequest) -> Get:
        return Get(BuiltPackage, EnvironmentAwarePackageRequest, request)

    def find_owners(request: OwnersRequest, **_: Any) -> Get:
        return Get(Owners, OwnersRequest, request)

    def maybe_extract_archive(request: MaybeExtractArchiveRequest, **_: Any) -> Get:
        return Get(ExtractedArchive, MaybeExtractArchiveRequest, request)

    def find_valid_field_sets(request: FieldSetsPerTargetRequest, **_: Any) -> Get:
        return Get(FieldSetsPerTarget, FieldSetsPerTargetRequest, request)

    def resolve_targets(_implicit: Any) -> Get:
        return Get(Targets, UnparsedAddressInputs, _implicit[0])

    def resolve_unparsed_address_inputs(request: UnparsedAddressInputs, **_: Any) -> Get:
        return Get(Addresses, UnparsedAddressInputs, request)

    def test_result(result: Any, **fields: Any) -> TestResult:
        return TestResult.from_fallible_process_result(result, **fields)


def local_execution(
    platform: Platform, keep_sandboxes: KeepSandboxes
) -> ProcessExecutionEnvironment:
    """For processes that run on this machine, whatever the options and environments say."""
    newer: dict[str, Any] = {"execute_in_workspace": False, "keep_sandboxes": keep_sandboxes.value}
    return ProcessExecutionEnvironment(
        environment_name=None,
        platform=platform.value,
        docker_image=None,
        remote_execution=False,
        remote_execution_extra_platform_properties=[],
        **(newer if _HAS_CALL_BY_NAME else {}),
    )


__all__ = [
    "EnvironmentField",
    "add_prefix",
    "collect_rules",
    "concurrently",
    "create_digest",
    "digest_subset_to_digest",
    "digest_to_snapshot",
    "download_file",
    "environment_aware_package",
    "environment_vars_subset",
    "execute_process",
    "execute_process_in",
    "find_owners",
    "find_valid_field_sets",
    "get_digest_contents",
    "get_digest_entries",
    "hydrate_sources",
    "implicitly",
    "local_execution",
    "maybe_extract_archive",
    "merge_digests",
    "path_globs_to_digest",
    "path_globs_to_paths",
    "remove_prefix",
    "resolve_source_paths",
    "resolve_targets",
    "resolve_unparsed_address_inputs",
    "rule",
    "test_result",
]
