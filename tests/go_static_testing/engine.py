"""A real Pants engine with this backend's rules, on real files and a real Go."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pants.core.goals import fix, fmt, lint, package, test
from pants.core.goals.check import CheckResults
from pants.core.goals.package import BuiltPackage
from pants.core.goals.run import RunRequest
from pants.core.goals.tailor import PutativeTarget, PutativeTargets, determine_all_owned_sources
from pants.core.goals.test import TestResult
from pants.core.target_types import FilesGeneratorTarget
from pants.core.util_rules import archive, external_tool, system_binaries
from pants.engine.addresses import Addresses
from pants.engine.fs import Digest, DigestContents, DigestEntries, FileEntry, Snapshot
from pants.engine.internals.parametrize import Parametrize
from pants.engine.internals.scheduler import ExecutionError
from pants.engine.process import FallibleProcessResult, Process
from pants.engine.rules import QueryRule
from pants.engine.target import (
    AllTargets,
    Dependencies,
    DependenciesRequest,
    MultipleSourcesField,
    SourcesPaths,
    SourcesPathsRequest,
    Target,
)
from pants.init.logging import initialize_stdio_raw, pants_log_path
from pants.testutil.rule_runner import RuleRunner
from pants.util.logging import LogLevel

from go_static import register
from go_static.build.build_binary import BuiltBinary
from go_static.builder.arguments import MachineTool
from go_static.engine.python_interpreter import Interpreter
from go_static.engine.python_program import PythonProgram, ShippedProgram
from go_static.goals.check import GoVetRequest
from go_static.goals.elf_check import ElfStaticTestFieldSet, ElfStaticTestRequest
from go_static.goals.reproducibility_check import ReproducibleTestFieldSet, ReproducibleTestRequest
from go_static.goals.tailor import PutativeGoTargetsRequest
from go_static.graph.generators import ModuleCodegen, ModuleCodegenRequest
from go_static.graph.package_index import Packages, PackagesRequest
from go_static.graph.package_owners import PackageOwners
from go_static.listing.binary_files import BuildRequest
from go_static.listing.list_module import BinaryGroups, Listing, ListingRequest
from go_static.listing.outline import Outline
from go_static.modules.module import GoModule, ModuleRequest
from go_static.modules.tree import ModuleTree, ModuleTreeRequest
from go_static.sdk.choice import FoundSdks, SdkRequest
from go_static.sdk.find_sdk import GoSdk
from go_static.targets.binary_settings import (
    BinarySettings,
    GoStaticExecutableFieldSet,
    read_settings,
)
from go_static.targets.types import GoStaticExecutableTarget
from go_static.verify.verification import ElfTest, Verification
from go_static_testing import helpers
from go_static_testing.go_tool import GoTool

_T = TypeVar("_T")


def make_rule_runner(
    caches: Path, *bootstrap_args: str, named_caches: Path | None = None
) -> RuleRunner:
    """An engine whose store and, if not elsewhere, named caches are below `caches`."""
    return RuleRunner(
        rules=[
            *archive.rules(),  # type: ignore[no-untyped-call]
            *fix.rules(),  # type: ignore[no-untyped-call]
            *fmt.rules(),  # type: ignore[no-untyped-call]
            *lint.rules(),  # type: ignore[no-untyped-call]
            *package.rules(),  # type: ignore[no-untyped-call]
            *test.rules(),  # type: ignore[no-untyped-call]
            *external_tool.rules(),  # type: ignore[no-untyped-call]
            *system_binaries.rules(),  # type: ignore[no-untyped-call]
            determine_all_owned_sources,
            *register.rules(),
            *helpers.rules(),
            QueryRule(Addresses, [DependenciesRequest]),
            QueryRule(BinaryGroups, []),
            QueryRule(BuiltBinary, [BuildRequest]),
            QueryRule(BuiltPackage, [GoStaticExecutableFieldSet]),
            QueryRule(CheckResults, [GoVetRequest]),
            QueryRule(DigestContents, [Digest]),
            QueryRule(DigestEntries, [Digest]),
            QueryRule(FallibleProcessResult, [Process]),
            QueryRule(FoundSdks, [helpers.Search]),
            QueryRule(GoModule, [ModuleRequest]),
            QueryRule(GoSdk, [helpers.Capture]),
            QueryRule(GoSdk, [SdkRequest]),
            QueryRule(helpers.Downloaded, [helpers.InputsOf]),
            QueryRule(helpers.Module, [helpers.ModuleOf]),
            QueryRule(Interpreter, []),
            QueryRule(Listing, [ListingRequest]),
            QueryRule(ModuleCodegen, [ModuleCodegenRequest]),
            QueryRule(ModuleTree, [ModuleTreeRequest]),
            QueryRule(Outline, [Digest]),
            QueryRule(PackageOwners, []),
            QueryRule(Packages, [PackagesRequest]),
            QueryRule(PutativeTargets, [PutativeGoTargetsRequest]),
            QueryRule(RunRequest, [GoStaticExecutableFieldSet]),
            QueryRule(ShippedProgram, [PythonProgram]),
            QueryRule(Snapshot, [Digest]),
            QueryRule(SourcesPaths, [SourcesPathsRequest]),
            QueryRule(TestResult, [ElfStaticTestRequest.Batch]),
            QueryRule(TestResult, [ReproducibleTestRequest.Batch]),
            QueryRule(MachineTool, [helpers.ToolNamed]),
            QueryRule(Verification, [ElfTest]),
        ],
        target_types=[*register.target_types(), FilesGeneratorTarget],
        objects={"parametrize": Parametrize},
        bootstrap_args=[
            f"--local-store-dir={caches / 'store'}",
            f"--named-caches-dir={named_caches or caches / 'named'}",
            *bootstrap_args,
        ],
    )


def shown(result: TestResult) -> str:
    """The output of the test, which newer Pants has as bytes."""
    fields = vars(result)
    text: str = fields["stdout"] if "stdout" in fields else fields["stdout_bytes"].decode()
    return text


@dataclass
class Repository:
    """An empty repository, in which a test writes BUILD files and sources."""

    runner: RuleRunner
    go: GoTool
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return Path(self.runner.build_root)

    @contextmanager
    def logging(self, directory: Path) -> Iterator[Path]:
        """Let the engine log as in a run of Pants, to the file that this yields."""
        with initialize_stdio_raw(LogLevel.WARN, False, False, {}, True, [], str(directory)):
            yield Path(pants_log_path(directory))

    def write(self, files: Mapping[str, str | bytes]) -> None:
        self.runner.write_files(files)

    def remove(self, *names: str) -> None:
        for name in names:
            (self.root / name).unlink()
        self.runner.scheduler.scheduler.invalidate_all_files()

    def delete(self, directory: str) -> None:
        shutil.rmtree(self.root / directory)
        self.runner.scheduler.scheduler.invalidate_all_files()

    def configure(self, *options: str, env: Mapping[str, str] | None = None) -> None:
        """Start a session like a run of Pants, with this machine's Go on PATH."""
        self.environment = {"PATH": f"{self.go.search_path}:/usr/bin:/bin", **(env or {})}
        self.runner.set_options(options, env=self.environment)

    def clear(self) -> None:
        for path in self.root.iterdir():
            if path.name != ".pants.d":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.runner.scheduler.scheduler.invalidate_all_files()

    def request(self, output: type[_T], *inputs: Any) -> _T:
        return self.runner.request(output, inputs)

    def targets(self) -> dict[str, Target]:
        """All targets that goals act on, by address."""
        return {target.address.spec: target for target in self.request(AllTargets)}

    def sources(self, target: Target) -> list[str]:
        request = SourcesPathsRequest(target[MultipleSourcesField])
        return sorted(self.request(SourcesPaths, request).files)

    def dependencies(self, address: str) -> list[str]:
        target = self.targets()[address]
        return sorted(
            dependency.spec
            for dependency in self.request(Addresses, DependenciesRequest(target.get(Dependencies)))
        )

    def tailor(self, *directories: str) -> dict[tuple[str, str], PutativeTarget]:
        """The targets that `pants tailor` proposes, by directory and type."""
        found = self.request(PutativeTargets, PutativeGoTargetsRequest(tuple(directories)))
        return {(target.path, target.type_alias): target for target in found}

    def field_set(self, address: str) -> GoStaticExecutableFieldSet:
        target = self.targets()[address]
        assert isinstance(target, GoStaticExecutableTarget)
        return GoStaticExecutableFieldSet.create(target)

    def settings(self, address: str) -> BinarySettings:
        return read_settings(self.field_set(address))

    def listing(self, address: str, module: str) -> Listing:
        return self.request(Listing, ListingRequest(self.settings(address).context(module)))

    def build(self, address: str) -> BuiltBinary:
        return self.request(BuiltBinary, BuildRequest(self.settings(address)))

    def package(self, address: str) -> BuiltPackage:
        return self.request(BuiltPackage, self.field_set(address))

    def test(self, address: str) -> TestResult:
        """The result of `pants test` for an `elf_static_test`."""
        field_set = ElfStaticTestFieldSet.create(self.targets()[address])
        return self.request(TestResult, ElfStaticTestRequest.Batch("", (field_set,), None))

    def reproducible_test(self, address: str) -> TestResult:
        """The result of `pants test` for a `go_reproducible_test`."""
        field_set = ReproducibleTestFieldSet.create(self.targets()[address])
        return self.request(TestResult, ReproducibleTestRequest.Batch("", (field_set,), None))

    def files(self, digest: Digest) -> list[str]:
        return sorted(self.request(Snapshot, digest).files)

    def contents(self, digest: Digest) -> dict[str, bytes]:
        return {file.path: file.content for file in self.request(DigestContents, digest)}

    def executables(self, digest: Digest) -> set[str]:
        return {
            entry.path
            for entry in self.request(DigestEntries, digest)
            if isinstance(entry, FileEntry) and entry.is_executable
        }

    def materialize(self, digest: Digest, directory: Path) -> Path:
        """Write the files of a digest to a directory."""
        executables = self.executables(digest)
        for name, content in self.contents(digest).items():
            file = directory / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            os.chmod(file, 0o755 if name in executables else 0o644)
        return directory

    @contextmanager
    def fails(
        self, error: type[Exception], *parts: str, never: Iterable[str] = ()
    ) -> Iterator[None]:
        """Check that the block fails with `error`, and that its text has all `parts` and none of
        `never`."""
        with pytest.raises(ExecutionError) as raised:
            yield
        causes: tuple[Exception, ...] = raised.value.wrapped_exceptions
        (cause,) = causes
        text = str(cause)
        assert isinstance(cause, error), f"{type(cause).__name__}: {text}"
        for part in parts:
            assert " ".join(part.split()) in " ".join(text.split()), text
        for secret in never:
            assert secret not in text
            assert secret not in str(raised.value)
