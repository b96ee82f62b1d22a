"""One set of names for the engine of Pants 2.17 and of Pants 2.20 and later.

Rules in this backend are written in the call-by-name style of current Pants:
`await merge_digests(MergeDigests(…))`, `await find_sdk(SdkRequest(…), **implicitly())`. Pants 2.17
has `Get` instead, for which `pants_2_17` supplies functions of the same names. On the modern side
the names are Pants's rules themselves, because its rule visitor sees only real rules. Dropping
Pants 2.17 means deleting that module and importing the names where they are used.

A rule of this backend that others call takes one request, its first parameter, and any number of
subsystems or other values that the engine supplies; callers pass the request and `**implicitly()`.
What need not be memoized is an async function. Rules that call it come after it in the module, so
that the visitor finds it.
"""

# ruff: noqa: F401 (other modules import these names from here)

from __future__ import annotations

import dataclasses
from collections.abc import Coroutine, Iterable
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pants.core.goals.package import BuiltPackage, EnvironmentAwarePackageRequest
from pants.core.goals.test import ShowOutput, TestResult
from pants.core.util_rules.archive import ExtractedArchive, MaybeExtractArchiveRequest
from pants.engine.addresses import Address
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
    # The interface for type checkers; the branches below implement it.
    from pants.core.util_rules.environments import EnvironmentField as EnvironmentField
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
    from pants.option.scope import Scope, ScopedOptions

    from go_static.engine.pants_2_17 import create_digests as create_digests
    from go_static.engine.pants_2_17 import rules as rules

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
    async def scope_options(scope: Scope, **implicit: Any) -> ScopedOptions: ...
    def test_result(*attempts: FallibleProcessResult, **fields: Any) -> TestResult: ...

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
    )
    from pants.engine.internals.options_parsing import scope_options
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

    async def create_digests(requests: Iterable[tuple[Any, ...]]) -> tuple[Digest, ...]:
        return await concurrently(create_digest(CreateDigest(entries)) for entries in requests)

    def rules() -> Iterable[object]:
        return ()

    # These calls pass all arguments, so they need no implicit ones.
    async def execute_process_in(
        request: Process, environment: ProcessExecutionEnvironment
    ) -> FallibleProcessResult:
        return await execute_process(request, environment)

    def test_result(*attempts: Any, **fields: Any) -> TestResult:
        return TestResult.from_fallible_process_result(attempts, **fields)

else:
    from pants.core.util_rules.environments import EnvironmentField
    from pants.engine.rules import collect_rules

    from go_static.engine.pants_2_17 import (
        add_prefix,
        concurrently,
        create_digest,
        create_digests,
        digest_subset_to_digest,
        digest_to_snapshot,
        download_file,
        environment_aware_package,
        environment_vars_subset,
        execute_process,
        execute_process_in,
        find_owners,
        find_valid_field_sets,
        get_digest_contents,
        get_digest_entries,
        hydrate_sources,
        implicitly,
        maybe_extract_archive,
        merge_digests,
        path_globs_to_digest,
        path_globs_to_paths,
        remove_prefix,
        resolve_source_paths,
        resolve_targets,
        rule,
        rules,
        scope_options,
        test_result,
    )


def local_execution(
    platform: Platform, keep_sandboxes: KeepSandboxes
) -> ProcessExecutionEnvironment:
    """The environment of processes that always run on this machine."""
    newer: dict[str, Any] = {"execute_in_workspace": False, "keep_sandboxes": keep_sandboxes.value}
    return ProcessExecutionEnvironment(
        environment_name=None,
        platform=platform.value,
        docker_image=None,
        remote_execution=False,
        remote_execution_extra_platform_properties=[],
        **(newer if _HAS_CALL_BY_NAME else {}),
    )


def test_that_cannot_run(
    output: str, address: Address, shown: ShowOutput, **fields: Any
) -> TestResult:
    """The result of a failed test without a process; `output` says why."""
    texts: dict[str, Any] = (
        {"stdout_bytes": output.encode()} if _HAS_CALL_BY_NAME else {"stdout": output}
    )
    nothing_found = TestResult.no_tests_found(address, shown)
    return dataclasses.replace(nothing_found, exit_code=1, **texts, **fields)
