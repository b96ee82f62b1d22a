"""The backend's async functions as rules, so that tests can request them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.fs import Digest
from pants.engine.platform import Platform
from pants.engine.process import ProcessExecutionEnvironment
from pants.option.global_options import GlobalOptions, KeepSandboxes

from go_static.builder.arguments import MachineTool
from go_static.codegen.system_tools import find_tool
from go_static.engine.compat import collect_rules, implicitly, rule
from go_static.engine.local_machine import find_here
from go_static.engine.python_interpreter import Interpreter, find_interpreter
from go_static.modules.build_inputs import BuildInputsRequest, build_inputs
from go_static.modules.module import find_module
from go_static.sdk.choice import FoundSdk, FoundSdks
from go_static.sdk.commands import Part
from go_static.sdk.find_sdk import GoSdk, capture_sdk, search_for_sdks
from go_static.sdk.subsystem import GoSdkSubsystem
from go_static.verify.verification import ElfTest, Verification, prepare_verification


@dataclass(frozen=True)
class Search:
    """A search for a Go on the search path."""


@rule
async def search(
    request: Search,
    environment: ProcessExecutionEnvironment,
    platform: Platform,
    keep_sandboxes: KeepSandboxes,
    options: GoSdkSubsystem.EnvironmentAware,
) -> FoundSdks:
    return await search_for_sdks(find_here(environment, platform, keep_sandboxes), options)


@dataclass(frozen=True)
class Capture:
    found: FoundSdk


@rule
async def capture(
    request: Capture,
    environment: ProcessExecutionEnvironment,
    platform: Platform,
    keep_sandboxes: KeepSandboxes,
    options: GlobalOptions,
) -> GoSdk:
    here = find_here(environment, platform, keep_sandboxes)
    return GoSdk(await capture_sdk(request.found, here, Part.USUAL, options), request.found.version)


@dataclass(frozen=True)
class ModuleOf:
    directory: str


@dataclass(frozen=True)
class Module:
    directory: str | None


@rule
async def find(request: ModuleOf) -> Module:
    return Module(await find_module(request.directory))


@dataclass(frozen=True)
class InputsOf:
    """The module in a directory."""

    module: str


@dataclass(frozen=True)
class Downloaded:
    digest: Digest


@rule
async def download(request: InputsOf) -> Downloaded:
    inputs = await build_inputs(BuildInputsRequest(request.module), **implicitly())
    return Downloaded(inputs.toolchain.downloads)


@rule
async def python(execution: ProcessExecutionEnvironment) -> Interpreter:
    return await find_interpreter(execution)


@dataclass(frozen=True)
class ToolNamed:
    name: str


@rule
async def find_machine_tool(
    request: ToolNamed, execution: ProcessExecutionEnvironment
) -> MachineTool:
    return await find_tool(request.name, "m:gen", execution)


@rule
async def prepare(test: ElfTest, platform: Platform) -> Verification:
    return await prepare_verification(test, platform)


def rules() -> Iterable[object]:
    return collect_rules()
