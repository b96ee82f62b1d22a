"""Run gofmt, which belongs to the Go SDK that builds the module."""

from __future__ import annotations

from dataclasses import dataclass

from pants.engine.fs import EMPTY_DIGEST, Digest, RemovePrefix
from pants.engine.process import Process
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_static.builder.arguments import GoFormat
from go_static.builder.program import Builder, BuilderRequest, checked, command, compile_builder
from go_static.engine.compat import implicitly, remove_prefix
from go_static.engine.files import subset
from go_static.engine.processes import execute_cached
from go_static.go import sandbox
from go_static.go.clean_output import clean_output
from go_static.modules.build_inputs import sdk_for
from go_static.modules.tree import ModuleTreeRequest
from go_static.sdk.choice import GoSdkError
from go_static.sdk.find_sdk import find_sdk
from go_static.source_checks.subsystem import GofmtSubsystem

_PROGRAM = "bin/gofmt"


@dataclass(frozen=True)
class Gofmt:
    """`sdk` is the part of an SDK that holds the program; `version` is the release of Go."""

    sdk: Digest
    builder: Builder
    version: str

    @property
    def description(self) -> str:
        """For Pants, which formats files with the same program together."""
        return f"Go {self.version}"


@dataclass(frozen=True)
class FormattedFiles:
    """All files, of which gofmt leaves those unchanged that it cannot parse; `errors` is what it
    says of these."""

    digest: Digest
    errors: str


async def find_gofmt(module_directory: str) -> Gofmt:
    """The gofmt of the SDK that builds a module.

    :raises GoSdkError: the SDK has none.
    """
    module = ModuleTreeRequest(module_directory)
    sdk = await find_sdk(await sdk_for(module), **implicitly())
    program = await subset(sdk.digest, [_PROGRAM])
    if program == EMPTY_DIGEST:
        raise GoSdkError(
            f"Cannot format the module of {module.go_mod_path}: its Go {sdk.version} has no "
            f"{_PROGRAM}.\n\nInstall a complete Go, such as the one from https://go.dev/dl, or "
            f"turn formatting off: `[{GofmtSubsystem.options_scope}].skip = true`."
        )
    builder = await compile_builder(BuilderRequest(sdk.digest), **implicitly())
    return Gofmt(program, builder, sdk.version)


async def format_files(gofmt: Gofmt, files: Digest, options: GofmtSubsystem) -> FormattedFiles:
    """Format all `files`, whose digest has their paths in the repository."""
    arguments = GoFormat(options.simplify)
    layout = sandbox.caches(isolated=False)
    result = await execute_cached(
        Process(
            command(arguments),
            input_digest=await sandbox.lay_out(files, layout, arguments=arguments.file()),
            immutable_input_digests=FrozenDict(
                {sandbox.SDK: gofmt.sdk, sandbox.BUILDER: gofmt.builder.digest}
            ),
            output_directories=(sandbox.OUTPUT,),
            description=f"Run gofmt of {gofmt.description}",
            level=LogLevel.DEBUG,
        )
    )
    checked(result)
    return FormattedFiles(
        await remove_prefix(RemovePrefix(result.output_digest, sandbox.OUTPUT)),
        clean_output(result.stderr, "") if result.exit_code != 0 else "",
    )
