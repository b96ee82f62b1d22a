"""`pants test --use-coverage`: the coverage of Go tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from pants.core.goals.test import (
    ConsoleCoverageReport,
    CoverageData,
    CoverageDataCollection,
    CoverageReport,
    CoverageReports,
    FilesystemCoverageReport,
)
from pants.core.util_rules.distdir import DistDir
from pants.engine.fs import Digest
from pants.engine.platform import Platform
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from go_static.engine.compat import (
    collect_rules,
    concurrently,
    digest_to_snapshot,
    get_digest_contents,
    rule,
)
from go_static.go.subsystem import GoStaticSubsystem
from go_static.go_tests.coverage import merge_profiles, summary
from go_static.go_tests.coverage_page import PAGE, write_coverage_files


@dataclass(frozen=True)
class GoCoverageData(CoverageData):
    """`profile` holds the profile of one test binary; `codegen` as in `TestBinaryRequest`."""

    module_directory: str
    codegen: tuple[str, ...]
    profile: Digest


class GoCoverageDataCollection(CoverageDataCollection[GoCoverageData]):
    element_type = GoCoverageData


@rule(desc="Merge the coverage of Go tests", level=LogLevel.DEBUG)
async def report_go_coverage(
    collection: GoCoverageDataCollection,
    distdir: DistDir,
    options: GoStaticSubsystem,
    platform: Platform,
) -> CoverageReports:
    modules: dict[tuple[str, tuple[str, ...]], list[Digest]] = {}
    for data in collection:
        modules.setdefault((data.module_directory, data.codegen), []).append(data.profile)
    reports: list[CoverageReport] = []
    for (module, codegen), digests in sorted(modules.items()):
        contents = await concurrently(get_digest_contents(digest) for digest in digests)
        profile = merge_profiles(file.content.decode() for found in contents for file in found)
        files = await write_coverage_files(
            module, codegen, profile.text(), options.isolated_caches, platform
        )
        directory = distdir.relpath / "coverage" / "go" / (module.replace("/", ".") or "root")
        reports += [
            ConsoleCoverageReport(
                coverage_insufficient=False,
                report=f"Coverage of the Go tests of {module or 'the root'}:\n{summary(profile)}",
            ),
            FilesystemCoverageReport(
                coverage_insufficient=False,
                result_snapshot=await digest_to_snapshot(files),
                directory_to_materialize_to=directory,
                report_file=directory / PurePath(PAGE),
                report_type="go_cover",
            ),
        ]
    return CoverageReports(reports=tuple(reports))


def rules() -> Iterable[object]:
    return [*collect_rules(), UnionRule(CoverageDataCollection, GoCoverageDataCollection)]
